package thespis.machine.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.cpu.mmu.GuestRam;
import thespis.machine.board.MachineRam;
import thespis.machine.board.RamLayout;
import thespis.machine.bus.GuestMemory;

/// Against the BIOS-e820 lines of Linux on QEMU 7.2.
class E820Test {
  private static final List<E820.Entry> Q35 = List.of(
      new E820.Entry(0xB0000000L, 0x10000000, E820.RESERVED), new E820.Entry(0xFED1C000L, 0x4000, E820.RESERVED));

  private static String lines(boolean q35, long mib, boolean amd) {
    RamLayout layout = q35 ? RamLayout.q35(mib << 20) : RamLayout.pc(mib << 20);
    StringBuilder lines = new StringBuilder();
    try (GuestRam ram = MachineRam.allocate(mib << 20)) {
      for (E820.Entry e : E820.of(
          new GuestMemory(ram, layout.below4g()), layout.below4g() - 0x20000, q35 ? Q35 : List.of(), amd)) {
        lines.append(String.format("%016x-%016x %s%n", e.base(), e.base() + e.size() - 1,
            e.type() == E820.RAM ? "usable" : "reserved"));
      }
    }
    return lines.toString();
  }

  @Test
  void pcWith128MiBAndAnIntelCpu() {
    assertEquals("""
        0000000000000000-000000000009fbff usable
        000000000009fc00-000000000009ffff reserved
        00000000000f0000-00000000000fffff reserved
        0000000000100000-0000000007fdffff usable
        0000000007fe0000-0000000007ffffff reserved
        00000000fffc0000-00000000ffffffff reserved
        """, lines(false, 128, false));
  }

  @Test
  void pcWith5GiBAndAnAmdCpu() {
    assertEquals("""
        0000000000000000-000000000009fbff usable
        000000000009fc00-000000000009ffff reserved
        00000000000f0000-00000000000fffff reserved
        0000000000100000-00000000bffdffff usable
        00000000bffe0000-00000000bfffffff reserved
        00000000fffc0000-00000000ffffffff reserved
        0000000100000000-000000017fffffff usable
        000000fd00000000-000000ffffffffff reserved
        """, lines(false, 5120, true));
  }

  @Test
  void q35With512MiB() {
    assertEquals("""
        0000000000000000-000000000009fbff usable
        000000000009fc00-000000000009ffff reserved
        00000000000f0000-00000000000fffff reserved
        0000000000100000-000000001ffdffff usable
        000000001ffe0000-000000001fffffff reserved
        00000000b0000000-00000000bfffffff reserved
        00000000fed1c000-00000000fed1ffff reserved
        00000000fffc0000-00000000ffffffff reserved
        000000fd00000000-000000ffffffffff reserved
        """, lines(true, 512, true));
  }

  @Test
  void q35With5GiB() {
    assertEquals("""
        0000000000000000-000000000009fbff usable
        000000000009fc00-000000000009ffff reserved
        00000000000f0000-00000000000fffff reserved
        0000000000100000-000000007ffdffff usable
        000000007ffe0000-000000007fffffff reserved
        00000000b0000000-00000000bfffffff reserved
        00000000fed1c000-00000000fed1ffff reserved
        00000000fffc0000-00000000ffffffff reserved
        0000000100000000-00000001bfffffff usable
        000000fd00000000-000000ffffffffff reserved
        """, lines(true, 5120, true));
  }
}
