package thespis.cpu.jit;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.decode.Op;
import thespis.cpu.mmu.JumpTable;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// One block while it is translated: where guest registers and flags are at this point of the code, how an operand is
/// reached, and the cold pieces that will stand behind the block.
final class Unit {
  static final int BY_ITSELF = -1;

  final Asm a;
  final CodeArea area;
  final Exits exits;
  final long header;
  final long rip;

  /// Where the address cache of the block's privilege stands, relative to the state register.
  private final int tlb;

  /// The block's privilege level is 3.
  final boolean user;

  /// It is 32-bit code: addresses are those of a register's lower half.
  final boolean code32;

  /// log2 of the bytes of a pointer and of what PUSH stores: 3 or 2.
  final int pointer;

  /// Which accesses belong together.
  final AccessPlan plan;
  final GuestFlags flags;

  final VectorRegs vectors;
  private boolean sseChecked;
  private boolean avxChecked;

  /// The x87 registers are the host's.
  boolean x87;

  /// The last x87 instruction whose address is yet to be stored, or 0.
  long pointing;

  /// Of the last x87 memory operand, whose segment is to be stored along, or 0.
  int pointed;

  /// The last stop for instructions that are executed elsewhere, or -1.
  int call = -1;

  /// Each turn begins anew: with {@link #needFetch}, or because each is logged.
  boolean turnsApart;

  /// The block is to be verified: it takes as many further turns as {@link NativeState#TURNS} says.
  boolean turnsCounted;

  /// The record being translated.
  long p;

  private final ColdPieces cold = new ColdPieces();

  /// Where its further turns begin.
  private long turn;

  /// How the block's branches to its own start leave things for its next turn, or null if it has none.
  private Loop loop;

  /// A block that branches to its own start is translated a second time for all turns but the first, in which flags and
  /// XMM registers are where the turn before has left them.
  ///
  /// @param sites of the jumps to it
  private record Loop(List<Long> sites, int flags, long maker, int cached, int dirty, boolean sseChecked,
      boolean avxChecked, boolean x87) {}

  Unit(CodeArea area, Exits exits, long header, long rip, int mode, AccessPlan plan) {
    this.a = area.asm;
    this.area = area;
    this.flags = new GuestFlags(a);
    this.vectors = new VectorRegs(a);
    this.exits = exits;
    this.header = header;
    this.rip = rip;
    this.plan = plan;
    this.code32 = (mode & CodeMode.FLAT) != 0;
    this.pointer = code32 ? 2 : 3;
    int table = mode >>> CodeMode.TABLE_SHIFT & 3;
    this.user = table == Tlb.USER;
    this.tlb = Asm.st(Cpu.TLB) + table * Tlb.TABLE_BYTES;
  }

  // ---- memory operands

  /// The host address of the record's memory operand goes to RCX; destroys RAX and, unless another access has checked
  /// the address, the host's flags, which are saved then.
  void memory(int bytes, int access) {
    int segment = isMoved() ? Op.seg(p) : 0;
    boolean wraps = Op.addressSize(p) != pointer || isMoved() && code32 && !isAbsolute();
    int g = wraps ? AccessPlan.ALONE : plan.access(
        guest(Op.base(p)), guest(Op.index(p)), Op.scale(p), segment, Op.disp(p), bytes, access == Mmu.STORE);
    if (inGroup(g)) {
      return;
    }
    flags.needRemakeable();
    long again = a.at;
    effectiveAddress(Asm.RCX, g < 0 ? 0 : -plan.above(g));
    segment(bytes);
    check(g, bytes, access, again);
  }

  private static int guest(int offset) {
    return offset == Op.NO_REG ? -1 : offset >>> 3;
  }

  /// An access whose group's address is known already needs no check and changes no flag.
  private boolean inGroup(int g) {
    if (g < 0 || plan.opens(g)) {
      return false;
    }
    a.loadState(Asm.RCX, NativeState.NATIVE_SLOTS + 8 * plan.slot(g));
    above(g);
    return true;
  }

  private void above(int g) {
    if (plan.above(g) != 0) {
      a.lea(true, Asm.RCX, Asm.RCX, -1, 0, plan.above(g));
    }
  }

  private void check(int g, int bytes, int access, long again) {
    if (g < 0) {
      check(bytes, access, again);
      return;
    }
    int most = plan.writes(g) ? Mmu.STORE : Mmu.LOAD;
    check(plan.span(g), Exits.GROUP, plan.uniform(g) ? most : most | Exits.MIXED, most, again);
    a.storeState(Asm.RCX, NativeState.NATIVE_SLOTS + 8 * plan.slot(g));
    above(g);
  }

  /// Is the operand in a segment that may have a base?
  boolean isMoved() {
    return Op.seg(p) == Cpu.FS || Op.seg(p) == Cpu.GS;
  }

  private boolean isAbsolute() {
    return Op.base(p) == Op.NO_REG && Op.index(p) == Op.NO_REG;
  }

  /// Adds the segment's base to the address in RCX of that many bytes.
  void segment(int bytes) {
    if (!isMoved()) {
      return;
    }
    int segment = Op.seg(p);
    if (code32) {
      insideSegment(bytes);
    }
    a.rm(0, Asm.ONE, 0x03, code32 ? 0 : 1, Asm.RCX, Asm.STATE, Asm.st(Cpu.SEG_BASE + 8 * segment));
    if (code32) {
      a.rm(0, Asm.ONE, 0x0B, 1, Asm.RCX, Asm.STATE, Asm.st(NativeState.SEG_CLOSED + 8 * (segment - Cpu.FS))); // OR
    }
  }

  /// What begins below 4 GiB must end there. An address without a register is known.
  private void insideSegment(int bytes) {
    if (!isAbsolute()) {
      a.group1(7, 2, Asm.RCX, -bytes);
      leave(a.jcc(Asm.CC_A, a.at), Exits.INTERPRET, 0, 0);
    } else if (Op.disp(p) << 32 >> 32 > -bytes && Op.disp(p) << 32 < 0) {
      leave(a.jmp(a.at), Exits.INTERPRET, 0, 0);
    }
  }

  /// [register + disp] of the stack or a string; register by host number.
  void memoryAt(int register, int disp, int bytes, int access) {
    int g = plan.access(HostRegs.guest(register), -1, 0, 0, disp, bytes, access == Mmu.STORE);
    if (inGroup(g)) {
      return;
    }
    flags.needRemakeable();
    long again = a.at;
    a.lea(!code32, Asm.RCX, register, -1, 0, disp - (g < 0 ? 0 : plan.above(g)));
    check(g, bytes, access, again);
  }

  /// RCX: linear to host address. See {@link Mmu}.
  void check(int bytes, int access, long again) {
    check(bytes, Exits.MISS, bytes < 16 ? access : access | Exits.WIDE, access, again);
  }

  private void check(int bytes, int kind, int detail, int access, long again) {
    compare(bytes, access);
    leave(a.jcc(Asm.CC_A, a.at), kind, detail, again);
    hostAddress();
  }

  /// The same, but leaves for the interpreter if the address is not known. The flags are saved.
  void checkOrInterpret(int bytes, int access) {
    compare(bytes, access);
    interpretIf(Asm.CC_A);
    hostAddress();
  }

  private void compare(int bytes, int access) {
    a.rorx(2, Asm.RAX, Asm.RCX, Tlb.INDEX_SHIFT);
    a.b(0x25); // AND EAX, imm32
    a.d(Tlb.INDEX_MASK);
    a.rmx(0x2B, Asm.RCX, Asm.STATE, Asm.RAX, tlb + 8 * access); // SUB RCX, tag
    a.group1(7, 3, Asm.RCX, 4096 - bytes);
  }

  private void hostAddress() {
    a.rmx(0x03, Asm.RCX, Asm.STATE, Asm.RAX, tlb + Tlb.HOST);
    flags.lost();
  }

  /// Leaves for the interpreter unless code is fetched from this host page at this linear address. Flags are saved.
  void needFetch(long linear, long host) {
    long page = wrapped(linear);
    int entry = (int) (page >>> Tlb.INDEX_SHIFT) & Tlb.INDEX_MASK;
    a.movImm(Asm.RCX, page);
    a.rm(0, Asm.ONE, 0x3B, 1, Asm.RCX, Asm.STATE, tlb + entry + Tlb.TAG_FETCH);
    interpretIf(Asm.CC_NE);
    a.movImm(Asm.RCX, host);
    a.rm(0, Asm.ONE, 0x3B, 1, Asm.RCX, Asm.STATE, tlb + entry + Tlb.HOST);
    interpretIf(Asm.CC_NE);
    flags.lost();
  }

  /// Base + index * scale + displacement, no flag touched; may destroy RAX.
  void effectiveAddress(int dst) {
    effectiveAddress(dst, 0);
  }

  private void effectiveAddress(int dst, int plus) {
    int base = Op.base(p);
    int index = Op.index(p);
    long disp = Op.disp(p) + plus;
    boolean wide = Op.addressSize(p) == 3;
    int b = -1;
    if (base != Op.NO_REG) {
      b = HostRegs.of(base);
      if (b < 0) {
        a.loadState(Asm.RCX, base);
        b = Asm.RCX;
      }
    }
    int x = -1;
    if (index != Op.NO_REG) {
      x = HostRegs.of(index);
      if (x < 0) {
        a.loadState(Asm.RAX, index);
        x = Asm.RAX;
      }
    }
    if (b < 0 && x < 0) {
      a.movImm(dst, wide ? disp : disp & 0xFFFF_FFFFL);
      return;
    }
    if (x < 0 && disp == 0) {
      a.move(wide ? 3 : 2, dst, b);
    } else {
      a.lea(wide, dst, b, x, Op.scale(p), (int) disp);
    }
  }

  // ---- general register operands

  /// The host register that holds a guest register for reading; one in memory or a high byte comes to `scratch`.
  int read(int offset, int scratch) {
    int r = HostRegs.of(offset);
    if (HostRegs.isHigh(offset)) {
      a.rorx(3, scratch, r, 8);
      return scratch;
    }
    if (r < 0) {
      a.loadState(scratch, offset);
      return scratch;
    }
    return r;
  }

  /// The source register, in RCX where rotating the destination's would move it.
  int source() {
    int s = read(Op.src(p), Asm.RCX);
    if (s != Asm.RCX && HostRegs.isHigh(Op.dst(p)) && s == HostRegs.of(Op.dst(p))) {
      a.mov32(Asm.RCX, s);
      return Asm.RCX;
    }
    return s;
  }

  /// A register to be changed: its host register (rotated, for a high byte), or `scratch` loaded. End with {@link #put}.
  int change(int offset, int scratch) {
    int r = HostRegs.of(offset);
    if (HostRegs.isHigh(offset)) {
      a.rorx(3, r, r, 8);
    } else if (r < 0) {
      a.loadState(scratch, offset);
      return scratch;
    }
    return r;
  }

  /// A register about to be overwritten whole (32 or 64 bits).
  static int target(int offset, int scratch) {
    int r = HostRegs.of(offset);
    return r < 0 ? scratch : r;
  }

  void put(int offset, int scratch) {
    int r = HostRegs.of(offset);
    if (HostRegs.isHigh(offset)) {
      a.rorx(3, r, r, 56);
    } else if (r < 0) {
      a.storeState(scratch, offset);
    }
  }

  /// An instruction that changes a register by a source that is a register or memory: `op reg, rm`, 16 bits or wider.
  /// An immediate behind it is the caller's, before {@link #put} for the destination.
  void changeBySource(int prefix, int map, int opcode) {
    int size = Op.size(p);
    if (Op.srcKind(p) == Op.KIND_MEM) {
      memory(1 << size, Mmu.LOAD);
      a.wideM(prefix, map, opcode, size, change(Op.dst(p), Asm.RAX), Asm.RCX, 0);
    } else {
      int s = read(Op.src(p), Asm.RCX);
      a.wide(prefix, map, opcode, size, change(Op.dst(p), Asm.RAX), s);
    }
  }

  // ---- vector registers

  /// To be called first by every SSE instruction: takes the guest's MXCSR, or leaves the block if the processor is not
  /// set up for them.
  void needSse() {
    if (!sseChecked) {
      flags.needSaved();
      long again = a.at;
      a.group1M(7, 2, Asm.STATE, Asm.st(NativeState.SSE_LIVE), 0);
      leave(a.jcc(Asm.CC_E, a.at), Exits.INTERPRET, ColdPieces.SSE, again);
      flags.lost();
      sseChecked = true;
    }
  }

  /// The same for instructions with a VEX prefix.
  void needAvx() {
    needSse();
    if (!avxChecked) {
      flags.needSaved();
      a.group1M(7, 2, Asm.STATE, Asm.st(NativeState.AVX_FREE), 0);
      interpretIf(Asm.CC_E);
      flags.lost();
      avxChecked = true;
    }
  }

  /// Something else than this code has run: registers and flags are in the state block only.
  void forget() {
    vectors.are(0, 0);
    sseChecked = false;
    avxChecked = false;
    x87 = false;
    flags.forget();
  }

  void flushXmm() {
    vectors.flush();
  }

  // ---- ways out

  /// To be called first by every x87 and MMX instruction.
  void needX87() {
    if (!x87) {
      flags.needSaved();
      long again = a.at;
      a.group1M(7, 2, Asm.STATE, Asm.st(NativeState.X87_LIVE), 0);
      leave(a.jcc(Asm.CC_E, a.at), Exits.X87, 0, again);
      flags.lost();
      x87 = true;
    }
  }

  /// Leaves for the interpreter, which executes the instruction anew, if the condition holds. The flags are saved.
  void interpretIf(int cc) {
    leave(a.jcc(cc, a.at), Exits.INTERPRET, 0, 0);
  }

  /// The same if the condition holds for a word of the state block compared with 0. Leaves RAX and RCX alone.
  void whenState(int offset, int cc) {
    a.group1M(7, 2, Asm.STATE, Asm.st(offset), 0);
    interpretIf(cc);
  }

  /// A jump taken at `site` has the instruction executed elsewhere, and the code goes on here. Flags are saved, XMM
  /// registers back.
  void orCall(long site) {
    cold.add(new ColdPieces.Piece(site, Exits.CALL, 1, rip + Op.offset(p), a.at, false, 0, 0, 0, p));
    forget();
  }

  /// The same at the end of a path: where it goes on is to be looked up.
  void orCallAndLookUp(long site) {
    cold.add(new ColdPieces.Piece(site, Exits.CALL, 1, rip + Op.offset(p), 0, false, 0, 0, 0, p));
  }

  private void leave(long site, int kind, int detail, long again) {
    boolean unsaved = !flags.saved();
    cold.add(new ColdPieces.Piece(site, kind, detail, rip + Op.offset(p), again, unsaved, unsaved ? flags.maker() : 0,
        vectors.cached(), vectors.dirty(), 0));
  }

  /// An address as it goes on behind the last one.
  private long wrapped(long address) {
    return code32 ? address & 0xFFFF_FFFFL : address;
  }

  /// Adds to a register that is a pointer, by host number, and touches no flag.
  void addTo(int register, int plus) {
    a.lea(!code32, register, register, -1, 0, plus);
  }

  /// Goes to a known address; the end of a path.
  void branch(long address) {
    long to = wrapped(address);
    if (to == rip && !turnsApart && again()) {
      return;
    }
    flushXmm();
    if (!samePage(to)) {
      flags.needSaved();
      a.movImm(Asm.RCX, to);
      computed(BY_ITSELF);
      return;
    }
    flags.settle();
    if (Long.compareUnsigned(to, rip + Op.offset(p)) > 0) {
      link(a.jmp(a.at), to);
    } else if (flags.saved()) {
      poll(to);
      link(a.jmp(a.at), to);
    } else {
      a.rm(0, Asm.ONE, 0x8B, 0, Asm.RCX, Asm.STATE, Asm.st(NativeState.GO));
      long stop = a.jrcxz();
      link(a.jmp(a.at), to);
      a.patch8(stop);
      cold.add(new ColdPieces.Piece(a.jmp(a.at), Exits.POLLED, 0, to, 0, true, 0, 0, 0, 0));
    }
  }

  /// To the block's start, if the next turn can go on with what is in registers.
  private boolean again() {
    plan.turn();
    if (loop == null) {
      int kept = flags.saved() ? GuestFlags.SAVED : flags.maker() != 0 ? 0 : GuestFlags.IN_HOST;
      loop = new Loop(new ArrayList<>(), kept, kept == 0 ? flags.maker() : 0, vectors.cached(), vectors.dirty(), sseChecked,
          avxChecked, x87);
    } else if ((vectors.cached() & loop.cached) != loop.cached || vectors.dirty() != loop.dirty
        || sseChecked != loop.sseChecked || avxChecked != loop.avxChecked || x87 != loop.x87
        || loop.flags == 0 && (flags.saved() || flags.maker() != loop.maker)) {
      return false;
    }
    if (loop.flags == GuestFlags.IN_HOST) {
      flags.needFlags();
      long stop = goOn();
      loop.sites.add(a.jmp(a.at));
      a.patch8(stop);
      cold.add(new ColdPieces.Piece(a.jmp(a.at), Exits.POLLED, 0, rip, 0, true, 0, 0, loop.dirty, 0));
      return true;
    }
    if (loop.flags == GuestFlags.SAVED) {
      flags.needSaved();
    }
    if (turnsCounted) {
      long stop = goOn();
      loop.sites.add(a.jmp(a.at));
      a.patch8(stop);
    } else {
      a.group1M(7, 2, Asm.STATE, Asm.st(Cpu.ATTENTION), 0);
      loop.sites.add(a.jcc(Asm.CC_E, a.at));
    }
    flags.lost();
    cold.add(new ColdPieces.Piece(a.jmp(a.at), Exits.POLLED, 0, rip, 0, loop.flags == 0, loop.maker, 0,
        loop.dirty, 0));
    return true;
  }

  /// A jump that is taken if the block is not to have another turn; leaves the host's flags alone.
  private long goOn() {
    a.rm(0, Asm.ONE, 0x8B, 0, Asm.RCX, Asm.STATE, Asm.st(turnsCounted ? NativeState.TURNS : NativeState.GO));
    long stop = a.jrcxz();
    if (turnsCounted) {
      a.lea(false, Asm.RCX, Asm.RCX, -1, 0, -1);
      a.rm(0, Asm.ONE, 0x89, 0, Asm.RCX, Asm.STATE, Asm.st(NativeState.TURNS));
    }
    return stop;
  }

  boolean loops() {
    return loop != null;
  }

  /// What is translated from here on are the block's further turns.
  void furtherTurns() {
    plan.furtherTurns();
    flags.are(loop.flags, loop.maker);
    vectors.are(loop.cached, loop.dirty);
    sseChecked = loop.sseChecked;
    avxChecked = loop.avxChecked;
    x87 = loop.x87;
    turn = a.at;
  }

  /// Goes to a known address if the condition holds.
  void branchIf(int cc, long to) {
    if (samePage(to) && vectors.dirty() == 0 && Long.compareUnsigned(to, rip + Op.offset(p)) > 0) {
      link(a.jcc(cc, a.at), to);
      return;
    }
    // around the branch: the path that goes on must not see what the other one does
    long around = a.jcc(cc ^ 1, a.at);
    int keepFlags = flags.where();
    int keepCached = vectors.cached();
    int keepDirty = vectors.dirty();
    branch(to);
    Asm.patch32(around, a.at);
    flags.are(keepFlags, flags.maker());
    vectors.are(keepCached, keepDirty);
  }

  private boolean samePage(long to) {
    return ((to ^ rip) & Tlb.PAGE_MASK) == 0;
  }

  private void link(long site, long to) {
    cold.add(new ColdPieces.Piece(site, Exits.GOTO, flags.where(), to, 0, !flags.saved(), 0, 0, 0, 0));
  }

  /// Leaves to an address if attention is asked for. The flags are saved, XMM registers are back in the state block.
  void poll(long to) {
    a.group1M(7, 2, Asm.STATE, Asm.st(Cpu.ATTENTION), 0);
    flags.lost();
    cold.add(new ColdPieces.Piece(a.jcc(Asm.CC_NE, a.at), Exits.POLLED, 0, to, 0, false, 0, 0, 0, 0));
  }

  /// Goes to the address in RCX; flags are saved, XMM registers back.
  ///
  /// @param popped what the instruction has added to RSP, or {@link #BY_ITSELF} if it computes no address
  void computed(int popped) {
    int detail = popped == BY_ITSELF ? 0 : Exits.AGAIN + popped / 8;
    a.rorx(3, Asm.RAX, Asm.RCX, 12);
    a.rr(0, Asm.ONE, 0x33, 0, Asm.RAX, Asm.RCX); // XOR EAX, ECX
    a.b(0x25);
    a.d(JumpTable.ENTRIES - 1);
    a.rr(0, Asm.ONE, 0xC1, 0, 4, Asm.RAX); // SHL EAX, 4
    a.b(4);
    a.rm(0, Asm.ONE, 0x03, 1, Asm.RAX, Asm.STATE, Asm.st(NativeState.JUMPS));
    a.rm(0, Asm.ONE, 0x3B, 1, Asm.RCX, Asm.RAX, 0);
    long site = a.jcc(Asm.CC_NE, a.at);
    cold.add(computedAt(site, detail, a.at));
    a.group1M(7, 2, Asm.STATE, Asm.st(Cpu.ATTENTION), 0);
    cold.add(computedAt(a.jcc(Asm.CC_NE, a.at), detail, 0));
    a.jmpM(Asm.RAX, 8);
  }

  /// @param found where it goes on if the address is found beside its place; 0 if it need not look
  private ColdPieces.Piece computedAt(long site, int detail, long found) {
    return new ColdPieces.Piece(site, Exits.COMPUTED, detail, rip + Op.offset(p), found, false, 0, 0, 0, 0);
  }

  /// Emits the pieces behind the block.
  void finish() {
    if (loop != null) {
      for (long site : loop.sites) {
        Asm.patch32(site, turn);
      }
    }
    cold.emit(area, exits, header, vectors);
  }
}
