package thespis.cpu.jit;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;

/// Instructions without a translation of their own: the code stops with the decoded records at hand, has them executed,
/// and goes on behind them. The records of such instructions in a row stand in the code area behind their stop.
final class CallCode {
  private static final int MAX = 64;

  private CallCode() {}

  /// @return {@link BranchCode#DONE}, or {@link BranchCode#END} where nothing goes on behind the instruction
  static int emit(Unit u, long p, int op) {
    Asm a = u.a;
    int id = u.call;
    if (id >= 0 && u.exits.address(id) == a.at && follows(a.at - Op.BYTES, p) && u.exits.detail(id) < MAX) {
      u.exits.setDetail(id, u.exits.detail(id) + 1);
    } else {
      u.flushXmm();
      u.flags.needSaved();
      id = u.exits.add(Exits.CALL, 1, u.header, u.rip + Op.offset(p), 0);
      u.area.leave(u.exits, id);
      u.exits.setStub(id, a.at);
      u.call = id;
      u.forget();
    }
    Mem.copy(p, a.at, Op.BYTES);
    a.at += Op.BYTES;
    u.exits.setAddress(id, leaves(op) || remaps(op) ? 0 : a.at);
    return leaves(op) ? BranchCode.END : BranchCode.DONE;
  }

  /// An instruction without code, such as NOP, may stand between two.
  private static boolean follows(long last, long p) {
    return Op.offset(last) + Op.length(last) == Op.offset(p);
  }

  /// Always goes somewhere else.
  private static boolean leaves(int op) {
    return op >= Ops.JMP_FAR && op <= Ops.INT3 || op == Ops.INT1
        || op >= Ops.SYSCALL && op <= Ops.UD;
  }

  /// Afterwards the code behind the instruction may not be what lies there in memory: it must be looked up.
  private static boolean remaps(int op) {
    return switch (op) {
      case Ops.MOV_TO_CR, Ops.LMSW, Ops.WRMSR, Ops.INVLPG, Ops.INVPCID, Ops.SERIALIZE -> true;
      default -> false;
    };
  }
}
