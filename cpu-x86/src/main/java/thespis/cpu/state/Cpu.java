package thespis.cpu.state;

import java.lang.foreign.MemorySegment;
import thespis.cpu.apic.LocalApic;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.fp.Transcendental;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.run.GuestClock;
import thespis.cpu.run.IoBus;

/// The architectural state of one logical processor. What guest code touches all the time lies in a block of native
/// memory that interpreter and translated code share; the rest (system registers) are plain fields. SDM Vol. 1 "Basic
/// Execution Environment", Vol. 3A "System Architecture Overview".
public final class Cpu implements AutoCloseable {
  // ---- the state block: byte offsets from {@link #st}
  public static final int RAX = 0;
  public static final int RCX = 8;
  public static final int RDX = 16;
  public static final int RBX = 24;
  public static final int RSP = 32;
  public static final int RBP = 40;
  public static final int RSI = 48;
  public static final int RDI = 56;
  public static final int R11 = 88;

  /// Always zero: the base or index of an operand that has none.
  public static final int ZERO = 128;

  public static final int RIP = 136;

  /// RFLAGS without the six arithmetic flags while {@link #CC_KIND} is lazy; see {@link thespis.cpu.exec.Flags}.
  public static final int RFLAGS = 144;

  public static final int CC_KIND = 152;
  public static final int CC_DST = 160;
  public static final int CC_SRC = 168;

  /// Segment bases ES CS SS DS FS GS, then one that is always zero.
  public static final int SEG_BASE = 176;

  /// Not zero: somebody wants attention; polled on each block entry. Any thread.
  public static final int ATTENTION = 240;

  public static final int MXCSR = 248;
  public static final int FCW = 252;
  public static final int FSW = 254;

  /// One bit for each physical x87 register: 1 = in use (the inverse of an all-ones tag).
  public static final int FTW = 256;

  public static final int FOP = 258;
  public static final int FIP = 264;
  public static final int FDP = 272;
  public static final int FCS = 280;
  public static final int FDS = 282;

  /// x87 registers by physical number, 16 bytes each: significand (8), sign and exponent (2).
  public static final int FPR = 288;

  /// XMM/YMM registers, 32 bytes each.
  public static final int XMM = 448;

  /// Guest XCR0, here because translated code may ask for it.
  public static final int XCR0 = 960;

  /// A vector operand that came from memory, 32 bytes: nothing is kept here between instructions.
  public static final int VECTOR_TEMP = 992;

  /// A vector result that is not yet known to be free of exceptions, 32 bytes, as fleeting.
  public static final int VECTOR_RESULT = 1024;

  /// IA32_KERNEL_GS_BASE.
  public static final int KERNEL_GS = 1128;

  /// Selectors of the segment registers, 16 bits each.
  public static final int SELECTORS = 1448;

  /// GDTR.
  public static final int GDT_BASE = 1472;

  public static final int GDT_LIMIT = 1480;

  /// Not zero: no NMI before the next IRET.
  public static final int NMI_BLOCKED = 1488;

  public static final int CR2 = 1520;

  /// Offset of the guest's TSC from the clock, in ticks.
  public static final int TSC_OFFSET = 1376;

  /// IA32_TSC_AUX.
  public static final int TSC_AUX = 1384;

  // what translated code has for itself is between these: see NativeState

  public static final int STATE_BYTES = 1728;

  /// Behind the state stand the tables of the {@link Mmu}, within reach of a displacement.
  public static final int TLB = STATE_BYTES;

  private static final long BLOCK_BYTES = STATE_BYTES + Tlb.TABLES_BYTES + 64;

  // ---- segment register numbers
  public static final int ES = 0;
  public static final int CS = 1;
  public static final int SS = 2;
  public static final int DS = 3;
  public static final int FS = 4;
  public static final int GS = 5;
  public static final int TR = 6;
  public static final int LDTR = 7;

  // ---- descriptor attributes, as bits 8-23 of the descriptor's second dword
  public static final int ATTR_TYPE = 0x0F;
  public static final int ATTR_S = 0x10;
  public static final int ATTR_P = 0x80;
  public static final int ATTR_L = 0x2000;
  public static final int ATTR_DB = 0x4000;
  public static final int ATTR_G = 0x8000;

  /// Ours: the segment register was loaded with a null selector.
  public static final int ATTR_UNUSABLE = 0x10000;

  // ---- RFLAGS
  public static final int CF = 1;
  public static final int PF = 4;
  public static final int AF = 0x10;
  public static final int ZF = 0x40;
  public static final int SF = 0x80;
  public static final int TF = 0x100;
  public static final int IF = 0x200;
  public static final int DF = 0x400;
  public static final int OF = 0x800;
  public static final int IOPL = 0x3000;
  public static final int NT = 0x4000;
  public static final int RF = 0x10000;
  public static final int VM = 0x20000;
  public static final int AC = 0x40000;
  public static final int VIF = 0x80000;
  public static final int VIP = 0x100000;
  public static final int ID = 0x200000;
  public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

  // ---- control registers
  public static final int CR0_PE = 1;
  public static final int CR0_MP = 2;
  public static final int CR0_EM = 4;
  public static final int CR0_TS = 8;
  public static final int CR0_ET = 0x10;
  public static final int CR0_NE = 0x20;
  public static final int CR0_WP = 0x10000;
  public static final int CR0_AM = 0x40000;
  public static final int CR0_NW = 0x20000000;
  public static final int CR0_CD = 0x40000000;
  public static final int CR0_PG = 0x80000000;
  /// Single step, in DR6.
  public static final int DR6_BS = 0x4000;

  public static final int CR4_VME = 1;
  public static final int CR4_PVI = 2;
  public static final int CR4_TSD = 4;
  public static final int CR4_DE = 8;
  public static final int CR4_PSE = 0x10;
  public static final int CR4_PAE = 0x20;
  public static final int CR4_MCE = 0x40;
  public static final int CR4_PGE = 0x80;
  public static final int CR4_PCE = 0x100;
  public static final int CR4_OSFXSR = 0x200;
  public static final int CR4_OSXMMEXCPT = 0x400;
  public static final int CR4_UMIP = 0x800;
  public static final int CR4_LA57 = 0x1000;
  public static final int CR4_FSGSBASE = 0x10000;
  public static final int CR4_PCIDE = 0x20000;
  public static final int CR4_OSXSAVE = 0x40000;
  public static final int CR4_SMEP = 0x100000;
  public static final int CR4_SMAP = 0x200000;
  public static final int CR4_PKE = 0x400000;
  public static final int CR4_PKS = 0x1000000;
  public static final int EFER_SCE = 1;
  public static final int EFER_LME = 0x100;
  public static final int EFER_LMA = 0x400;
  public static final int EFER_NXE = 0x800;
  public static final int EFER_SVME = 0x1000;
  public static final int EFER_FFXSR = 0x4000;

  public final long st;
  public final int index;
  public final IoBus bus;
  public final GuestClock clock;
  public final CpuFeatures features;
  public Mmu mmu;
  public LocalApic apic;

  public final int[] limit = new int[8];
  public final int[] attr = new int[8];
  public long trBase;
  public long ldtrBase;
  public long idtBase;
  public int idtLimit;

  public int cr0;
  public long cr3;
  public int cr4;

  /// Rights by protection key, two bits each: access disabled, writes disabled. SDM Vol. 3A "Protection Keys".
  public int pkru;

  public long efer;
  public int cpl;
  public int mode;
  public final long[] dr = new long[8];
  public final Msrs msrs = new Msrs();
  public final BoundRegisters bounds = new BoundRegisters();

  /// Set by STI, MOV SS and POP SS: no interrupt before the next instruction is done.
  public boolean interruptShadow;

  public boolean halted;

  /// Why a family asked for the slice's end: one of {@link thespis.cpu.run.Exit}.
  public int exit;

  /// One reusable fault for each CPU.
  public final GuestFault fault = new GuestFault();

  /// Rounding, masks and flags of the two floating-point units while they compute; the registers are in the block.
  public final FpEnv sse = new FpEnv();

  public final FpEnv x87 = new FpEnv();
  public final Transcendental transcendental = new Transcendental();

  /// Who logs what the processor does, or null.
  public CpuLog log;

  /// A debug exception to raise after the instruction (single step, data breakpoint): bits for DR6.
  public long pendingDebug;

  /// DR7 enables a breakpoint, or a debugger watches data: see {@link thespis.cpu.exec.Breakpoints}.
  public boolean breakpoints;

  /// Where a debugger wants this processor to stop, and what it has met of that.
  public DebugPoints.Set debug = DebugPoints.Set.NONE;

  public DebugPoints.Watch met;

  /// Any thread.
  public volatile boolean nmiPending;

  // ---- the answer to a deferred port access, see IoBus.DEFERRED
  public int ioPort;
  public int ioSize;
  public int ioValue;
  public boolean ioWrite;
  public boolean ioDone;
  public long ioAnswer;

  /// How translated code may tell the time.
  public final GuestClock.Shortcut tscShortcut = new TscShortcut(this);

  /// Address that MONITOR armed, or -1.
  public long monitorAddress = -1;

  /// Scratch for CPUID's four answers.
  public final int[] cpuid = new int[4];

  /// Scratch for a stack being switched to.
  public final thespis.cpu.exec.StackFrame frame = new thespis.cpu.exec.StackFrame();

  /// Where {@link thespis.cpu.exec.StateImage} finds its memory, relative to linear addresses, or 0.
  public long window;

  /// Scratch for 128-bit results.
  public final long[] pair = new long[2];

  /// It stays when the processor goes: siblings and timers ask for its {@link #attention} without a lock, and may come late.
  private final MemorySegment block = Mem.allocateLasting(BLOCK_BYTES);

  public Cpu(int index, IoBus bus, GuestClock clock, CpuFeatures features) {
    this.index = index;
    this.bus = bus;
    this.clock = clock;
    this.features = features;
    this.st = block.address() + 63 & -64L;
    Mem.put64(st + NativeState.PORT_SINKS, bus.portSinks());
  }

  public long reg(int offset) {
    return Mem.get64(st + offset);
  }

  public void setReg(int offset, long value) {
    Mem.put64(st + offset, value);
  }

  public void setReg32(int offset, int value) {
    Mem.put64(st + offset, value & 0xFFFF_FFFFL);
  }

  public long rip() {
    return Mem.get64(st + RIP);
  }

  public void setRip(long value) {
    Mem.put64(st + RIP, value);
  }

  public long base(int segment) {
    return segment == TR ? trBase : segment == LDTR ? ldtrBase : Mem.get64(st + SEG_BASE + 8L * segment);
  }

  public void setBase(int segment, long value) {
    if (segment == TR) {
      trBase = value;
    } else if (segment == LDTR) {
      ldtrBase = value;
    } else {
      Mem.put64(st + SEG_BASE + 8L * segment, value);
    }
  }

  public int selector(int segment) {
    return Mem.get16(st + SELECTORS + 2L * segment) & 0xFFFF;
  }

  public void setSelector(int segment, int value) {
    Mem.put16(st + SELECTORS + 2L * segment, (short) value);
  }

  public void setAttributes(int segment, int value) {
    attr[segment] = value;
    if (segment == ES || segment >= DS && segment <= GS) {
      Mem.put32(st + NativeState.FLAT_DATA, 0);
      boolean conforming = (value & 0x0C) == 0x0C;
      boolean inner = !conforming && (value & ATTR_UNUSABLE) == 0 && (value >>> 5 & 3) != 3;
      int bit = 1 << segment;
      Mem.put32(st + NativeState.INNER_SEGMENTS, Mem.get32(st + NativeState.INNER_SEGMENTS) & ~bit | (inner ? bit : 0));
    }
  }

  public long cr2() {
    return Mem.get64(st + CR2);
  }

  public void setCr2(long value) {
    Mem.put64(st + CR2, value);
  }

  public long gdtBase() {
    return Mem.get64(st + GDT_BASE);
  }

  public int gdtLimit() {
    return Mem.get32(st + GDT_LIMIT);
  }

  public void setGdt(long base, int limit) {
    Mem.put64(st + GDT_BASE, base);
    Mem.put32(st + GDT_LIMIT, limit);
  }

  public boolean nmiBlocked() {
    return Mem.get32(st + NMI_BLOCKED) != 0;
  }

  public void blockNmi(boolean blocked) {
    Mem.put32(st + NMI_BLOCKED, blocked ? 1 : 0);
  }

  /// RFLAGS bits other than the arithmetic ones: always current.
  public int systemFlags() {
    return Mem.get32(st + RFLAGS);
  }

  public boolean flag(int mask) {
    return (Mem.get32(st + RFLAGS) & mask) != 0;
  }

  public boolean code64() {
    return (mode & CodeMode.CODE_64) != 0;
  }

  public boolean longMode() {
    return (efer & EFER_LMA) != 0;
  }

  public boolean protectedMode() {
    return (cr0 & CR0_PE) != 0;
  }

  public boolean vm86() {
    return (mode & CodeMode.VM86) != 0;
  }

  public boolean realMode() {
    return (cr0 & CR0_PE) == 0;
  }

  public int iopl() {
    return Mem.get32(st + RFLAGS) >>> 12 & 3;
  }

  /// To be called after any change of CR0.PE, EFER.LMA, CS attributes, RFLAGS.VM or CPL.
  public void updateMode() {
    mode = CodeMode.of(this);
    mmu.privilegeChanged();
  }

  /// To be called where a data segment register was loaded, and nothing else has changed.
  public void segmentLoaded() {
    if (CodeMode.flatChanged(this)) {
      mode ^= CodeMode.FLAT;
      mmu.privilegeChanged();
    }
  }

  /// Any thread: have the next poll look for work.
  public void attention() {
    Mem.putVolatile32(st + ATTENTION, 1);
    Mem.putVolatile32(st + NativeState.GO, 0);
  }

  /// RFLAGS or what blocks NMIs has changed: asks for attention if something waited for that.
  public void interruptible() {
    if (flag(IF) && Mem.get32(st + NativeState.WAITING) != 0 || flag(TF) || nmiPending) {
      attention();
    }
  }

  /// About to look at what is asked for: what comes from now on asks anew.
  public void clearAttention() {
    Mem.putVolatile32(st + ATTENTION, 0);
    Mem.putVolatile32(st + NativeState.GO, 1);
  }

  // ---- faults. They never return; `throw` at the call site tells the compiler so.

  public GuestFault raise(int vector) {
    return fault.set(vector, -1);
  }

  public GuestFault raise(int vector, int errorCode) {
    return fault.set(vector, errorCode);
  }

  /// #GP(0). SDM Vol. 3A "Interrupt 13-General Protection Exception (#GP)".
  public GuestFault gp() {
    return fault.set(GuestFault.GP, 0);
  }

  /// The same, unless the instruction means the stack segment.
  public GuestFault notCanonical() {
    fault.set(GuestFault.GP, 0).notCanonical = true;
    return fault;
  }

  public GuestFault gp(int errorCode) {
    return fault.set(GuestFault.GP, errorCode);
  }

  /// #UD. SDM Vol. 3A "Interrupt 6-Invalid Opcode Exception (#UD)".
  public GuestFault ud() {
    return fault.set(GuestFault.UD, -1);
  }

  public void requireCpl0() {
    if (cpl != 0) {
      throw gp();
    }
  }

  /// Time-stamp counter: 1 tick each nanosecond of guest time, see {@link CpuFeatures#tscHz}.
  public long tsc() {
    return ticks(clock.nanos()) + reg(TSC_OFFSET);
  }

  public long ticks(long nanos) {
    long hz = features.tscHz();
    return hz == 1_000_000_000L ? nanos : (long) (nanos * (hz / 1e9));
  }

  @Override
  public void close() {
    Mem.empty(block);
  }
}
