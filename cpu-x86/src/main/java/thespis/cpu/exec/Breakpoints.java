package thespis.cpu.exec;

import thespis.cpu.state.Cpu;

/// Breakpoints by DR0 to DR3, and data that a debugger watches from outside. While DR7 enables one or there is such
/// data, the core executes instructions one at a time; pages under a data breakpoint are kept off the fast paths by
/// their TLB entries. SDM Vol. 3B "Debug Registers", "Debug Control Register
/// (DR7)", "Breakpoint Field Recognition".
public final class Breakpoints {
  private static final int EXECUTE = 0;
  private static final int WRITE = 1;
  private static final int PORT = 2;

  /// By LENn: bytes less one.
  private static final int[] LENGTH = {0, 1, 7, 3};

  private Breakpoints() {}

  /// To be called when DR0 to DR3, DR7 or {@link Cpu#debug} changed.
  public static void changed(Cpu cpu) {
    boolean before = cpu.breakpoints;
    cpu.breakpoints = (cpu.dr[7] & 0xFF) != 0 || cpu.debug.hasData();
    if (before || cpu.breakpoints) {
      cpu.mmu.flush();
      cpu.attention();
    }
  }

  private static boolean enabled(Cpu cpu, int n) {
    return (cpu.dr[7] >>> 2 * n & 3) != 0;
  }

  private static int kind(Cpu cpu, int n) {
    return (int) (cpu.dr[7] >>> 16 + 4 * n) & 3;
  }

  private static boolean overlaps(Cpu cpu, int n, long address, long bytes) {
    long more = LENGTH[(int) (cpu.dr[7] >>> 18 + 4 * n) & 3];
    long first = cpu.dr[n] & ~more;
    return first < address + bytes && first + more >= address;
  }

  /// An instruction breakpoint at this linear address: pends its bits of DR6. RF holds it off once.
  public static boolean instruction(Cpu cpu, long linear) {
    int hit = 0;
    for (int n = 0; n < 4; n++) {
      if (enabled(cpu, n) && kind(cpu, n) == EXECUTE && cpu.dr[n] == linear) {
        hit |= 1 << n;
      }
    }
    if (hit == 0 || cpu.flag(Cpu.RF)) {
      return false;
    }
    cpu.pendingDebug |= hit;
    return true;
  }

  /// Does a data breakpoint lie in this page?
  public static boolean watches(Cpu cpu, long page) {
    for (int n = 0; n < 4; n++) {
      if (enabled(cpu, n) && (kind(cpu, n) & WRITE) != 0 && overlaps(cpu, n, page, 4096)) {
        return true;
      }
    }
    return cpu.debug.watches(page, 4096);
  }

  /// A data access: pends what it hits, to be raised when the instruction is done.
  public static void data(Cpu cpu, long linear, int bytes, boolean write) {
    for (int n = 0; n < 4; n++) {
      int kind = kind(cpu, n);
      if (enabled(cpu, n) && (kind == 3 || kind == WRITE && write) && overlaps(cpu, n, linear, bytes)) {
        cpu.pendingDebug |= 1L << n;
      }
    }
    if (cpu.debug.hasData() && cpu.met == null) {
      cpu.met = cpu.debug.hit(linear, bytes, write);
    }
  }

  /// An access to a port; only with CR4.DE.
  static void port(Cpu cpu, int port, int bytes) {
    if (!cpu.breakpoints || (cpu.cr4 & Cpu.CR4_DE) == 0) {
      return;
    }
    for (int n = 0; n < 4; n++) {
      if (enabled(cpu, n) && kind(cpu, n) == PORT && overlaps(cpu, n, port, bytes)) {
        cpu.pendingDebug |= 1L << n;
      }
    }
  }
}
