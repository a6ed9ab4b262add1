package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.SystemCalls;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// Translates MOV and POP to ES, DS, FS and GS in 32-bit code of privilege level 0, as long as the descriptor is that of data
/// up to 4 GiB, with no base for ES and DS, and the accessed bit set; or the selector a null one for FS and GS. Selector and
/// base change at once, the rest when the code stops: see {@link SystemCalls#settle}. SDM Vol. 2B "MOV", "POP".
final class SelectorCode {
  private static final int NULL = 0xFFFC;

  /// Of the descriptor's upper half: limit, granularity, what it describes, not the privilege.
  private static final int KIND = 0x008F_9F00;

  private static final int DATA = 0x008F_9300;
  private static final long BASE = 0xFF00_00FF_FFFF_0000L;
  private static final int PRIVILEGE_SHIFT = 45;

  private final Unit u;
  private final Asm a;
  private final int segment;
  private final long[] elsewhere = new long[12];
  private int sites;

  private SelectorCode(Unit u, int segment) {
    this.u = u;
    this.a = u.a;
    this.segment = segment;
  }

  /// False if this is neither, or needs the interpreter always; then nothing was emitted.
  static boolean emit(Unit u, long p, int op) {
    int segment = Op.dst(p);
    boolean pop = op == Ops.POP_SREG;
    if (!u.code32 || u.user || op != Ops.MOV_TO_SREG && !pop || segment == Cpu.CS || segment == Cpu.SS || segment > Cpu.GS
        || pop && (Op.prefixes(p) & Op.PREFIX_66) != 0) {
      return false;
    }
    u.flushXmm();
    u.flags.needSaved();
    selector(u, p, pop);
    u.flags.lost();
    new SelectorCode(u, segment).emit(pop);
    return true;
  }

  /// The selector goes to the scratch slot.
  private static void selector(Unit u, long p, boolean pop) {
    if (pop || Op.srcKind(p) == Op.KIND_MEM) {
      if (pop) {
        u.memoryAt(HostRegs.GUEST_RSP, 0, 2, Mmu.LOAD);
      } else {
        u.memory(2, Mmu.LOAD);
      }
      u.a.rm(0, Asm.M0F, 0xB7, 0, RAX, RCX, 0); // MOVZX
      u.a.storeState(RAX, NativeState.NATIVE_TEMP);
    } else {
      u.a.storeState(u.read(Op.src(p), RAX), NativeState.NATIVE_TEMP);
    }
  }

  private void emit(boolean pop) {
    boolean moved = segment == Cpu.FS || segment == Cpu.GS;
    compare(NativeState.SUPERVISOR);
    call(Asm.CC_E);
    compare(NativeState.X87_LIVE); // the last operand's selector is noted when the code stops
    call(Asm.CC_NE);
    loadSelector();
    test(NULL);
    long none = 0;
    if (moved) {
      none = a.jcc(Asm.CC_E, a.at);
    } else {
      call(Asm.CC_E);
    }
    test(Descriptors.TABLE);
    call(Asm.CC_NE);
    Descriptors.look(a, this::call);
    check();
    if (moved) {
      base();
    } else {
      a.movImm(RAX, BASE);
      a.rr(0, ONE, 0x85, 1, RAX, RCX); // TEST
      call(Asm.CC_NE);
    }
    a.storeState(RCX, NativeState.SEG_LOADED + 8 * segment);
    if (moved) {
      long done = a.jmp(a.at);
      Asm.patch32(none, a.at);
      close();
      Asm.patch32(done, a.at);
    }
    loadSelector();
    a.opM(ONE, 0x88, 1, RAX, STATE, Asm.st(Cpu.SELECTORS + 2 * segment));
    a.group1M(1, 2, STATE, Asm.st(NativeState.SEG_MOVED), 1 << segment); // OR
    compare(NativeState.CROSSED);
    long crossed = a.jcc(Asm.CC_NE, a.at);
    a.storeStateImm32(NativeState.CROSSED, SystemCalls.BY_ACCESS);
    Asm.patch32(crossed, a.at);
    if (pop) {
      u.addTo(HostRegs.GUEST_RSP, 1 << u.pointer);
    }
    for (int i = 0; i < sites; i++) {
      u.orCall(elsewhere[i]);
    }
  }

  private void loadSelector() {
    a.rm(0, Asm.M0F, 0xB7, 0, RAX, STATE, Asm.st(NativeState.NATIVE_TEMP)); // MOVZX
  }

  /// The descriptor in RCX. A selector of another privilege than 0 needs one of 3.
  private void check() {
    a.rorx(3, RAX, RCX, 32);
    a.group1(4, 2, RAX, KIND);
    a.group1(7, 2, RAX, DATA);
    call(Asm.CC_NE);
    a.group1(7, 1, RCX, -1);
    call(Asm.CC_NE);
    a.opM(ONE, 0xF6, 0, 0, STATE, Asm.st(NativeState.NATIVE_TEMP)); // TEST
    a.b(3);
    long inner = a.jcc(Asm.CC_E, a.at);
    a.rorx(3, RAX, RCX, PRIVILEGE_SHIFT);
    a.group1(4, 2, RAX, 3);
    a.group1(7, 2, RAX, 3);
    call(Asm.CC_NE);
    Asm.patch32(inner, a.at);
  }

  private void base() {
    int at = Cpu.SEG_BASE + 8 * segment;
    a.rorx(3, RAX, RCX, 16);
    a.group1(4, 2, RAX, 0xFF_FFFF);
    a.storeState(RAX, at);
    a.rorx(3, RAX, RCX, 32);
    a.group1(4, 2, RAX, 0xFF00_0000);
    a.rm(0, ONE, 0x09, 0, RAX, STATE, Asm.st(at)); // OR
    a.movImm(RAX, 0);
    a.storeState(RAX, closed());
  }

  private void close() {
    a.movImm(RAX, 0);
    a.storeState(RAX, Cpu.SEG_BASE + 8 * segment);
    a.movImm(RAX, NativeState.NO_ADDRESS);
    a.storeState(RAX, closed());
  }

  private int closed() {
    return NativeState.SEG_CLOSED + 8 * (segment - Cpu.FS);
  }

  private void test(int mask) {
    a.op(ONE, 0xF6, 2, 0, RAX);
    a.d(mask);
  }

  private void compare(int offset) {
    a.group1M(7, 2, STATE, Asm.st(offset), 0);
  }

  private void call(int cc) {
    elsewhere[sites++] = a.jcc(cc, a.at);
  }
}
