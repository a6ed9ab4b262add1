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

/// Translates IRETQ of privilege level 0 to 64-bit code there, or to the user whom SYSRET would return to, as long as the
/// descriptors are flat ones. The segment registers follow when the code stops, as behind SYSRET. SDM Vol. 2A
/// "IRET/IRETD/IRETQ".
final class ReturnCode {
  /// Flat 64-bit code and data, accessed, of privilege level 0 and 3. SDM Vol. 3A "Segment Descriptors".
  private static final long CODE = 0x00AF_9B00_0000_FFFFL;

  private static final long DATA = 0x00CF_9300_0000_FFFFL;
  private static final long USER_CODE = 0x00AF_FB00_0000_FFFFL;
  private static final long USER_DATA = 0x00CF_F300_0000_FFFFL;

  /// RFLAGS that come from the stack, less the arithmetic ones.
  private static final int RETURNED = Cpu.IF | Cpu.DF | Cpu.IOPL | Cpu.NT | Cpu.RF | Cpu.AC | Cpu.ID | Cpu.VIF | Cpu.VIP;

  // ---- the frame, while it is looked at
  private static final int RIP = NativeState.NATIVE_SLOTS;
  private static final int FLAGS = NativeState.NATIVE_SLOTS + 8;
  private static final int RSP = NativeState.NATIVE_SLOTS + 16;

  /// CS, and SS in the two bytes behind it.
  private static final int SELECTORS = NativeState.NATIVE_SLOTS + 24;

  private final Unit u;
  private final Asm a;

  private ReturnCode(Unit u) {
    this.u = u;
    this.a = u.a;
  }

  /// False if this is something else, or needs the interpreter always; then nothing was emitted.
  static boolean emit(Unit u, long p, int op) {
    if (op != Ops.IRET || (Op.prefixes(p) & Op.PREFIX_REX_W) == 0 || u.user) {
      return false;
    }
    new ReturnCode(u).emit();
    return true;
  }

  private void emit() {
    SyscallCode.begin(u);
    SyscallCode.callUnless(u, NativeState.SUPERVISOR, Asm.CC_E);
    SyscallCode.callUnless(u, NativeState.WAITING, Asm.CC_NE);
    SyscallCode.callUnless(u, Cpu.NMI_BLOCKED, Asm.CC_NE);
    testState(Cpu.RFLAGS, Cpu.NT);
    frame();
    a.loadState(RCX, RIP);
    a.rr(0, ONE, 0xC1, 1, 4, RCX); // SHL
    a.b(16);
    a.rr(0, ONE, 0xC1, 1, 7, RCX); // SAR
    a.b(16);
    a.rm(0, ONE, 0x3B, 1, RCX, STATE, Asm.st(RIP));
    call(Asm.CC_NE); // perhaps not canonical
    testState(FLAGS, Cpu.TF);
    state(0x8B, RAX, FLAGS);
    state(0x33, RAX, Cpu.RFLAGS); // XOR
    test(Cpu.AC);
    state(0x8B, RAX, SELECTORS);
    state(0x3B, RAX, NativeState.SYSRET_SELECTORS); // CMP
    long inside = a.jcc(Asm.CC_NE, a.at);
    toUser();
    long user = a.jmp(a.at);
    Asm.patch32(inside, a.at);
    toKernel();
    Asm.patch32(user, a.at);
    state(0x8B, RAX, FLAGS);
    SyscallCode.setFlags(a, RETURNED);
    a.loadState(HostRegs.GUEST_RSP, RSP);
    a.loadState(RCX, RIP);
    u.computed(Unit.BY_ITSELF);
  }

  private void frame() {
    long again = a.at;
    a.mov(RCX, HostRegs.GUEST_RSP);
    u.check(40, Mmu.LOAD, again);
    a.load(RAX, RCX, 0);
    a.storeState(RAX, RIP);
    a.load(RAX, RCX, 16);
    a.storeState(RAX, FLAGS);
    a.load(RAX, RCX, 24);
    a.storeState(RAX, RSP);
    a.load(RAX, RCX, 8);
    a.opM(ONE, 0x88, 1, RAX, STATE, Asm.st(SELECTORS));
    a.load(RAX, RCX, 32);
    a.opM(ONE, 0x88, 1, RAX, STATE, Asm.st(SELECTORS) + 2);
  }

  private void toUser() {
    SyscallCode.callUnless(u, NativeState.INNER_SEGMENTS, Asm.CC_NE);
    testState(SELECTORS, Descriptors.TABLE * 0x1_0001);
    descriptor(SELECTORS, USER_CODE);
    descriptor(SELECTORS + 2, USER_DATA);
    SyscallCode.toUser(a);
  }

  /// CS stays, SS may be null.
  private void toKernel() {
    state(0x8B, RAX, SELECTORS);
    state(0x33, RAX, Cpu.SELECTORS + 2 * Cpu.CS); // XOR
    test(0xFFFF);
    testState(SELECTORS, Descriptors.TABLE_AND_RPL * 0x1_0001);
    descriptor(SELECTORS, CODE);
    a.group1M(7, 1, STATE, Asm.st(SELECTORS) + 2, 0); // CMP
    long none = a.jcc(Asm.CC_E, a.at);
    descriptor(SELECTORS + 2, DATA);
    Asm.patch32(none, a.at);
    state(0x8B, RAX, SELECTORS);
    state(0x89, RAX, Cpu.SELECTORS + 2 * Cpu.CS);
    a.storeStateImm32(NativeState.CROSSED, SystemCalls.BY_IRET);
  }

  /// Goes on if the GDT has this descriptor there, and is known as supervisor's memory.
  private void descriptor(int selector, long descriptor) {
    a.rm(0, Asm.M0F, 0xB7, 0, RAX, STATE, Asm.st(selector)); // MOVZX
    Descriptors.look(a, this::call);
    a.movImm(RAX, descriptor);
    a.rr(0, ONE, 0x3B, 1, RAX, RCX);
    call(Asm.CC_NE);
  }

  /// Goes on if none of these bits of the state block is set.
  private void testState(int offset, int mask) {
    a.rm(0, ONE, 0xF7, 0, 0, STATE, Asm.st(offset));
    a.d(mask);
    call(Asm.CC_NE);
  }

  /// Goes on if none of these bits of EAX is set.
  private void test(int mask) {
    a.op(ONE, 0xF6, 2, 0, RAX);
    a.d(mask);
    call(Asm.CC_NE);
  }

  private void state(int opcode, int register, int offset) {
    a.rm(0, ONE, opcode, 0, register, STATE, Asm.st(offset));
  }

  private void call(int cc) {
    u.orCallAndLookUp(a.jcc(cc, a.at));
  }
}
