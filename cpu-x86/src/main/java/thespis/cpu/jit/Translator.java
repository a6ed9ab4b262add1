package thespis.cpu.jit;

import thespis.cpu.decode.Decoder;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.state.Cpu;

/// Translates one block of 64-bit code, or of 32-bit code in flat segments, to host code.
final class Translator implements AutoCloseable {
  private static final int MAX_OPS = 64;
  private static final int MAX_LENGTH = 15;

  private final Cpu cpu;
  private final Decoder decoder;
  private final CodeArea area;
  private final Exits exits;
  private final AccessPlan plan = new AccessPlan();
  private final long records = Mem.allocate(MAX_OPS * (long) Op.BYTES);

  /// The block's bytes: the guest may change its own meanwhile.
  private final long bytes = Mem.allocate(MAX_OPS * MAX_LENGTH + 16);

  /// Entries of the last translation: with the guest's flags in the host's, and with the flags saved.
  long entryFlags;

  long entrySaved;

  Translator(Cpu cpu, CodeArea area, Exits exits) {
    this.cpu = cpu;
    this.decoder = new Decoder(cpu, cpu.mmu);
    this.area = area;
    this.exits = exits;
  }

  /// @param header the block's header, for exits
  /// @param length of its code in bytes
  /// @param second host page that its only instruction reaches into, or 0
  boolean translate(long header, long rip, long host, int length, long second) {
    copy(host, length, second);
    int ops = decode(rip, length);
    if (ops == 0) {
      return false;
    }
    long start = area.asm.at;
    int stops = exits.count();
    plan.note(pointer());
    Unit u = code(header, rip, length, ops, second);
    if (plan.use()) {
      area.asm.at = start;
      exits.cut(stops);
      u = code(header, rip, length, ops, second);
    }
    finish(u, rip, length, ops);
    return true;
  }

  /// Translates the end of a block once more, so that each access is checked by itself.
  boolean translateSingly(long header, long rip, long host, int length) {
    copy(host, length, 0);
    int ops = decode(rip, length);
    if (ops == 0) {
      return false;
    }
    plan.note(pointer());
    finish(code(header, rip, length, ops, 0), rip, length, ops);
    return true;
  }

  private int pointer() {
    return cpu.code64() ? 3 : 2;
  }

  /// The bytes that the last translation was made from.
  long bytes() {
    return bytes;
  }

  private Unit code(long header, long rip, int length, int ops, long second) {
    Unit u = new Unit(area, exits, header, rip, cpu.mode, plan);
    int need = second != 0 ? GuestFlags.SAVED : firstNeed(ops);
    u.flags.are(need == 0 ? GuestFlags.IN_HOST | GuestFlags.SAVED : need, 0);
    if (need == GuestFlags.IN_HOST) {
      entrySaved = area.asm.at;
      area.asm.restoreFlags();
      entryFlags = area.asm.at;
    } else {
      entryFlags = area.asm.at;
      if (need == GuestFlags.SAVED) {
        area.asm.saveFlags();
      }
      entrySaved = area.asm.at;
    }
    u.turnsApart = cpu.log != null && cpu.log.unchained();
    u.turnsCounted = cpu.mmu.copiesBeforeWrites();
    u.p = records;
    if (second != 0) {
      u.turnsApart = true;
      u.needFetch((rip & Tlb.PAGE_MASK) + 4096, second);
    }
    turn(u, rip, length, ops);
    return u;
  }

  /// Emits the block's instructions.
  private void turn(Unit u, long rip, int length, int ops) {
    boolean ended = false;
    for (int i = 0; i < ops && !ended; i++) {
      u.p = records + (long) i * Op.BYTES;
      X87Code.point(u, u.p);
      boolean spoils = u.flags.before(u.p, records + (long) ops * Op.BYTES);
      boolean segmented = u.code32 && isSegmented(u.p, Op.op(u.p));
      int done = segmented ? BranchCode.NO : one(u, u.p, rip);
      if (segmented) {
        done = CallCode.emit(u, u.p, Op.op(u.p));
        plan.barrier();
      } else if (done == BranchCode.NO) {
        done = rare(u, u.p, Op.op(u.p), i == ops - 1);
        plan.barrier();
      } else {
        plan.executed(u.p, Op.op(u.p));
      }
      u.flags.after(spoils);
      ended = done == BranchCode.END;
    }
    X87Code.point(u, 0);
    if (!ended) {
      u.branch(rip + length);
    }
  }

  private void finish(Unit u, long rip, int length, int ops) {
    if (u.loops()) {
      u.furtherTurns();
      turn(u, rip, length, ops);
    }
    u.finish();
  }

  /// 32-bit code with an operand that flat addresses do not reach: it has a 16-bit address, or lies in the code segment,
  /// which is never written to.
  private static boolean isSegmented(long p, int op) {
    if (Op.addressSize(p) != 1 && Op.seg(p) != Cpu.CS || op == Ops.LEA || op == Ops.NOP || op == Ops.PREFETCH) {
      return false;
    }
    boolean counts = op == Ops.JCXZ || op >= Ops.LOOP && op <= Ops.LOOPNE;
    boolean implied = op == Ops.XLAT || op >>> 6 == Ops.STRING_FAMILY;
    return Remake.accesses(p) || Op.modrm(p) < 0xC0 || counts || implied;
  }

  private int rare(Unit u, long p, int op, boolean last) {
    boolean done = X87Code.emit(u, p, op) || BmiCode.emit(u, p, op) || SystemCode.emit(u, cpu, op, last)
        || PortCode.emit(u, p, op) || StringCode.emit(u, p, op) || SelectorCode.emit(u, p, op);
    if (done) {
      return BranchCode.DONE;
    }
    boolean crossed = SyscallCode.emit(u, p, op) || SysenterCode.emit(u, op) || ReturnCode.emit(u, p, op)
        || SyscallCode.access(u, cpu, p, op);
    return crossed ? BranchCode.END : CallCode.emit(u, p, op);
  }

  private void copy(long host, int length, long second) {
    int here = second == 0 ? length : 4096 - (int) (host & 0xFFF);
    Mem.copy(host, bytes, here);
    if (second != 0) {
      Mem.copy(second, bytes + here, length - here);
    }
  }

  /// The number of instructions; 0 if the bytes are no longer those that the block was made of.
  private int decode(long rip, int length) {
    decoder.read(bytes, length, rip);
    int n = 0;
    int at = 0;
    for (; at < length && n < MAX_OPS; n++) {
      long rec = records + (long) n * Op.BYTES;
      decoder.decode(rip + at, rec, at);
      at += Op.length(rec);
    }
    return at == length ? n : 0;
  }

  private int one(Unit u, long p, long rip) {
    int op = Op.op(p);
    long next = rip + Op.offset(p) + Op.length(p);
    boolean done = switch (op >>> 6) {
      case Ops.ARITHMETIC_FAMILY -> AluCode.emit(u, p, op);
      case Ops.SHIFT_FAMILY -> ShiftCode.emit(u, p, op);
      case Ops.MULDIV_FAMILY -> MulCode.emit(u, p, op) || MoveCode.emit(u, p, op);
      case Ops.MOVE_FAMILY -> MoveCode.emit(u, p, op);
      case Ops.STACK_FAMILY, Ops.BRANCH_FAMILY -> false;
      default -> op >= Ops.SIMD ? SimdCode.emit(u, p, bytes + Op.offset(p)) : FlagCode.emit(u, p, op);
    };
    if (done) {
      return BranchCode.DONE;
    }
    return op >>> 6 == Ops.STACK_FAMILY || op >>> 6 == Ops.BRANCH_FAMILY ? BranchCode.emit(u, p, op, next)
        : BranchCode.NO;
  }

  /// What the block does first with the flags it starts with: needs them saved, needs them in the host's, or nothing.
  private int firstNeed(int ops) {
    for (int i = 0; i < ops; i++) {
      long p = records + (long) i * Op.BYTES;
      int op = Op.op(p);
      boolean memory = (Op.dstKind(p) == Op.KIND_MEM || Op.srcKind(p) == Op.KIND_MEM)
          && op != Ops.LEA && op != Ops.NOP && op != Ops.PREFETCH;
      if (memory) {
        return GuestFlags.SAVED;
      }
      switch (op) {
        case Ops.MOV, Ops.MOVZX, Ops.MOVSX, Ops.LEA, Ops.NOP, Ops.PREFETCH, Ops.CBW, Ops.CWD, Ops.NOT -> {}
        case Ops.BSWAP, Ops.XCHG -> {
          if (Op.size(p) < 2) {
            return GuestFlags.SAVED; // left to the interpreter, see MoveCode
          }
        }
        case Ops.ADD, Ops.OR, Ops.AND, Ops.SUB, Ops.XOR, Ops.CMP, Ops.TEST, Ops.NEG, Ops.IMUL2, Ops.IMUL3, Ops.MUL,
            Ops.IMUL, Ops.TZCNT, Ops.POPCNT, Ops.LZCNT -> {
          return 0;
        }
        case Ops.JMP, Ops.JCC, Ops.CMOV, Ops.SETCC, Ops.ADC, Ops.SBB, Ops.INC, Ops.DEC, Ops.ROL, Ops.ROR, Ops.RCL,
            Ops.RCR, Ops.BT, Ops.BTS, Ops.BTR, Ops.BTC -> {
          return GuestFlags.IN_HOST;
        }
        case Ops.SHL, Ops.SHR, Ops.SAR, Ops.SAL -> {
          boolean counted = Op.srcKind(p) == Op.KIND_IMM && (Op.imm(p) & 31) != 0;
          return counted ? 0 : GuestFlags.IN_HOST;
        }
        default -> {
          return GuestFlags.SAVED;
        }
      }
    }
    return GuestFlags.IN_HOST;
  }

  @Override
  public void close() {
    Mem.free(records);
    Mem.free(bytes);
  }
}
