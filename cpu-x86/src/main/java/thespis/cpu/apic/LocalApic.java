package thespis.cpu.apic;

import static thespis.cpu.apic.ApicRegister.*;

import thespis.cpu.mmu.Mem;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;
import thespis.cpu.state.StateIo;

/// The local APIC of one logical processor, xAPIC and x2APIC mode. SDM Vol. 3A "Advanced Programmable Interrupt
/// Controller (APIC)". Requests come from any thread (they set bits and call for attention); everything else happens on
/// the processor's own thread.
public final class LocalApic {
  private static final int VERSION_VALUE = 0x0005_0014; // six LVT entries, as QEMU has it

  public static final long BASE_BSP = 1 << 8;
  public static final long BASE_X2APIC = 1 << 10;
  public static final long BASE_ENABLE = 1 << 11;
  private static final long BASE_ADDRESS = 0xFEE0_0000L;

  private static final int ESR_SEND_ILLEGAL_VECTOR = 0x20;
  private static final int ESR_RECEIVE_ILLEGAL_VECTOR = 0x40;
  private static final int ESR_ILLEGAL_REGISTER = 0x80;

  private final Cpu cpu;
  private final LocalApics bus;
  private final LocalVectorTable lvt = new LocalVectorTable();
  private final ApicTimer timer;
  private final int id;
  private final boolean bsp;
  private final X2ApicMsrs msrs = new X2ApicMsrs(this);
  private volatile Runnable wake = () -> {};

  private long base;
  private int tpr;
  private volatile int ldr;
  private volatile int dfr;
  private volatile int svr;
  private int esr;
  private int esrPending;
  private long icr;
  private final AcceptedInterrupts accepted = new AcceptedInterrupts();

  private volatile boolean initPending;
  private volatile int sipi = -1;

  /// The processor runs, or is about to, since the last reset.
  private volatile boolean started;

  public LocalApic(Cpu cpu, LocalApics bus, GuestClock clock, int id, boolean bsp) {
    this.cpu = cpu;
    this.bus = bus;
    this.id = id;
    this.bsp = bsp;
    this.timer = new ApicTimer(cpu, clock, "lapic-" + id, lvt, vector -> request(vector, false));
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
    lvt.reset(bsp);
    accepted.reset();
    timer.reset();
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
    Mem.put32(cpu.st + NativeState.ALONE, 0);
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
    accepted.accept(vector, level);
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

  boolean x2() {
    return (base & BASE_X2APIC) != 0;
  }

  /// Is INTR of the 8259 passed on to the processor?
  private boolean acceptsPic() {
    return !globallyEnabled() && bsp || lvt.passesPic();
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
    return deliverable() >= 0 || bus.picAsserted() && acceptsPic();
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
    int vector = deliverable();
    if (vector >= 0) {
      accepted.serve(vector);
      return vector;
    }
    if (bus.picAsserted() && acceptsPic()) {
      return bus.picAcknowledge();
    }
    return -1;
  }

  private int deliverable() {
    return globallyEnabled() && enabled() ? accepted.deliverable(tpr) : -1;
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
    int vector = accepted.done();
    if (vector < 0) {
      return;
    }
    if (accepted.isLevel(vector)) {
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

  int register(int offset) {
    if (isVectors(offset)) {
      return accepted.register(offset - ISR >>> 4);
    }
    if (isLvt(offset)) {
      return lvt.get(offset - LVT_TIMER >>> 4);
    }
    return switch (offset) {
      case ID -> x2() ? id : id << 24;
      case VERSION -> VERSION_VALUE;
      case TPR -> tpr;
      case APR -> 0;
      case PPR -> accepted.ppr(tpr);
      case EOI -> 0;
      case LDR -> ldr;
      case DFR -> dfr;
      case SVR -> svr;
      case ESR -> esr;
      case ICR_LOW -> (int) icr;
      case ICR_HIGH -> (int) (icr >>> 32);
      case INITIAL_COUNT -> timer.initialCount();
      case CURRENT_COUNT -> timer.currentCount();
      case DIVIDE -> timer.divide();
      default -> {
        esrPending |= ESR_ILLEGAL_REGISTER;
        yield 0;
      }
    };
  }

  void setRegister(int offset, int value) {
    if (isLvt(offset)) {
      setLvt(offset - LVT_TIMER >>> 4, value);
      return;
    }
    switch (offset) {
      case ID, VERSION, APR, PPR -> {}
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
          lvt.maskAll();
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
      case INITIAL_COUNT -> timer.setInitialCount(value);
      case DIVIDE -> timer.setDivide(value);
      default -> esrPending |= ESR_ILLEGAL_REGISTER;
    }
  }

  private void setLvt(int n, int value) {
    int mode = lvt.timerMode();
    lvt.set(n, value, !enabled());
    if (n == LocalVectorTable.TIMER) {
      timer.entryWritten(mode);
    } else if (n == LocalVectorTable.LINT0) {
      recheck();
    }
  }

  // ---- IPIs. SDM Vol. 3A "Interrupt Command Register (ICR)"

  long icr() {
    return icr;
  }

  /// All of the register at once, as x2APIC mode has it.
  void command(long value) {
    icr = value & 0xFFFF_FFFF_FFFF_EFFFL;
    sendIpi((int) (icr >>> 32));
  }

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

  /// IA32_TSC_DEADLINE. SDM Vol. 3A "TSC-Deadline Mode".
  public void setTscDeadline(long value) {
    timer.setTscDeadline(value);
  }

  public long tscDeadline() {
    return timer.tscDeadline();
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

  /// The registers as MSRs.
  public X2ApicMsrs msrs() {
    return msrs;
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
    lvt.state(io);
    accepted.state(io);
    timer.state(io);
    initPending = io.bool("init-pending", initPending);
    sipi = io.within("sipi", sipi, -1, 0xFF);
    started = io.bool("started", started);
  }

  public void close() {
    timer.cancel();
    bus.remove(this);
  }
}
