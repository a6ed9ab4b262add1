package thespis.cpu.silicon;

/// Fills a case with a whole random state: general registers, x87 stack with a few empty registers and old flags, XMM
/// registers and operand area with numbers of every format mixed with bit patterns. All SSE exceptions are masked.
public final class Cases {
  private static final int ALL = 0x3F;

  private final Operands operands;

  public Cases(long seed) {
    operands = new Operands(seed);
  }

  public void fill(Silicon host, int i) {
    for (int r = 0; r < 14; r++) {
      host.gpr(i, r, operands.pattern());
    }
    host.eflags(i, 0x202 | operands.below(0x1000) & 0x8D5);
    int masks = operands.below(3) != 0 ? ALL : operands.below(64);
    host.fcw(i, 0x40 | operands.below(4) << 8 | operands.below(4) << 10 | masks);
    int old = operands.below(2) == 0 ? operands.below(64) & masks : 0;
    host.fsw(i, operands.below(8) << 11 | old | operands.below(0x10000) & 0x4740);
    int empty = operands.below(4) == 0 ? operands.below(256) : 0;
    host.tags(i, 0xFF & ~empty);
    for (int n = 0; n < 8; n++) {
      long sig = operands.f80();
      host.st(i, n, sig, operands.se());
    }
    int mxcsr = 0x1F80 | operands.below(2) * operands.below(64);
    if (operands.below(3) == 0) {
      mxcsr |= operands.below(4) << 13 | operands.below(2) << 15 | operands.below(2) << 6;
    }
    host.mxcsr(i, mxcsr);
    int kind = operands.below(4);
    for (int n = 0; n < 16; n++) {
      host.xmm(i, n, number(kind), number(kind));
      host.ymmUpper(i, n, number(kind), number(kind));
    }
    for (int m = 0; m < Silicon.MEM_BYTES; m += 8) {
      host.mem(i, m, number(kind));
    }
  }

  private long number(int kind) {
    return switch (kind) {
      case 0 -> operands.f64();
      case 1 -> operands.f32() & 0xFFFF_FFFFL | (long) operands.f32() << 32;
      case 2 -> operands.pattern();
      default -> operands.bits();
    };
  }
}
