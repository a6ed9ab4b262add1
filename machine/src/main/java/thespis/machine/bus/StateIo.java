package thespis.machine.bus;

/// One walk over a device's state. Each method takes the present value and returns the value to keep: a saver returns
/// what it was given, a loader what the stream holds. Names are stable: they are the stream's field names.
public interface StateIo {
  boolean bool(String name, boolean value);

  int u8(String name, int value);

  int u16(String name, int value);

  int u32(String name, int value);

  long u64(String name, long value);

  String text(String name, String value);

  /// Same length on both sides: loaded in place.
  void bytes(String name, byte[] value);

  void ints(String name, int[] value);

  void longs(String name, long[] value);

  /// True while loading.
  boolean loading();
}
