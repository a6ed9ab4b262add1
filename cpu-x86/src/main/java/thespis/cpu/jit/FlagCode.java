package thespis.cpu.jit;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;

/// Translates instructions on single flags, and fences. SDM Vol. 1 "Flag Control (EFLAG) Instructions".
final class FlagCode {
  private FlagCode() {}

  static boolean emit(Unit u, long p, int op) {
    switch (op) {
      case Ops.CLC -> carry(u, 0xF8);
      case Ops.STC -> carry(u, 0xF9);
      case Ops.CMC -> carry(u, 0xF5);
      case Ops.CLD -> direction(u, 4, ~Cpu.DF);
      case Ops.STD -> direction(u, 1, Cpu.DF);
      case Ops.FENCE -> {
        u.a.b(0x0F);
        u.a.b(0xAE);
        u.a.b(Op.modrm(p));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void carry(Unit u, int opcode) {
    u.flags.needFlags();
    u.a.b(opcode);
    u.flags.made(u.p);
  }

  /// The host's own DF is always clear.
  private static void direction(Unit u, int group, int mask) {
    u.flags.needSaved();
    u.a.group1M(group, 2, Asm.STATE, Asm.st(Cpu.RFLAGS), mask);
    u.flags.lost();
  }
}
