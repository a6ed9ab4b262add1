package thespis.cpu.apic;

import java.util.concurrent.atomic.AtomicLongArray;
import thespis.cpu.mmu.Mem;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.StateIo;

/// The local APIC of one logical processor, xAPIC and x2APIC mode. SDM Vol. 3A "Advanced Programmable Interrupt
/// Controller (APIC)". Requests come from any thread (they set bits and call for attention); everything else happens on
/// the processor's own thread.
public final class LocalApic {
  private static final int VERSION = 0x0005_0014; // six LVT entries, as QEMU has it

  public static final long BASE_BSP = 1 << 8;
  public static final long BASE_X2APIC = 1 << 10;
  public static final long BASE_ENABLE = 1 << 11;
  private static final long BASE_ADDRESS = 0xFEE0_0000L;

  // ---- register offsets. SDM Vol. 3A "Local APIC Register Address Map"
  private static final int ID = 0x20;
  private static final int VERSION_REG = 0x30;
  private static final int TPR = 0x80;
  private static final int APR = 0x90;
  private static final int PPR = 0xA0;
  private static final int EOI = 0xB0;
  private static final int LDR = 0xD0;
  private static final int DFR = 0xE0;
  private static final int SVR = 0xF0;
  private static final int ISR = 0x100;
  private static final int TMR = 0x180;
  private static final int IRR = 0x200;
  private static final int ESR = 0x280;
  private static final int ICR_LOW = 0x300;
  private static final int ICR_HIGH = 0x310;
  private static final int LVT_TIMER = 0x320;
  private static final int LVT_ERROR = 0x370;
  private static final int INITIAL_COUNT = 0x380;
  private static final int CURRENT_COUNT = 0x390;
  private static final int DIVIDE = 0x3E0;
  private static final int SELF_IPI = 0x3F0;

  private static final int LVT_MASKED = 0x10000;
  private static final int LVT_LINT0 = 3;
  private static final int[] LVT_WRITABLE = {0x710FF, 0x117FF, 0x117FF, 0x1F7FF, 0x1F7FF, 0x110FF};

  private static final int ESR_SEND_ILLEGAL_VECTOR = 0x20;
  private static final int ESR_RECEIVE_ILLEGAL_VECTOR = 0x40;
  private static final int ESR_ILLEGAL_REGISTER = 0x80;

  private final Cpu cpu;
  private final LocalApics bus;
  private final GuestClock clock;
  private final GuestClock.Timer timer;
  private final int id;
  private final boolean bsp;
  private volatile Runnable wake = () -> {};

  private long base;
  private int tpr;
  private volatile int ldr;
  private volatile int dfr;
  private volatile int svr;
  private int esr;
  private int esrPending;
  private long icr;
  private final int[] lvt = new int[6];
  private final long[] isr = new long[4];
  private final AtomicLongArray tmr = new AtomicLongArray(4);
  private final AtomicLongArray irr = new AtomicLongArray(4);
  private int divide;
  private int initialCount;
  private long countStart;
  private long tscDeadline;

  private volatile boolean initPending;
  private volatile int sipi = -1;

  /// The processor runs, or is about to, since the last reset.
  private volatile boolean started;

  public LocalApic(Cpu cpu, LocalApics bus, GuestClock clock, int id, boolean bsp) {
    this.cpu = cpu;
    this.bus = bus;
    this.clock = clock;
    this.id = id;
    this.bsp = bsp;
    this.timer = clock.timer("lapic-" + id, this::timerExpired);
    reset();
  }

  /// Power-on and system reset. SDM Vol. 3A "Local APIC State After Power-Up or Reset".
  public void reset() {
    base = BASE_ADDRESS | BASE_ENABLE | (bsp ? BASE_BSP : 0);
    initPending = false;
    sipi = -1;
    started = bsp;
    resetRegisters();
  }

  /// INIT keeps the APIC ID and base. SDM Vol. 3A "Local APIC State After It Receives an INIT-Deassert IPI".
  public void resetRegisters() {
    tpr = 0;
    ldr = x2() ? clusterLdr() : 0;
    dfr = -1;
    svr = 0xFF;
    esr = esrPending = 0;
    icr = 0;
    java.util.Arrays.fill(lvt, LVT_MASKED);
    if (bsp) {
      lvt[LVT_LINT0] = 0x700; // ExtINT, as firmware programs it: the PIC works before the kernel sets the APIC up
    }
    java.util.Arrays.fill(isr, 0);
    for (int i = 0; i < 4; i++) {
      tmr.set(i, 0);
      irr.set(i, 0);
    }
    divide = 0;
    initialCount = 0;
    tscDeadline = 0;
    timer.cancel();
  }

  public int id() {
    return id;
  }

  boolean started() {
    return started;
  }

  /// Does this processor run while no other does? Only itself can start another.
  public boolean alone() {
    return bus.alone(this);
  }

  /// Another processor is about to run.
  void getCompany() {
    Mem.put32(cpu.st + Cpu.ALONE, 0);
  }

  public boolean bsp() {
    return bsp;
  }

  public void onWake(Runnable wake) {
    this.wake = wake;
  }

  private void call() {
    cpu.attention();
    wake.run();
  }

  // ---- requests, any thread

  /// Accepts a fixed interrupt.
  void request(int vector, boolean level) {
    if (vector < 16) {
      esrPending |= ESR_RECEIVE_ILLEGAL_VECTOR;
      return;
    }
    int word = vector >>> 6;
    long bit = 1L << (vector & 63);
    if (level) {
      tmr.getAndUpdate(word, v -> v | bit);
    } else {
      tmr.getAndUpdate(word, v -> v & ~bit);
    }
    irr.getAndUpdate(word, v -> v | bit);
    call();
  }

  void requestInit() {
    sipi = -1;
    initPending = true;
    call();
  }

  void requestStartup(int vector) {
    started = true;
    sipi = vector;
    call();
  }

  void requestNmi() {
    cpu.nmiPending = true;
    call();
  }

  /// The PIC's INTR line rose.
  void extIntChanged() {
    if (acceptsPic()) {
      call();
    }
  }

  boolean enabled() {
    return (svr & 0x100) != 0;
  }

  public boolean globallyEnabled() {
    return (base & BASE_ENABLE) != 0;
  }

  private boolean x2() {
    return (base & BASE_X2APIC) != 0;
  }

  /// Is INTR of the 8259 passed on to the processor?
  private boolean acceptsPic() {
    return !globallyEnabled() && bsp || (lvt[LVT_LINT0] & (LVT_MASKED | 0x700)) == 0x700;
  }

  /// SDM Vol. 3A "Determining IPI Destination". What an APIC ID of more than 8 bits is sent reaches it in xAPIC mode too:
  /// it could not be started otherwise.
  boolean matches(int destination, boolean logical) {
    if (!globallyEnabled()) {
      return false;
    }
    if (destination == ApicBus.BROADCAST) {
      return true;
    }
    if (!logical) {
      return destination == id;
    }
    if (x2()) {
      return ldr >>> 16 == destination >>> 16 && (ldr & destination & 0xFFFF) != 0;
    }
    int mda = destination & 0xFF;
    int mine = ldr >>> 24;
    if (dfr >>> 28 == 0xF) {
      return (mine & mda) != 0;
    }
    return mine >>> 4 == mda >>> 4 && (mine & mda & 0xF) != 0;
  }

  int priority() {
    return tpr;
  }

  // ---- the processor's side

  /// Any thread (exact for a halted processor): is there an interrupt that may be delivered, flags aside?
  public boolean pending() {
    int vector = highest(irr);
    return vector >= 0 && globallyEnabled() && enabled() && vector >>> 4 > ppr() >>> 4 || bus.picAsserted() && acceptsPic();
  }

  public boolean initPending() {
    return initPending;
  }

  public boolean takeInit() {
    boolean was = initPending;
    initPending = false;
    return was;
  }

  public boolean sipiPending() {
    return sipi >= 0;
  }

  /// Vector of the pending STARTUP IPI or -1.
  public int takeSipi() {
    int v = sipi;
    if (v >= 0) { // or one that comes just now would be lost
      sipi = -1;
    }
    return v;
  }

  /// Takes the interrupt to deliver: its vector, or -1.
  public int acknowledge() {
    int vector = highest(irr);
    if (vector >= 0 && globallyEnabled() && enabled() && vector >>> 4 > ppr() >>> 4) {
      long bit = 1L << (vector & 63);
      irr.getAndUpdate(vector >>> 6, v -> v & ~bit);
      isr[vector >>> 6] |= bit;
      return vector;
    }
    if (bus.picAsserted() && acceptsPic()) {
      return bus.picAcknowledge();
    }
    return -1;
  }

  private static int highest(AtomicLongArray bits) {
    for (int i = 3; i >= 0; i--) {
      long w = bits.get(i);
      if (w != 0) {
        return i * 64 + 63 - Long.numberOfLeadingZeros(w);
      }
    }
    return -1;
  }

  private int highestInService() {
    for (int i = 3; i >= 0; i--) {
      if (isr[i] != 0) {
        return i * 64 + 63 - Long.numberOfLeadingZeros(isr[i]);
      }
    }
    return -1;
  }

  private int ppr() {
    int s = highestInService();
    int inService = s < 0 ? 0 : s & 0xF0;
    return tpr >>> 4 >= inService >>> 4 ? tpr : inService;
  }

  /// CR8 is TPR[7:4]. SDM Vol. 3A "Task Priority in IA-32e Mode".
  public int cr8() {
    return tpr >>> 4;
  }

  public void setCr8(int value) {
    tpr = value << 4;
    recheck();
  }

  private void recheck() {
    if (pending()) {
      cpu.attention();
    }
  }

  private void eoi() {
    int vector = highestInService();
    if (vector < 0) {
      return;
    }
    long bit = 1L << (vector & 63);
    isr[vector >>> 6] &= ~bit;
    if ((tmr.get(vector >>> 6) & bit) != 0) {
      bus.eoi(vector);
    }
    recheck();
  }

  // ---- registers

  public boolean covers(long gpa) {
    return (base & (BASE_ENABLE | BASE_X2APIC)) == BASE_ENABLE && (gpa ^ base) >>> 12 == 0;
  }

  public long read(int offset, int bytes) {
    int value = register(offset & 0xFF0);
    return (value & 0xFFFF_FFFFL) >>> 8 * (offset & 3) & -1L >>> 64 - 8 * bytes;
  }

  /// Only aligned dwords are defined; other writes are ignored.
  public void write(int offset, int bytes, int value) {
    if ((offset & 0xF) == 0 && bytes >= 4) {
      setRegister(offset, value);
    }
  }

  private int register(int offset) {
    if (offset >= ISR && offset < ESR) {
      int n = offset - ISR >>> 4;
      long word =
          switch (n >>> 3) {
            case 0 -> isr[(n & 7) >>> 1];
            case 1 -> tmr.get((n & 7) >>> 1);
            default -> irr.get((n & 7) >>> 1);
          };
      return (int) (word >>> 32 * (n & 1));
    }
    if (offset >= LVT_TIMER && offset <= LVT_ERROR) {
      return lvt[offset - LVT_TIMER >>> 4];
    }
    return switch (offset) {
      case ID -> x2() ? id : id << 24;
      case VERSION_REG -> VERSION;
      case TPR -> tpr;
      case APR -> 0;
      case PPR -> ppr();
      case EOI -> 0;
      case LDR -> ldr;
      case DFR -> dfr;
      case SVR -> svr;
      case ESR -> esr;
      case ICR_LOW -> (int) icr;
      case ICR_HIGH -> (int) (icr >>> 32);
      case INITIAL_COUNT -> initialCount;
      case CURRENT_COUNT -> currentCount();
      case DIVIDE -> divide;
      default -> {
        esrPending |= ESR_ILLEGAL_REGISTER;
        yield 0;
      }
    };
  }

  private void setRegister(int offset, int value) {
    if (offset >= LVT_TIMER && offset <= LVT_ERROR) {
      setLvt(offset - LVT_TIMER >>> 4, value);
      return;
    }
    switch (offset) {
      case ID, VERSION_REG, APR, PPR -> {}
      case TPR -> {
        tpr = value & 0xFF;
        recheck();
      }
      case EOI -> eoi();
      case LDR -> ldr = value & 0xFF00_0000;
      case DFR -> dfr = value | 0x0FFF_FFFF;
      case SVR -> {
        svr = value & 0x1FF;
        if (!enabled()) {
          for (int i = 0; i < lvt.length; i++) {
            lvt[i] |= LVT_MASKED; // SDM Vol. 3A "Local APIC State After It Has Been Software Disabled"
          }
        }
        recheck();
      }
      case ESR -> {
        esr = esrPending;
        esrPending = 0;
      }
      case ICR_LOW -> {
        icr = icr & 0xFFFF_FFFF_0000_0000L | value & 0xFFFF_EFFFL;
        int destination = (int) (icr >>> 56);
        sendIpi(destination == 0xFF ? ApicBus.BROADCAST : destination);
      }
      case ICR_HIGH -> icr = icr & 0xFFFF_FFFFL | (long) value << 32;
      case INITIAL_COUNT -> {
        initialCount = value;
        countStart = clock.nanos();
        expired = false;
        armTimer();
      }
      case DIVIDE -> {
        rebaseCount();
        divide = value & 0xB;
        armTimer();
      }
      default -> esrPending |= ESR_ILLEGAL_REGISTER;
    }
  }

  private void setLvt(int n, int value) {
    if (!enabled()) {
      value |= LVT_MASKED;
    }
    int old = lvt[n];
    lvt[n] = value & LVT_WRITABLE[n];
    if (n == 0) {
      if (((old ^ lvt[0]) & 0x60000) != 0) {
        timer.cancel();
        tscDeadline = 0;
        initialCount = (lvt[0] & 0x60000) == 0x40000 || (old & 0x60000) == 0x40000 ? 0 : initialCount;
      }
      armTimer();
    } else if (n == LVT_LINT0) {
      recheck();
    }
  }

  // ---- IPIs. SDM Vol. 3A "Interrupt Command Register (ICR)"

  private void sendIpi(int destination) {
    int low = (int) icr;
    int vector = low & 0xFF;
    int delivery = low >>> 8 & 7;
    boolean logical = (low & 0x800) != 0;
    boolean assertIt = (low & 0x4000) != 0;
    boolean level = (low & 0x8000) != 0;
    if (delivery == ApicBus.INIT && level && !assertIt) {
      return; // INIT level de-assert: no effect on these processors
    }
    if (delivery <= ApicBus.LOWEST_PRIORITY && vector < 16) {
      esrPending |= ESR_SEND_ILLEGAL_VECTOR;
      return;
    }
    switch (low >>> 18 & 3) {
      case 0 -> bus.send(destination, logical, delivery, vector, null);
      case 1 -> request(vector, false);
      case 2 -> bus.send(ApicBus.BROADCAST, false, delivery, vector, null);
      default -> bus.send(ApicBus.BROADCAST, false, delivery, vector, this);
    }
  }

  // ---- timer. SDM Vol. 3A "APIC Timer"

  /// The timer counts down once each nanosecond, divided.
  private int divisor() {
    int code = divide & 3 | divide >>> 1 & 4;
    return code == 7 ? 1 : 2 << code;
  }

  private int currentCount() {
    if (initialCount == 0 || (lvt[0] & 0x60000) == 0x40000) {
      return 0;
    }
    long passed = (clock.measured() - countStart) / divisor();
    long count = initialCount & 0xFFFF_FFFFL;
    if ((lvt[0] & 0x20000) != 0) {
      return (int) (count - passed % count);
    }
    return passed >= count ? 0 : (int) (count - passed);
  }

  private void rebaseCount() {
    countStart = clock.nanos();
  }

  private long period() {
    return (initialCount & 0xFFFF_FFFFL) * divisor();
  }

  private void armTimer() {
    if ((lvt[0] & 0x60000) == 0x40000) {
      return;
    }
    if (initialCount == 0) {
      timer.cancel();
      return;
    }
    long deadline = countStart + period();
    if ((lvt[0] & 0x20000) != 0) {
      long now = clock.nanos();
      if (deadline <= now) {
        deadline = now + period() - (now - countStart) % period();
      }
    } else if (expired) {
      return;
    }
    timer.arm(deadline);
  }

  /// The one-shot count has run out and its interrupt was raised (or was masked).
  private volatile boolean expired;

  private void timerExpired() {
    int entry = lvt[0];
    if ((entry & 0x60000) == 0x40000) {
      tscDeadline = 0;
    } else if ((entry & 0x20000) != 0 && initialCount != 0) {
      long now = clock.nanos();
      long p = Math.max(period(), 1000);
      timer.arm(now + p - (now - countStart) % p);
    } else {
      expired = true;
    }
    if ((entry & LVT_MASKED) == 0) {
      request(entry & 0xFF, false);
    }
  }

  /// IA32_TSC_DEADLINE. SDM Vol. 3A "TSC-Deadline Mode".
  public void setTscDeadline(long value) {
    if ((lvt[0] & 0x60000) != 0x40000) {
      return;
    }
    tscDeadline = value;
    if (value == 0) {
      timer.cancel();
      return;
    }
    long ticks = value - cpu.tsc();
    long nanos = (long) (ticks * (1e9 / cpu.features.tscHz()));
    timer.arm(clock.nanos() + Math.max(nanos, 0));
  }

  public long tscDeadline() {
    return tscDeadline;
  }

  // ---- MSRs

  /// IA32_APIC_BASE. SDM Vol. 3A "Local APIC Status and Location".
  public long base() {
    return base;
  }

  /// False if the write must raise #GP. SDM Vol. 3A "x2APIC State Transitions".
  public boolean setBase(long value, boolean x2Allowed) {
    long mode = value & (BASE_ENABLE | BASE_X2APIC);
    if (mode == BASE_X2APIC || (value & BASE_X2APIC) != 0 && !x2Allowed) {
      return false;
    }
    if (x2() && mode == BASE_ENABLE) {
      return false;
    }
    if (!globallyEnabled() && mode == (BASE_ENABLE | BASE_X2APIC)) {
      return false;
    }
    base = value & 0x000F_FFFF_FFFF_FC00L | (bsp ? BASE_BSP : 0);
    if (x2()) {
      ldr = clusterLdr();
    }
    cpu.mmu.flush();
    recheck();
    return true;
  }

  /// SDM Vol. 3A "Deriving Logical x2APIC ID from the Local x2APIC ID".
  private int clusterLdr() {
    return id >>> 4 << 16 | 1 << (id & 15);
  }

  /// MSRs 0x800-0x83F. SDM Vol. 3A "x2APIC Register Address Space". False: #GP.
  public boolean readable(int msr) {
    int offset = (msr & 0x3F) << 4;
    return x2() && exists(offset) && offset != EOI && offset != SELF_IPI;
  }

  private static boolean exists(int offset) {
    return switch (offset) {
      case ID, VERSION_REG, TPR, PPR, EOI, LDR, SVR, ESR, ICR_LOW, INITIAL_COUNT, CURRENT_COUNT, DIVIDE, SELF_IPI -> true;
      default -> offset >= ISR && offset < ESR || offset >= LVT_TIMER && offset <= LVT_ERROR;
    };
  }

  public long readMsr(int msr) {
    int offset = (msr & 0x3F) << 4;
    return offset == ICR_LOW ? icr : register(offset) & 0xFFFF_FFFFL;
  }

  public boolean writeMsr(int msr, long value) {
    int offset = (msr & 0x3F) << 4;
    if (!x2() || !exists(offset) || readOnly(offset)) {
      return false;
    }
    if (offset == ICR_LOW) {
      icr = value & 0xFFFF_FFFF_FFFF_EFFFL;
      sendIpi((int) (icr >>> 32));
    } else if (value >>> 32 != 0 || (offset == EOI || offset == ESR) && value != 0) {
      return false;
    } else if (offset == SELF_IPI) {
      if (value > 0xFF) {
        return false;
      }
      request((int) value, false);
    } else {
      setRegister(offset, (int) value);
    }
    return true;
  }

  private static boolean readOnly(int offset) {
    return switch (offset) {
      case ID, VERSION_REG, PPR, LDR, CURRENT_COUNT -> true;
      default -> offset >= ISR && offset < ESR;
    };
  }

  // ---- saved state

  /// On the processor's own thread, while it does not run. What its counters go by (guest time, and the offset of the
  /// time-stamp counter) is loaded before.
  public void state(StateIo io) {
    base = io.u64("apic-base", base);
    tpr = io.u8("tpr", tpr);
    ldr = io.u32("ldr", ldr);
    dfr = io.u32("dfr", dfr);
    svr = io.u32("svr", svr);
    esr = io.u8("esr", esr);
    esrPending = io.u8("esr-pending", esrPending);
    icr = io.u64("icr", icr);
    io.ints("lvt", lvt);
    io.longs("isr", isr);
    vectors(io, "tmr", tmr);
    vectors(io, "irr", irr);
    divide = io.u8("divide", divide);
    initialCount = io.u32("initial-count", initialCount);
    countStart = io.u64("count-start", countStart);
    expired = io.bool("expired", expired);
    long deadline = io.u64("tsc-deadline", tscDeadline);
    initPending = io.bool("init-pending", initPending);
    sipi = io.within("sipi", sipi, -1, 0xFF);
    started = io.bool("started", started);
    if (io.loading()) {
      timer.cancel();
      tscDeadline = 0;
      setTscDeadline(deadline);
      armTimer();
    }
  }

  private static void vectors(StateIo io, String name, AtomicLongArray bits) {
    long[] words = new long[bits.length()];
    for (int i = 0; i < words.length; i++) {
      words[i] = bits.get(i);
    }
    io.longs(name, words);
    for (int i = 0; io.loading() && i < words.length; i++) {
      bits.set(i, words[i]);
    }
  }

  public void close() {
    timer.cancel();
    bus.remove(this);
  }
}
