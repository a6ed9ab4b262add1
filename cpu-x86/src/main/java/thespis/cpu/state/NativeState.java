package thespis.cpu.state;

import thespis.cpu.run.IoBus;

/// What translated code has in the state block for itself, beside the registers: offsets from {@link Cpu#st}. Interpreter
/// and system instructions keep it true. See {@link thespis.cpu.jit}.
public final class NativeState {
  // ---- entry and exit
  /// The six arithmetic flags at entries and exits: OF in the low byte, the others as LAHF has them above.
  public static final int FLAGS_SAVED = 244;

  /// Where code for computed branches is found: see {@link thespis.cpu.mmu.JumpTable}.
  public static final int JUMPS = 1056;

  /// Zero while {@link Cpu#ATTENTION} is not: what JRCXZ can test.
  public static final int GO = 1064;

  public static final int CODE_ENTRY = 1072;
  public static final int EXIT_ID = 1080;

  /// Scratch registers as an exit left them.
  public static final int EXIT_RAX = 1088;

  public static final int EXIT_RCX = 1096;
  public static final int NATIVE_TEMP = 1104;
  public static final int HOST_MXCSR = 1112;

  /// Host addresses that a block of translated code keeps, eight.
  public static final int NATIVE_SLOTS = 1280;

  /// How many more PAUSEs of translated code the slice takes.
  public static final int PAUSES = 1396;

  /// Further turns that a loop under verification may take before it stops.
  public static final int TURNS = 1544;

  // ---- what need not be checked each time
  /// Not zero: SSE instructions need no look at CR0, CR4 and MXCSR's masks.
  public static final int SSE_FREE = 1116;

  /// Not zero: instructions with a VEX prefix need no look at CR4 and XCR0.
  public static final int AVX_FREE = 1440;

  /// Not zero at privilege level 0.
  public static final int SUPERVISOR = 1120;

  /// Not zero: an interrupt may wait for {@link Cpu#IF}.
  public static final int WAITING = 1124;

  /// Not zero: no other processor runs, so that LOCK is not needed.
  public static final int ALONE = 1516;

  /// Not zero: OUT needs no look at breakpoints and late answers.
  public static final int PORTS_FREE = 1444;

  /// See {@link IoBus#portSinks}.
  public static final int PORT_SINKS = 1496;

  /// Where the TSS lies in host memory, and how far into it a word of the I/O permission bit map may begin; zero: unknown.
  public static final int TSS_HOST = 1504;

  public static final int TSS_ROOM = 1512;

  // ---- floating point
  /// Not zero: while translated code runs the x87 state is in the host's registers, at entries and exits in the image.
  public static final int X87_LIVE = 1136;

  /// The last x87 instruction of translated code.
  public static final int X87_POINTED = 1140;

  /// 108 bytes, as FNSAVE has them.
  public static final int X87_IMAGE = 1152;

  /// Not zero: while translated code runs the host's MXCSR is the guest's.
  public static final int SSE_LIVE = 1392;

  // ---- time
  /// Where guest time can be computed from the host's time-stamp counter: the first count, how many, nanoseconds for
  /// each times 2^32, and the time of the first. A length of zero: nowhere.
  public static final int TSC_START = 1344;

  public static final int TSC_LENGTH = 1352;
  public static final int TSC_RATE = 1360;
  public static final int TSC_BASE = 1368;

  // ---- system calls
  /// Not zero: SYSCALL and SYSRET of 64-bit code do what translated code does for them.
  public static final int SYSCALL_FREE = 1400;

  /// Not zero: which of them has changed the privilege since translated code was entered.
  public static final int CROSSED = 1404;

  /// Where SYSCALL goes; the flags that it keeps, as RFLAGS and as {@link #FLAGS_SAVED} have them.
  public static final int SYSCALL_TARGET = 1408;

  public static final int SYSCALL_KEEPS = 1416;
  public static final int SYSCALL_KEEPS_SAVED = 1420;

  /// {@link #JUMPS} behind SYSCALL and behind SYSRET, behind STAC and behind CLAC.
  public static final int SYSCALL_JUMPS = 1424;

  public static final int SYSRET_JUMPS = 1432;
  public static final int STAC_JUMPS = 1528;
  public static final int CLAC_JUMPS = 1536;

  /// Selectors of CS and SS that SYSCALL loads, and those of SYSRET, 16 bits each.
  public static final int SYSCALL_SELECTORS = 1464;

  public static final int SYSRET_SELECTORS = 1468;

  /// What SYSRET to 32-bit code loads CS and SS with, and where SYSCALL goes from there.
  public static final int SYSRET_SELECTORS_32 = 1660;

  public static final int SYSCALL_TARGET_32 = 1664;

  /// Not zero: SYSENTER and SYSEXIT of 32-bit code do what translated code does for them. Where SYSENTER goes, and what it
  /// and SYSEXIT load CS and SS with.
  public static final int SYSENTER_FREE = 1568;

  public static final int SYSENTER_SELECTORS = 1572;
  public static final int SYSENTER_STACK = 1576;
  public static final int SYSENTER_TARGET = 1584;
  public static final int SYSEXIT_SELECTORS = 1592;

  // ---- segments
  /// Not zero: a data segment register would not survive a return to privilege level 3. A bit for each.
  public static final int INNER_SEGMENTS = 1484;

  /// What addresses by FS and by GS have set outside of 64-bit code besides their base: {@link #NO_ADDRESS} where the
  /// segment has a limit or may not be written to, else nothing. 64 bits each.
  public static final int SEG_CLOSED = 1552;

  /// A bit that no address has.
  public static final long NO_ADDRESS = 1L << 62;

  /// Segment registers that translated code has loaded since it was entered, a bit for each, and with which descriptors: ES,
  /// CS, SS, DS, FS, GS.
  public static final int SEG_MOVED = 1600;

  public static final int SEG_LOADED = 1608;

  /// Not zero: ES and DS are flat, and {@link #SEG_CLOSED} is right. Zero says nothing.
  public static final int FLAT_DATA = 1656;

  private NativeState() {}
}
