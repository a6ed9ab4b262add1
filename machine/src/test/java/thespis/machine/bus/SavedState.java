package thespis.machine.bus;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import thespis.cpu.state.StateIo;

/// The fields of one device by name, as a saver has met them. Each name may be used once, a value fits its field, and what
/// is loaded must have been saved.
public final class SavedState {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  public static SavedState of(Device device) {
    SavedState state = new SavedState();
    device.state(state.new Io(false));
    return state;
  }

  public static void copy(Device from, Device to) {
    of(from).loadInto(to);
  }

  public void loadInto(Device device) {
    device.state(new Io(true));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    fields.forEach((name, value) -> text.append(name).append('=').append(show(value)).append('\n'));
    return text.toString();
  }

  private static String show(Object value) {
    return switch (value) {
      case byte[] b -> Arrays.toString(b);
      case int[] i -> Arrays.toString(i);
      case long[] l -> Arrays.toString(l);
      default -> value.toString();
    };
  }

  private final class Io implements StateIo {
    private final boolean loading;

    Io(boolean loading) {
      this.loading = loading;
    }

    @SuppressWarnings("unchecked")
    private <T> T pass(String name, T value) {
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

    private int checked(String name, int value, int bits) {
      if (!loading && value >>> bits != 0) {
        throw new IllegalStateException(name + " does not fit in " + bits + " bits: " + Integer.toHexString(value));
      }
      return pass(name, value);
    }

    @Override
    public boolean bool(String name, boolean value) {
      return pass(name, value);
    }

    @Override
    public int u8(String name, int value) {
      return checked(name, value, 8);
    }

    @Override
    public int u16(String name, int value) {
      return checked(name, value, 16);
    }

    @Override
    public int u32(String name, int value) {
      return pass(name, value);
    }

    @Override
    public long u64(String name, long value) {
      return pass(name, value);
    }

    @Override
    public String text(String name, String value) {
      return pass(name, value);
    }

    @Override
    public void bytes(String name, byte[] value) {
      byte[] kept = pass(name, value.clone());
      System.arraycopy(kept, 0, value, 0, value.length);
    }

    @Override
    public void ints(String name, int[] value) {
      int[] kept = pass(name, value.clone());
      System.arraycopy(kept, 0, value, 0, value.length);
    }

    @Override
    public void longs(String name, long[] value) {
      long[] kept = pass(name, value.clone());
      System.arraycopy(kept, 0, value, 0, value.length);
    }

    @Override
    public boolean loading() {
      return loading;
    }
  }
}
