package thespis.machine.board;

import thespis.machine.bus.GuestMemory;

/// Where the RAM of a PC appears: from 0 up to the PCI hole, the rest from 4 GiB on. As QEMU 7.2 does for its present
/// machine types (`info mtree`, regions ram-below-4g and ram-above-4g).
///
/// @param below4g bytes at 0
/// @param above4g bytes at 4 GiB
public record RamLayout(long below4g, long above4g) {
  private static final long PC_LIMIT = 0xE000_0000L;
  private static final long PC_SPLIT = 0xC000_0000L;
  private static final long Q35_LIMIT = 0xB000_0000L;
  private static final long Q35_SPLIT = 0x8000_0000L;

  /// i440FX: all below 3.5 GiB stays low; more is cut at 3 GiB.
  public static RamLayout pc(long ram) {
    return ram < PC_LIMIT ? new RamLayout(ram, 0) : new RamLayout(PC_SPLIT, ram - PC_SPLIT);
  }

  /// Q35: all below 2.75 GiB, where MMCONFIG starts, stays low; more is cut at 2 GiB.
  public static RamLayout q35(long ram) {
    return ram < Q35_LIMIT ? new RamLayout(ram, 0) : new RamLayout(Q35_SPLIT, ram - Q35_SPLIT);
  }

  /// First address above all RAM.
  public long end() {
    return above4g > 0 ? GuestMemory.FOUR_GIB + above4g : below4g;
  }
}
