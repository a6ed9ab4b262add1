package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Moves between MMX and XMM registers, general registers and memory. SDM Vol. 2A and 2B by name. Non-temporal stores are
/// plain stores here: the guest's memory has no caches to bypass.
final class SimdMove {
  private SimdMove() {}

  static int run(Cpu cpu, long p, int op) {
    if (op == MOVQ2DQ || op == MOVDQ2Q) {
      between(cpu, p, op);
      return Flow.NEXT;
    }
    if (Vectors.isMmx(p)) {
      mmx(cpu, p, op);
      return Flow.NEXT;
    }
    Vectors.require(cpu, p);
    if (Op.dstKind(p) == Op.KIND_MEM) {
      store(cpu, p, op);
      return Flow.NEXT;
    }
    boolean fromMemory = Op.srcKind(p) == Op.KIND_MEM;
    long dst = Vectors.dst(cpu, p);
    switch (op) {
      case MOVA -> Vectors.copy(Vectors.sourceAligned(cpu, p), dst, Vectors.bytes(p));
      case MOVU -> Vectors.copy(Vectors.sourceUnaligned(cpu, p), dst, Vectors.bytes(p));
      case MOVSS -> {
        int v = Vectors.source32(cpu, p);
        if (fromMemory) {
          Vectors.set(dst, v & 0xFFFF_FFFFL, 0);
        } else {
          Vectors.setScalar32(cpu, p, v);
        }
      }
      case MOVSD -> {
        long v = Vectors.source64(cpu, p);
        Vectors.set(dst, v, fromMemory ? 0 : Mem.get64(Vectors.first(cpu, p) + 8));
      }
      case MOVQ -> Vectors.set(dst, Vectors.source64(cpu, p), 0);
      case MOVL -> Vectors.setScalar64(cpu, p, Vectors.source64(cpu, p));
      case MOVH, MOVLHPS -> {
        long v = Vectors.source64(cpu, p);
        Vectors.set(dst, Mem.get64(Vectors.first(cpu, p)), v);
      }
      case MOVHLPS -> Vectors.setScalar64(cpu, p, Mem.get64(Vectors.xmm(cpu, Op.src(p)) + 8));
      case MOVSLDUP, MOVSHDUP -> {
        long s = Vectors.source(cpu, p);
        int odd = op == MOVSHDUP ? 4 : 0;
        for (int at = 0; at < Vectors.bytes(p); at += 8) {
          int v = Mem.get32(s + at + odd);
          Mem.put64(dst + at, Lanes.pair(v, v));
        }
      }
      case MOVDDUP -> doubled(cpu, p, dst);
      case MOVD_TO -> Vectors.set(dst, general(cpu, p), 0);
      default -> rest(cpu, p, op);
    }
    return Flow.NEXT;
  }

  /// The 128-bit form reads 8 bytes, the 256-bit form 32.
  private static void doubled(Cpu cpu, long p, long dst) {
    if (Vectors.bytes(p) == 16) {
      long v = Vectors.source64(cpu, p);
      Vectors.set(dst, v, v);
      return;
    }
    long s = Vectors.source(cpu, p);
    for (int at = 0; at < 32; at += 16) {
      long v = Mem.get64(s + at);
      Vectors.set(dst + at, v, v);
    }
  }

  /// Moves whose destination is a general register, and those of single words.
  private static void rest(Cpu cpu, long p, int op) {
    long src = Vectors.xmm(cpu, Op.src(p));
    int bytes = Vectors.bytes(p);
    int bits = 0;
    switch (op) {
      case MOVD_FROM -> Operands.setDst(cpu, p, Mem.get64(src));
      case MOVMSKPS -> {
        for (int at = 0; at < bytes; at += 8) {
          bits |= signs(Mem.get64(src + at)) << at / 4;
        }
        setGeneral(cpu, p, bits);
      }
      case MOVMSKPD -> {
        for (int at = 0; at < bytes; at += 8) {
          bits |= (int) (Mem.get64(src + at) >>> 63) << at / 8;
        }
        setGeneral(cpu, p, bits);
      }
      case PMOVMSKB -> {
        for (int at = 0; at < bytes; at += 8) {
          bits |= byteSigns(Mem.get64(src + at)) << at;
        }
        setGeneral(cpu, p, bits);
      }
      case PINSRW -> {
        short v = (short) Operands.src(cpu, p);
        long dst = Vectors.dst(cpu, p);
        Vectors.copy(Vectors.first(cpu, p), dst, 16);
        Mem.put16(dst + 2 * (Op.imm(p) & 7), v);
      }
      case PEXTRW -> setGeneral(cpu, p, Mem.get16(src + 2 * (Op.imm(p) & 7)) & 0xFFFF);
      case MASKMOV -> maskMove(cpu, p);
      default -> throw new IllegalStateException("not a move: 0x" + Integer.toHexString(op));
    }
  }

  /// A general register or memory operand of MOVD and MOVQ, zero-extended.
  private static long general(Cpu cpu, long p) {
    long v = Operands.src(cpu, p);
    return Op.srcSize(p) == 3 ? v : v & 0xFFFF_FFFFL;
  }

  private static void setGeneral(Cpu cpu, long p, int v) {
    Mem.put64(cpu.st + Op.dst(p), v & 0xFFFF_FFFFL);
  }

  private static int signs(long v) {
    return (int) (v >>> 31) & 1 | (int) (v >>> 62) & 2;
  }

  /// The eight top bits of the bytes, gathered by a multiplication.
  static int byteSigns(long v) {
    return (int) ((v >>> 7 & 0x0101_0101_0101_0101L) * 0x0102_0408_1020_4080L >>> 56);
  }

  private static void store(Cpu cpu, long p, int op) {
    long src = Vectors.xmm(cpu, Op.src(p));
    switch (op) {
      case MOVA -> {
        int bytes = Vectors.bytes(p);
        long la = Operands.linear(cpu, p, bytes, true);
        Vectors.requireAligned(cpu, la, bytes);
        Vectors.store(cpu, la, src, bytes);
      }
      case MOVU -> Vectors.store(cpu, Operands.linear(cpu, p, Vectors.bytes(p), true), src, Vectors.bytes(p));
      case MOVSS -> cpu.mmu.store32(Operands.linear(cpu, p, 4, true), Mem.get32(src));
      case MOVSD, MOVL, MOVQ -> cpu.mmu.store64(Operands.linear(cpu, p, 8, true), Mem.get64(src));
      case MOVH -> cpu.mmu.store64(Operands.linear(cpu, p, 8, true), Mem.get64(src + 8));
      case MOVD_FROM -> Operands.setDst(cpu, p, Mem.get64(src));
      default -> throw new IllegalStateException("not a store: 0x" + Integer.toHexString(op));
    }
  }

  private static void between(Cpu cpu, long p, int op) {
    Vectors.requireSse(cpu);
    Vectors.requireMmx(cpu);
    Vectors.enterMmx(cpu);
    if (op == MOVQ2DQ) {
      Vectors.set(Vectors.dst(cpu, p), Mem.get64(Vectors.mmx(cpu, Op.src(p))), 0);
    } else {
      Vectors.setMmx(cpu, Op.dst(p), Mem.get64(Vectors.xmm(cpu, Op.src(p))));
    }
  }

  private static void mmx(Cpu cpu, long p, int op) {
    Vectors.requireMmx(cpu);
    switch (op) {
      case MOVD_TO -> {
        long v = general(cpu, p);
        Vectors.enterMmx(cpu);
        Vectors.setMmx(cpu, Op.dst(p), v);
      }
      case MOVD_FROM -> {
        Operands.setDst(cpu, p, Mem.get64(Vectors.mmx(cpu, Op.src(p))));
        Vectors.enterMmx(cpu);
      }
      case MOVQ -> {
        if (Op.dstKind(p) == Op.KIND_MEM) {
          cpu.mmu.store64(Operands.linear(cpu, p, 8, true), Mem.get64(Vectors.mmx(cpu, Op.src(p))));
          Vectors.enterMmx(cpu);
        } else {
          long v = Vectors.mmxSource(cpu, p);
          Vectors.enterMmx(cpu);
          Vectors.setMmx(cpu, Op.dst(p), v);
        }
      }
      case PMOVMSKB -> {
        Vectors.enterMmx(cpu);
        setGeneral(cpu, p, byteSigns(Mem.get64(Vectors.mmx(cpu, Op.src(p)))));
      }
      case PINSRW -> {
        long v = Operands.src(cpu, p) & 0xFFFF;
        Vectors.enterMmx(cpu);
        int shift = 16 * ((int) Op.imm(p) & 3);
        long old = Mem.get64(Vectors.mmx(cpu, Op.dst(p)));
        Vectors.setMmx(cpu, Op.dst(p), old & ~(0xFFFFL << shift) | v << shift);
      }
      case PEXTRW -> {
        Vectors.enterMmx(cpu);
        setGeneral(cpu, p, Mem.get16(Vectors.mmx(cpu, Op.src(p)) + 2 * (Op.imm(p) & 3)) & 0xFFFF);
      }
      case MASKMOV -> maskMove(cpu, p);
      default -> throw new IllegalStateException("not an MMX move: 0x" + Integer.toHexString(op));
    }
  }

  /// MASKMOVQ and MASKMOVDQU: bytes whose mask has its top bit set go to DS:rDI.
  private static void maskMove(Cpu cpu, long p) {
    boolean mmx = Vectors.isMmx(p);
    int bytes = mmx ? 8 : 16;
    long value = mmx ? Vectors.mmx(cpu, Op.dst(p)) : Vectors.xmm(cpu, Op.dst(p));
    long mask = mmx ? Vectors.mmx(cpu, Op.src(p)) : Vectors.xmm(cpu, Op.src(p));
    long rdi = cpu.reg(Cpu.RDI);
    long offset = switch (Op.addressSize(p)) {
      case 3 -> rdi;
      case 2 -> rdi & 0xFFFF_FFFFL;
      default -> rdi & 0xFFFF;
    };
    long la = Operands.linear(cpu, p, offset, bytes, true);
    for (int i = 0; i < bytes; i++) {
      if (Mem.get8(mask + i) < 0) {
        cpu.mmu.checkWrite(la + i, 1);
      }
    }
    for (int i = 0; i < bytes; i++) {
      if (Mem.get8(mask + i) < 0) {
        cpu.mmu.store8(la + i, Mem.get8(value + i));
      }
    }
    if (mmx) {
      Vectors.enterMmx(cpu);
    }
  }
}
