package thespis.machine.migrate;

/// What is what in a stream: its first words, and the byte that each record begins with. All numbers are in network byte
/// order. `docs/adr/0043-migration-stream.md` has the whole of it.
final class Wire {
  /// "THSP".
  static final int MAGIC = 0x5448_5350;

  /// QEMU's: "QEVM". Migration documentation of QEMU, "Stream structure".
  static final int QEMU_MAGIC = 0x5145_564D;

  static final int VERSION = 1;

  /// A section: its name, the length of its content, its content.
  static final int SECTION = 1;

  /// Pages of RAM: the block, the first page in it, how many, what they hold.
  static final int PAGES = 2;

  /// Pages that are all zero: the block, the first page in it, how many.
  static final int ZEROES = 3;

  /// The end: CRC-32C of all before. RFC 3720 "CRC".
  static final int END = 4;

  static final int MOST_PAGES = 64;
  static final int MOST_CONTENT = 16 << 20;

  private Wire() {}
}
