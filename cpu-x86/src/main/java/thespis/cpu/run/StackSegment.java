package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;

/// Which segment an instruction of 64-bit code reaches memory through: an address that is not canonical is #SS(0) there for
/// the stack segment, else #GP(0). SDM Vol. 1 "Canonical Addressing", "Default Segment Selection Rules".
final class StackSegment {
  private StackSegment() {}

  /// @param p the instruction, with a memory operand that is not canonical, or with a stack that is not
  static boolean isMeant(long p) {
    if (Op.base(p) == Cpu.RSP || Op.base(p) == Cpu.RBP) {
      return Op.seg(p) != Cpu.FS && Op.seg(p) != Cpu.GS;
    }
    if (Op.dstKind(p) == Op.KIND_MEM || Op.srcKind(p) == Op.KIND_MEM) {
      return false;
    }
    return switch (Op.op(p)) {
      case Ops.PUSH, Ops.POP, Ops.PUSHF, Ops.POPF, Ops.ENTER, Ops.LEAVE, Ops.PUSH_SREG, Ops.POP_SREG, Ops.CALL, Ops.RET,
          Ops.CALL_IND, Ops.CALL_FAR, Ops.RET_FAR, Ops.IRET -> true;
      default -> false;
    };
  }
}
