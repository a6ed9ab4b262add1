package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.RDI;
import static thespis.cpu.jit.Asm.RSI;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// Translates string instructions with pointers of full width. A repeated one runs as itself over what lies in one page of
/// each operand; then the guest's registers are brought up to date, attention is looked for, and the next
/// pages are checked. The guest's RSI and RDI are the host's; their places in the state block hold them meanwhile. SDM
/// Vol. 1 "String Operations"; Vol. 2B "REP/REPE/REPZ/REPNE/REPNZ".
final class StringCode {
  private static final int COUNT = HostRegs.GUEST_RCX;
  private static final int ZF = 0x40;

  private StringCode() {}

  static boolean emit(Unit u, long p, int op) {
    if (op < Ops.MOVS || op > Ops.SCAS || Op.addressSize(p) != u.pointer) {
      return false;
    }
    if (u.code32 && u.isMoved()) {
      return false; // elements may run over the segment's end inside a page
    }
    boolean repeated = Op.rep(p) != Op.REP_NONE;
    if (repeated && op == Ops.LODS) {
      return false;
    }
    u.flushXmm();
    u.flags.needSaved();
    u.flags.lost();
    if (repeated) {
      repeat(u, p, op);
    } else if (op == Ops.SCAS || op == Ops.CMPS) {
      compare(u, p, op);
      u.flags.made(p);
      return true;
    } else {
      once(u, p, op);
    }
    u.flags.lost();
    return true;
  }

  /// A jump that is taken where strings go backward; destroys the host's flags.
  private static long backward(Asm a) {
    a.rm(0, ONE, 0xF6, 0, 0, STATE, Asm.st(Cpu.RFLAGS) + 1); // TEST m8, imm8
    a.b(Cpu.DF >>> 8);
    return a.jcc(Asm.CC_NE, a.at);
  }

  /// Moves the pointers on by one element.
  private static void advance(Unit u, int size, boolean source, boolean target) {
    long back = backward(u.a);
    step(u, 1 << size, source, target);
    long done = u.a.jmp(u.a.at);
    Asm.patch32(back, u.a.at);
    step(u, -1 << size, source, target);
    Asm.patch32(done, u.a.at);
  }

  private static void step(Unit u, int by, boolean source, boolean target) {
    if (source) {
      u.addTo(RSI, by);
    }
    if (target) {
      u.addTo(RDI, by);
    }
  }

  /// Host address of [RSI] or [RDI] to RCX. If its page is missed only this is done again: it may have the same place in
  /// the address cache as the other operand's.
  private static void address(Unit u, int register, int size, int access) {
    long again = u.a.at;
    u.a.move(u.pointer, RCX, register);
    if (register == RSI) {
      u.segment(1 << size);
    }
    u.check(1 << size, access, again);
  }

  // ---- a single element

  private static void once(Unit u, long p, int op) {
    Asm a = u.a;
    int size = Op.size(p);
    if (op != Ops.STOS) {
      address(u, RSI, size, Mmu.LOAD);
      if (op == Ops.LODS) {
        MoveCode.load(u, Cpu.RAX, size);
        advance(u, size, true, false);
        return;
      }
      a.opM(ONE, 0x8A, size, RAX, RCX, 0);
      a.storeState(RAX, NativeState.NATIVE_TEMP);
    }
    address(u, RDI, size, Mmu.STORE);
    if (op == Ops.STOS) {
      a.opM(ONE, 0x88, size, HostRegs.GUEST_RAX, RCX, 0);
    } else {
      a.loadState(RAX, NativeState.NATIVE_TEMP);
      a.opM(ONE, 0x88, size, RAX, RCX, 0);
    }
    advance(u, size, op == Ops.MOVS, true);
  }

  /// The flags are the host's behind it.
  private static void compare(Unit u, long p, int op) {
    Asm a = u.a;
    int size = Op.size(p);
    int left = HostRegs.GUEST_RAX;
    if (op == Ops.CMPS) {
      address(u, RSI, size, Mmu.LOAD);
      a.opM(ONE, 0x8A, size, RAX, RCX, 0);
      a.storeState(RAX, NativeState.NATIVE_TEMP);
    }
    address(u, RDI, size, Mmu.LOAD);
    if (op == Ops.CMPS) {
      a.loadState(RAX, NativeState.NATIVE_TEMP);
      left = RAX;
    }
    advance(u, size, op == Ops.CMPS, true);
    a.opM(ONE, 0x3A, size, left, RCX, 0); // CMP
  }

  // ---- repeated

  private static void repeat(Unit u, long p, int op) {
    Asm a = u.a;
    int size = Op.size(p);
    boolean two = op == Ops.MOVS || op == Ops.CMPS;
    boolean compares = op == Ops.SCAS || op == Ops.CMPS;
    int wide = u.code32 ? 0 : 1;
    long head = a.at;
    a.rr(0, ONE, 0x85, wide, COUNT, COUNT); // TEST
    long none = a.jcc(Asm.CC_E, a.at);
    if (two) {
      address(u, RSI, size, Mmu.LOAD);
      a.storeState(RCX, NativeState.NATIVE_TEMP);
    }
    address(u, RDI, size, compares ? Mmu.LOAD : Mmu.STORE);
    a.storeState(RSI, Cpu.RSI);
    a.storeState(RDI, Cpu.RDI);
    a.mov(RDI, RCX);
    if (two) {
      a.loadState(RSI, NativeState.NATIVE_TEMP);
    }
    long back = backward(a);
    elements(a, size, two, wide);
    run(a, p, op, compares, wide);
    long done = a.jmp(a.at);
    Asm.patch32(back, a.at);
    elementsBefore(a, size, two, wide);
    a.b(0xFD); // STD
    run(a, p, op, compares, wide);
    a.b(0xFC); // CLD
    a.rr(0, ONE, 0xF7, 1, 3, RAX); // NEG
    Asm.patch32(done, a.at);
    a.loadState(RDI, Cpu.RDI);
    a.lea(!u.code32, RDI, RDI, RAX, size, 0);
    if (two) {
      a.loadState(RSI, Cpu.RSI);
      a.lea(!u.code32, RSI, RSI, RAX, size, 0);
    } else {
      a.loadState(RSI, Cpu.RSI);
    }
    a.rr(0, ONE, 0x85, wide, COUNT, COUNT);
    long all = a.jcc(Asm.CC_E, a.at);
    long found = compares ? found(a, Op.rep(p) == Op.REP) : 0;
    u.poll(u.rip + Op.offset(p));
    a.jmp(head);
    Asm.patch32(none, a.at);
    Asm.patch32(all, a.at);
    if (compares) {
      Asm.patch32(found, a.at);
    }
  }

  /// Executes so many as RCX says. What was done goes to RAX, and the guest's count is right: it was the one before less that
  /// behind.
  private static void run(Asm a, long p, int op, boolean compares, int wide) {
    a.storeState(RCX, NativeState.NATIVE_TEMP);
    if (op == Ops.STOS || op == Ops.SCAS) {
      a.mov(RAX, HostRegs.GUEST_RAX);
    }
    a.b(compares && Op.rep(p) != Op.REP ? 0xF2 : 0xF3);
    element(a, op, Op.size(p));
    if (compares) {
      a.saveFlags();
    }
    a.loadState(RAX, NativeState.NATIVE_TEMP);
    a.rr(0, ONE, 0x2B, 0, RAX, RCX);
    a.rr(0, ONE, 0x2B, wide, COUNT, RAX);
  }

  private static long found(Asm a, boolean whileEqual) {
    a.rm(0, ONE, 0xF6, 0, 0, STATE, Asm.st(NativeState.FLAGS_SAVED) + 1);
    a.b(ZF);
    return a.jcc(whileEqual ? Asm.CC_E : Asm.CC_NE, a.at);
  }

  /// How many elements lie in the pages at RDI and, of two operands, at RSI, but not more than are left: to RCX.
  private static void elements(Asm a, int size, boolean two, int wide) {
    room(a, RCX, RDI);
    if (two) {
      room(a, RAX, RSI);
      a.rr(0, ONE, 0x3B, 0, RCX, RAX); // CMP
      a.rr(0, Asm.M0F, 0x4C, 0, RCX, RAX); // CMOVL: less room is closer to zero
    }
    a.rr(0, ONE, 0xF7, 0, 3, RCX); // NEG
    if (size != 0) {
      a.rr(0, ONE, 0xC1, 0, 5, RCX); // SHR
      a.b(size);
    }
    a.rr(0, ONE, 0x3B, wide, RCX, COUNT);
    a.rr(0, Asm.M0F, 0x47, wide, RCX, COUNT); // CMOVA
  }

  /// The same for elements from there to the pages' beginnings.
  private static void elementsBefore(Asm a, int size, boolean two, int wide) {
    offset(a, RCX, RDI);
    if (two) {
      offset(a, RAX, RSI);
      a.rr(0, ONE, 0x3B, 0, RCX, RAX); // CMP
      a.rr(0, Asm.M0F, 0x47, 0, RCX, RAX); // CMOVA
    }
    if (size != 0) {
      a.rr(0, ONE, 0xC1, 0, 5, RCX); // SHR
      a.b(size);
    }
    a.lea(false, RCX, RCX, -1, 0, 1);
    a.rr(0, ONE, 0x3B, wide, RCX, COUNT);
    a.rr(0, Asm.M0F, 0x47, wide, RCX, COUNT); // CMOVA
  }

  private static void offset(Asm a, int to, int address) {
    a.mov32(to, address);
    a.group1(4, 2, to, 0xFFF);
  }

  /// Bytes from an address to the end of its page, negated.
  private static void room(Asm a, int to, int address) {
    a.mov32(to, address);
    a.group1(1, 2, to, -4096);
  }

  private static void element(Asm a, int op, int size) {
    int opcode =
        switch (op) {
          case Ops.MOVS -> 0xA4;
          case Ops.CMPS -> 0xA6;
          case Ops.STOS -> 0xAA;
          default -> 0xAE;
        };
    if (size == 1) {
      a.b(0x66);
    } else if (size == 3) {
      a.b(0x48);
    }
    a.b(size == 0 ? opcode : opcode | 1);
  }
}
