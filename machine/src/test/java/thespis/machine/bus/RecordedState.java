package thespis.machine.bus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a walk over devices saved, in order, and the loader for it. A loader that asks for other fields than were saved
/// is a failure.
public final class RecordedState {
  public record Field(String name, Object value) {}

  private final List<Field> fields = new ArrayList<>();
  private final Map<String, Deque<Object>> unread = new HashMap<>();

  public void save(Device device) {
    device.state(new Walk(device.name(), false));
  }

  public void load(Device device) {
    device.state(new Walk(device.name(), true));
  }

  public List<Field> fields() {
    return fields;
  }

  private final class Walk implements StateIo {
    private final String device;
    private final boolean loading;

    Walk(String device, boolean loading) {
      this.device = device;
      this.loading = loading;
    }

    @SuppressWarnings("unchecked")
    private <T> T field(String name, T value) {
      String key = device + "." + name;
      if (loading) {
        if (!unread.containsKey(key) || unread.get(key).isEmpty()) {
          throw new AssertionError("never saved: " + key);
        }
        return (T) unread.get(key).removeFirst();
      }
      fields.add(new Field(key, value));
      unread.computeIfAbsent(key, _ -> new ArrayDeque<>()).add(value);
      return value;
    }

    @Override
    public boolean bool(String name, boolean value) {
      return field(name, value);
    }

    @Override
    public int u8(String name, int value) {
      return field(name, value);
    }

    @Override
    public int u16(String name, int value) {
      return field(name, value);
    }

    @Override
    public int u32(String name, int value) {
      return field(name, value);
    }

    @Override
    public long u64(String name, long value) {
      return field(name, value);
    }

    @Override
    public String text(String name, String value) {
      return field(name, value);
    }

    @Override
    public void bytes(String name, byte[] value) {
      byte[] kept = field(name, value.clone());
      System.arraycopy(kept, 0, value, 0, value.length);
    }

    @Override
    public void ints(String name, int[] value) {
      int[] kept = field(name, value.clone());
      System.arraycopy(kept, 0, value, 0, value.length);
    }

    @Override
    public void longs(String name, long[] value) {
      long[] kept = field(name, value.clone());
      System.arraycopy(kept, 0, value, 0, value.length);
    }

    @Override
    public boolean loading() {
      return loading;
    }
  }
}
