package thespis.cpu.state;

/// One walk over the state of a device or a processor. Each method takes the present value and returns the value to keep:
/// a saver returns what it was given, a loader what the stream holds. Names are stable: they are the stream's field names.
/// What is loaded may come from anybody: whoever relies on more than a field's width says so by {@link #within}.
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

  /// A number that must lie between two others.
  ///
  /// @throws StateException if what is loaded does not
  default int within(String name, int value, int least, int most) {
    int kept = u32(name, value);
    if (loading() && (kept < least || kept > most)) {
      throw new StateException(name + " is " + kept + ", not between " + least + " and " + most);
    }
    return kept;
  }

  /// The same of a long one.
  default long within(String name, long value, long least, long most) {
    long kept = u64(name, value);
    if (loading() && (kept < least || kept > most)) {
      throw new StateException(name + " is " + kept + ", not between " + least + " and " + most);
    }
    return kept;
  }

  /// Bits of which only some can be set.
  ///
  /// @throws StateException if others are in what is loaded
  default long bits(String name, long value, long allowed) {
    long kept = u64(name, value);
    if (loading() && (kept & ~allowed) != 0) {
      throw new StateException(name + " has bits that are not there: 0x" + Long.toHexString(kept & ~allowed));
    }
    return kept;
  }
}
