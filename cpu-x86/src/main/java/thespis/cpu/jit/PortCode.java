package thespis.cpu.jit;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.NativeState;

/// Translates OUT of a byte to a port known by number: it has no effect if the port is one where writes have none, which
/// is asked when it is executed, like the permission. All other accesses are executed elsewhere. SDM Vol. 2B "OUT", Vol. 1
/// "I/O Privilege Level", "I/O Permission Bit Map".
final class PortCode {
  private static final int MAP_BASE = 0x66;

  private PortCode() {}

  static boolean emit(Unit u, long p, int op) {
    if (op != Ops.OUT_IMM || Op.size(p) != 0) {
      return false;
    }
    Asm a = u.a;
    int port = (int) Op.imm(p) & 0xFF;
    int bit = 1 << (port & 7);
    u.flushXmm();
    u.flags.needSaved();
    a.group1M(7, 2, Asm.STATE, Asm.st(NativeState.PORTS_FREE), 0);
    long[] elsewhere = new long[5];
    int sites = 0;
    elsewhere[sites++] = a.jcc(Asm.CC_E, a.at);
    if (u.user) {
      a.loadState(Asm.RCX, NativeState.TSS_HOST);
      a.rm(0, Asm.M0F, 0xB7, 0, Asm.RAX, Asm.RCX, MAP_BASE); // MOVZX
      a.group1(0, 2, Asm.RAX, port >>> 3);
      a.rm(0, Asm.ONE, 0x3B, 0, Asm.RAX, Asm.STATE, Asm.st(NativeState.TSS_ROOM));
      elsewhere[sites++] = a.jcc(Asm.CC_AE, a.at);
      a.lea(true, Asm.RCX, Asm.RCX, Asm.RAX, 0, 0);
      test(a, 0, bit);
      elsewhere[sites++] = a.jcc(Asm.CC_NE, a.at);
    } else {
      a.group1M(7, 2, Asm.STATE, Asm.st(NativeState.SUPERVISOR), 0);
      elsewhere[sites++] = a.jcc(Asm.CC_E, a.at);
    }
    a.loadState(Asm.RCX, NativeState.PORT_SINKS);
    test(a, port >>> 3, bit);
    elsewhere[sites++] = a.jcc(Asm.CC_E, a.at);
    for (int i = 0; i < sites; i++) {
      u.orCall(elsewhere[i]);
    }
    return true;
  }

  /// TEST of a byte at [RCX + disp].
  private static void test(Asm a, int disp, int bit) {
    a.opM(Asm.ONE, 0xF6, 0, 0, Asm.RCX, disp);
    a.b(bit);
  }
}
