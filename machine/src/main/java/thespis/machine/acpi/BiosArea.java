package thespis.machine.acpi;

/// Memory that firmware's tables are put into, from its end downwards as SeaBIOS 1.16.2 gives it out.
public final class BiosArea {
  /// What SeaBIOS has left for tables in its F segment ends here; its own `$PIR` table follows.
  public static final long F_SEGMENT_END = 0xF5C80;

  private static final int ALIGNMENT = 16;

  private long lowest;

  /// @param end first address behind it
  public BiosArea(long end) {
    lowest = end;
  }

  /// @return address of that many bytes, 16-byte aligned
  public long take(int length) {
    lowest = lowest - length & -ALIGNMENT;
    return lowest;
  }

  /// Where what is taken starts.
  public long lowest() {
    return lowest;
  }
}
