package thespis.machine.device.pci;

import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.mmu.PhysMap.Range;

/// The first megabyte as the host bridges of the i440FX and Q35 show it: programmable attribute map (PAM) registers that
/// switch the areas from 0xC0000 to 0xFFFFF between PCI (expansion and firmware ROM) and shadow RAM, and the legacy
/// video area. Intel 82441FX "PAM[6:0]: Programmable Attribute Map Registers" and "SMRAM: System Management RAM Control".
///
/// QEMU differs: "write only" gives RAM for reads too (probed: a write in that mode reads back). Without a VGA adapter
/// nothing answers at 0xA0000 on PCI and the RAM under it shows through, as `info mtree -f` tells with -nodefaults.
final class MemoryWindows {
  private static final int SEGMENTS = 13;
  private static final int WRITE_ENABLE = 2;
  private static final long VIDEO = 0xA0000;
  private static final long VIDEO_SIZE = 0x20000;
  private static final String VIDEO_HOLE = "video-hole";

  private final PhysMap map;
  private final GuestRam ram;
  private final int[] attributes = new int[SEGMENTS];
  private boolean video;

  MemoryWindows(PhysMap map, GuestRam ram) {
    this.map = map;
    this.ram = ram;
  }

  /// Segment 0 is the 64 KiB at 0xF0000, the others 16 KiB each from 0xC0000 up.
  private static long base(int segment) {
    return segment == 0 ? 0xF0000 : 0xC0000 + (segment - 1) * 0x4000L;
  }

  private static long size(int segment) {
    return segment == 0 ? 0x10000 : 0x4000;
  }

  /// The seven registers: the first one's high nibble is segment 0, the others hold two segments each, low nibble first.
  void pam(int[] registers) {
    set(0, registers[0] >>> 4 & 3);
    for (int i = 1; i < registers.length; i++) {
      set(2 * i - 1, registers[i] & 3);
      set(2 * i, registers[i] >>> 4 & 3);
    }
  }

  private void set(int segment, int attribute) {
    if (attributes[segment] == attribute) {
      return;
    }
    attributes[segment] = attribute;
    String name = "pam-" + Long.toHexString(base(segment));
    if (attribute == 0) {
      map.unmap(name);
    } else {
      int access = PhysMap.READ | ((attribute & WRITE_ENABLE) != 0 ? PhysMap.WRITE : 0);
      map.map(new Range(name, base(segment), size(segment), ram.host() + base(segment), access));
    }
  }

  /// @param open a VGA adapter is there and SMRAM does not hide it
  void video(boolean open) {
    if (open != video) {
      video = open;
      if (open) {
        map.map(new Range(VIDEO_HOLE, VIDEO, VIDEO_SIZE, 0, 0));
      } else {
        map.unmap(VIDEO_HOLE);
      }
    }
  }
}
