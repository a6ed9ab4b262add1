package thespis.cpu.jit;

import thespis.cpu.state.Cpu;

/// Where guest registers live while translated code runs. Twelve have a host register of their own; RAX and RCX of the
/// host are scratch (LAHF, JRCXZ and CL need them), RBP holds the state block and RSP stays the host's stack, because a
/// signal may come at any time. The four that compilers use least stay in the state block.
final class HostRegs {
  /// Host register by guest number, -1 for those in memory: RAX RCX RDX RBX RSP RBP RSI RDI R8 ...
  private static final int[] HOST = {8, 9, 2, 3, 12, 13, 6, 7, 10, 11, -1, -1, 14, 15, -1, -1};

  private HostRegs() {}

  /// @param offset of the register in the state block (high byte registers: plus one)
  static int of(int offset) {
    return HOST[offset >>> 3];
  }

  /// Has it its place in the state block only?
  static boolean inState(int offset) {
    return HOST[offset >>> 3] < 0 && !isHigh(offset);
  }

  static boolean isHigh(int offset) {
    return (offset & 7) != 0;
  }

  /// Guest number of a pinned host register.
  static int guest(int host) {
    for (int g = 0; g < 16; g++) {
      if (HOST[g] == host) {
        return g;
      }
    }
    throw new IllegalArgumentException("holds no guest register: " + host);
  }

  static final int GUEST_RAX = of(Cpu.RAX);
  static final int GUEST_RCX = of(Cpu.RCX);
  static final int GUEST_RDX = of(Cpu.RDX);
  static final int GUEST_RSP = of(Cpu.RSP);
  static final int GUEST_RBP = of(Cpu.RBP);

  /// Emits loads of all pinned registers.
  static void loadAll(Asm a) {
    for (int g = 0; g < 16; g++) {
      if (HOST[g] >= 0) {
        a.loadState(HOST[g], g * 8);
      }
    }
  }

  static void storeAll(Asm a) {
    for (int g = 0; g < 16; g++) {
      if (HOST[g] >= 0) {
        a.storeState(HOST[g], g * 8);
      }
    }
  }
}
