package thespis.machine.bus;

import java.util.HashMap;
import java.util.Map;

/// A device's state in a map, to be put into another device of its kind. Each name may be used once, and what is loaded
/// must have been saved.
public final class SavedState implements StateIo {
  private final Map<String, Object> fields = new HashMap<>();
  private boolean loading;

  public static void copy(Device from, Device to) {
    SavedState state = new SavedState();
    from.state(state);
    state.loading = true;
    to.state(state);
  }

  @SuppressWarnings("unchecked")
  private <T> T keep(String name, T value) {
    if (loading) {
      if (!fields.containsKey(name)) {
        throw new IllegalStateException("not saved: " + name);
      }
      return (T) fields.get(name);
    }
    if (fields.put(name, value) != null) {
      throw new IllegalStateException("saved twice: " + name);
    }
    return value;
  }

  @Override
  public boolean bool(String name, boolean value) {
    return keep(name, value);
  }

  @Override
  public int u8(String name, int value) {
    return keep(name, value & 0xFF);
  }

  @Override
  public int u16(String name, int value) {
    return keep(name, value & 0xFFFF);
  }

  @Override
  public int u32(String name, int value) {
    return keep(name, value);
  }

  @Override
  public long u64(String name, long value) {
    return keep(name, value);
  }

  @Override
  public String text(String name, String value) {
    return keep(name, value);
  }

  @Override
  public void bytes(String name, byte[] value) {
    System.arraycopy(keep(name, value.clone()), 0, value, 0, value.length);
  }

  @Override
  public void ints(String name, int[] value) {
    System.arraycopy(keep(name, value.clone()), 0, value, 0, value.length);
  }

  @Override
  public void longs(String name, long[] value) {
    System.arraycopy(keep(name, value.clone()), 0, value, 0, value.length);
  }

  @Override
  public boolean loading() {
    return loading;
  }
}
