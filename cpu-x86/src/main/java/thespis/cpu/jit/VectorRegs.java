package thespis.cpu.jit;

import thespis.cpu.state.Cpu;

/// Which vector registers are in the host's while a block is translated: loaded at their first use, stored when the block
/// is left. Of a register the host may hold the lower half, which SSE instructions use, or all of it. SDM Vol. 1
/// "Intel AVX Overview".
final class VectorRegs {
  private static final int REGISTERS = 16;
  private static final int WIDE = REGISTERS;
  private static final int LOWER_HALVES = (1 << REGISTERS) - 1;

  private final Asm a;

  /// Bits of the registers that the host's hold: 0 to 15 the lower halves, 16 to 31 all of them.
  private int cached;

  /// Those of them that differ from the state block.
  private int dirty;

  VectorRegs(Asm a) {
    this.a = a;
  }

  int cached() {
    return cached;
  }

  int dirty() {
    return dirty;
  }

  void are(int cached, int dirty) {
    this.cached = cached;
    this.dirty = dirty;
  }

  private static int slot(int n) {
    return Asm.st(Cpu.XMM + 32 * n);
  }

  // ---- lower halves

  void readXmm(int n) {
    if ((cached & 1 << n) == 0) {
      load(n, false);
      cached |= 1 << n;
    }
  }

  /// The lower half is overwritten; the upper one stays.
  void writeXmm(int n) {
    cached |= 1 << n;
    dirty |= 1 << n;
  }

  // ---- whole registers

  void readYmm(int n) {
    if ((cached & 1 << WIDE + n) == 0) {
      store(dirty & 1 << n);
      dirty &= ~(1 << n);
      load(n, true);
      cached |= both(n);
    }
  }

  void writeYmm(int n) {
    cached |= both(n);
    dirty |= both(n);
  }

  private static int both(int n) {
    return 1 << n | 1 << WIDE + n;
  }

  /// VZEROUPPER. SDM Vol. 2C "VZEROUPPER".
  void zeroUpper() {
    if (cached >>> WIDE != 0) {
      a.vzeroupper();
    }
    int free = Integer.numberOfTrailingZeros(~cached & LOWER_HALVES);
    if (free < REGISTERS) {
      a.rr(0, Asm.M0F, 0x57, 0, free, free); // XORPS
    } else {
      a.movImm(Asm.RAX, 0);
    }
    for (int n = 0; n < REGISTERS; n++) {
      if (free < REGISTERS) {
        a.rm(0, Asm.M0F, 0x29, 0, free, Asm.STATE, slot(n) + 16);
      } else {
        a.store(Asm.RAX, Asm.STATE, slot(n) + 16);
        a.store(Asm.RAX, Asm.STATE, slot(n) + 24);
      }
    }
    dirty &= LOWER_HALVES;
  }

  // ---- the state block

  private void load(int n, boolean wide) {
    if (wide) {
      a.vexM(0, Asm.M0F, 0x10, 0, 1, n, 0, Asm.STATE, slot(n)); // VMOVUPS
    } else {
      a.rm(0, Asm.M0F, 0x28, 0, n, Asm.STATE, slot(n));
    }
  }

  /// Loads registers that are cached by these bits.
  void load(int bits) {
    for (int n = 0; n < REGISTERS; n++) {
      if ((bits & 1 << n) != 0) {
        load(n, (bits & 1 << WIDE + n) != 0);
      }
    }
  }

  /// Stores registers that are dirty by these bits.
  void store(int bits) {
    for (int n = 0; n < REGISTERS; n++) {
      if ((bits & 1 << WIDE + n) != 0) {
        a.vexM(0, Asm.M0F, 0x11, 0, 1, n, 0, Asm.STATE, slot(n));
      } else if ((bits & 1 << n) != 0) {
        a.rm(0, Asm.M0F, 0x29, 0, n, Asm.STATE, slot(n));
      }
    }
  }

  void flush() {
    store(dirty);
    dirty = 0;
  }
}
