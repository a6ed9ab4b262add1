package thespis.cpu.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import thespis.cpu.apic.LocalApic;
import thespis.cpu.apic.LocalApics;
import thespis.cpu.exec.Breakpoints;
import thespis.cpu.exec.Interrupts;
import thespis.cpu.exec.MsrOps;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.jit.TranslationCache;
import thespis.cpu.jit.TranslationWatch;
import thespis.cpu.mmu.CodeWatch;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;
import thespis.cpu.state.CpuReset;
import thespis.cpu.state.CpuState;
import thespis.cpu.state.DebugPoints;
import thespis.cpu.state.GuestFault;
import thespis.cpu.state.NativeState;
import thespis.cpu.state.StateIo;

/// One logical processor with its local APIC, its address translation and its interpreter.
public final class Core implements VcpuCore {
  private static final long BLOCK_BYTES = 32L << 20;
  private static final long CODE_BYTES = 32L << 20;

  /// A slice that has seen more ticks of the {@link SliceClock} is over.
  private static final int TICKS = 1;

  /// What the boot processor may spend at its end on translations for later processes.
  private static final long LAST_NANOS = 300_000_000;

  /// PAUSEs of translated code in a slice before the thread is given to somebody else, where somebody else may need it;
  /// and where every core has a processor of the host.
  private static final int FEW_PAUSES = 64;

  private static final int MANY_PAUSES = 2048;

  private final Cpu cpu;
  private final LocalApic apic;
  private final BlockCache blocks;
  private final CodeMap codeMap;
  private final PhysMap phys;
  private final Interpreter interpreter;
  private final NativeEngine engine;
  private final Verifier verifier;
  private final Observation observation;

  /// What was logged when the log was looked at last, and who writes it, or null.
  private int logged = -1;

  private CoreLog log;
  private final ConcurrentLinkedQueue<Runnable> requests = new ConcurrentLinkedQueue<>();
  private final Runnable physChanged = this::invalidateAll;

  private final GuestClock.Pace pace;
  private final Idleness idleness = new Idleness(System.nanoTime());
  private final HaltPoll halt;

  private volatile boolean kicked;

  /// Ticks of the slice clock in this slice. Only a hint: a lost one makes the slice a tick longer.
  private volatile int ticks;
  private volatile boolean running;
  private boolean waitForSipi;
  private boolean stepping;
  private boolean closed;

  /// What the board hands to each of its processors.
  ///
  /// @param cache with translations made before
  /// @param observation who watches
  public record Board(
      PhysMap phys, GuestRam ram, IoBus bus, GuestClock clock, LocalApics apics, CodeMap code, Execution execution,
      Optional<TranslationCache> cache, Observation observation) {

    /// With the engine that is the host's default.
    public Board(PhysMap phys, GuestRam ram, IoBus bus, GuestClock clock, LocalApics apics, CodeMap code) {
      this(phys, ram, bus, clock, apics, code, Execution.byDefault(), Optional.empty(), Observation.none());
    }
  }

  public Core(int index, int apicId, boolean bsp, CpuFeatures features, Board board) {
    this.cpu = new Cpu(index, board.bus, board.clock, features);
    this.pace = board.clock.pace(cpu.tscShortcut);
    this.codeMap = board.code;
    this.phys = board.phys;
    this.cpu.mmu = new Mmu(cpu, board.phys, board.ram, board.bus, watch());
    this.halt = new HaltPoll(cpu, System::nanoTime);
    this.apic = new LocalApic(cpu, board.apics, board.clock, apicId, bsp);
    this.cpu.apic = apic;
    this.engine = board.execution.translated()
        ? new NativeEngine(cpu, CODE_BYTES, board.cache.filter(cache -> cache.suits(features)))
        : null;
    this.verifier = board.execution.verified() ? new Verifier(cpu, engine) : null;
    this.observation = board.observation;
    this.blocks = new BlockCache(cpu, this, codeMap, BLOCK_BYTES, engine);
    this.interpreter = new Interpreter(cpu, blocks, engine, verifier);
    if (verifier != null) {
      translateAfter(1);
    }
    reset();
    codeMap.add(this);
    phys.onChange(physChanged);
    board.apics.add(apic);
    if (engine != null) {
      SliceClock.get().add(this);
    }
  }

  private CodeWatch watch() {
    return new CodeWatch() {
      @Override
      public void beforeWrite(long host, int bytes) {
        interpreter.beforeWrite(host, bytes);
      }

      @Override
      public void written(long host, int bytes) {
        codeMap.written(Core.this, host, bytes);
      }
    };
  }

  public Cpu cpu() {
    return cpu;
  }

  /// How often a block runs from its records before it is compiled; 0 for never.
  void compileAfter(int runs) {
    blocks.compileAfter(runs);
  }

  /// The same for translation to host code, where there is an engine for it.
  void translateAfter(int runs) {
    blocks.translateAfter(engine != null ? runs : 0);
  }

  /// Null where code is interpreted.
  NativeEngine engine() {
    return engine;
  }

  /// What firmware writes on every processor before an operating system starts; a processor that does not take it stays
  /// as it is.
  public void writeMsrs(Map<Integer, Long> values) {
    values.forEach((msr, value) -> {
      try {
        MsrOps.write(cpu, msr, value);
      } catch (GuestFault notTaken) {
        // As after an exception handler of firmware's.
      }
    });
  }

  /// Starts where a loader says instead of at the reset vector.
  public void start(BootState boot) {
    CpuReset.apply(cpu, boot);
    writeMsrs(boot.msrs());
  }

  @Override
  public int step() {
    stepping = true;
    try {
      return run(1);
    } finally {
      stepping = false;
    }
  }

  @Override
  public int run(long instructions) {
    if (verifier == null) {
      return runNow(instructions);
    }
    codeMap.turn.lock();
    try {
      return runNow(instructions);
    } finally {
      codeMap.turn.unlock();
    }
  }

  private int runNow(long instructions) {
    observe();
    Mem.put32(cpu.st + NativeState.ALONE, apic.alone() ? 1 : 0);
    running = true;
    ticks = 0;
    idleness.begin(System.nanoTime());
    int place = SliceClock.get().started(this);
    pace.begin();
    int exit = Exit.SHUTDOWN;
    try {
      halt.resume();
      interpreter.budget(instructions, SliceClock.get().crowded() ? FEW_PAUSES : MANY_PAUSES);
      exit = stepping ? one() : slice();
      return exit;
    } finally {
      pace.end(exit != Exit.BUDGET && exit != Exit.YIELD && exit != Exit.IO);
      if (idleness.end(System.nanoTime()) && exit == Exit.HALTED) {
        trim();
      }
      running = false;
      SliceClock.get().stopped(place);
    }
  }

  /// Logs what is asked for by now, and stops where a debugger wants it to.
  private void observe() {
    DebugPoints.Set points = observation.debug().now();
    cpu.met = null;
    if (points != cpu.debug) {
      cpu.debug = points;
      Breakpoints.changed(cpu);
      cpu.mmu.flush();
      blocks.reset();
    }
    int items = observation.log().items();
    if (items == logged) {
      return;
    }
    logged = items;
    if (log == null && items != 0) {
      log = new CoreLog(cpu, observation.log());
    }
    CoreLog now = items == 0 ? null : log;
    cpu.log = now;
    blocks.log = now;
    if (engine != null) {
      List<TranslationWatch> watches = new ArrayList<>();
      observation.translations().ifPresent(watches::add);
      if (now != null) {
        watches.add(now);
      }
      engine.watchedBy(watches);
    }
    if (now != null && now.unchained()) {
      blocks.reset(); // and with it the links
    }
  }

  /// Gives memory back that only makes the guest fast; the processor is halted.
  boolean trim() {
    return blocks.trim();
  }

  private int one() {
    if (waitForSipi) {
      int e = serve();
      return e < 0 ? Exit.DEBUG : e;
    }
    cpu.clearAttention();
    serveRequests();
    cpu.attention(); // the next slice looks at all else
    if (cpu.halted && !hasWork()) {
      return Exit.HALTED;
    }
    cpu.halted = false;
    int e = interpreter.stepNow();
    return e == Exit.IO || e == Exit.SHUTDOWN ? e : Exit.DEBUG;
  }

  private int slice() {
    while (true) {
      if (ticks > TICKS) {
        cpu.attention();
        return Exit.BUDGET;
      }
      int e = serve();
      if (e < 0) {
        e = interpreter.run();
      }
      if (e != Interpreter.SERVE && !(e == Exit.HALTED && mayWatch() && halt.attention())) {
        return e;
      }
    }
  }

  /// Whether nobody else needs this core's thread or turn while it is halted.
  private boolean mayWatch() {
    return !SliceClock.get().crowded() && verifier == null;
  }

  /// From the slice clock's thread. When the second tick comes, a whole one has passed for certain.
  void tick() {
    if (running && ++ticks == TICKS + 1) {
      cpu.attention();
    }
  }

  // ---- attention, on the core's own thread

  /// Does what was asked for. An exit reason, or -1 to go on.
  private int serve() {
    if (Mem.getVolatile32(cpu.st + Cpu.ATTENTION) == 0 && !cpu.halted && !waitForSipi) {
      return -1;
    }
    cpu.clearAttention();
    serveRequests();
    if (kicked) {
      kicked = false;
      cpu.attention(); // look again when the owner comes back
      return Exit.KICKED;
    }
    if (apic.initPending() && apic.takeInit()) {
      CpuReset.init(cpu);
      apic.resetRegisters();
      waitForSipi = !apic.bsp();
    }
    if (waitForSipi) {
      int vector = apic.takeSipi();
      if (vector < 0) {
        return Exit.WAIT_FOR_SIPI;
      }
      waitForSipi = false;
      CpuReset.startup(cpu, vector);
    }
    if (cpu.ioDone || cpu.interruptShadow) {
      cpu.attention();
      return interpreter.step();
    }
    return interrupts();
  }

  private int interrupts() {
    if (cpu.pendingDebug != 0) {
      return delivered(Interrupts.exception(cpu, GuestFault.DB, -1));
    }
    Mem.put32(cpu.st + NativeState.WAITING, !cpu.flag(Cpu.IF) && apic.pending() ? 1 : 0);
    if (cpu.nmiPending && !cpu.nmiBlocked()) {
      cpu.nmiPending = false;
      cpu.blockNmi(true);
      return delivered(Interrupts.external(cpu, GuestFault.NMI));
    }
    if (cpu.flag(Cpu.IF)) {
      int vector = apic.acknowledge();
      if (vector >= 0) {
        if (apic.pending()) {
          cpu.attention();
        }
        return delivered(Interrupts.external(cpu, vector));
      }
    }
    if (cpu.halted) {
      return Exit.HALTED;
    }
    if (cpu.flag(Cpu.TF) || cpu.breakpoints) {
      cpu.attention();
      return interpreter.step();
    }
    return -1;
  }

  /// The handler is executed step by step where there are breakpoints.
  private int delivered(boolean ok) {
    if (cpu.breakpoints) {
      cpu.attention();
    }
    return ok ? -1 : Exit.SHUTDOWN;
  }

  private void serveRequests() {
    Runnable r;
    while ((r = requests.poll()) != null) {
      r.run();
    }
  }

  // ---- what siblings and the board ask for, any thread

  void watchPage(long hostPage) {
    cpu.mmu.watchPage(hostPage);
  }

  /// Returns when this core will notice writes to the page: it does so itself, or it is not running.
  void requestWatch(long hostPage, Core asking) {
    boolean[] done = new boolean[1];
    requests.add(
        () -> {
          cpu.mmu.watchPage(hostPage);
          synchronized (done) {
            done[0] = true;
          }
        });
    cpu.attention();
    int spins = 0;
    while (running) {
      synchronized (done) {
        if (done[0]) {
          return;
        }
      }
      asking.serveRequests(); // the other one may be waiting for us
      if (++spins > 200) {
        LockSupport.parkNanos(20_000);
      } else {
        Thread.onSpinWait();
      }
    }
  }

  /// Has it note anew what it writes to. Returns when it does: it has heard, or does not run.
  void requestClosed() {
    AtomicBoolean done = new AtomicBoolean();
    requests.add(() -> {
      cpu.mmu.flush();
      done.set(true);
    });
    cpu.attention();
    while (running && !done.get()) {
      LockSupport.parkNanos(20_000);
    }
  }

  void requestInvalidate(long hostPage, long pieces) {
    requests.add(() -> blocks.invalidate(hostPage, pieces));
    cpu.attention();
  }

  void invalidate(long hostPage, long pieces) {
    blocks.invalidate(hostPage, pieces);
  }

  @Override
  public void invalidateAll() {
    requests.add(
        () -> {
          cpu.mmu.flush();
          blocks.reset();
        });
    cpu.attention();
  }

  @Override
  public void kick() {
    kicked = true;
    cpu.attention();
  }

  @Override
  public boolean hasWork() {
    if (waitForSipi) {
      return apic.initPending() || apic.sipiPending();
    }
    return !cpu.halted || apic.initPending() || cpu.nmiPending && !cpu.nmiBlocked() || cpu.flag(Cpu.IF) && apic.pending();
  }

  @Override
  public void onWake(Runnable wake) {
    apic.onWake(wake);
  }

  @Override
  public PendingIo pendingIo() {
    return new PendingIo(cpu.ioPort, cpu.ioSize, cpu.ioWrite, cpu.ioValue);
  }

  @Override
  public void completeIo(long value) {
    cpu.ioAnswer = value;
    cpu.ioDone = true;
    cpu.attention();
  }

  @Override
  public void reset() {
    requests.clear();
    CoreLog.reset(cpu, observation.log());
    CpuReset.powerOn(cpu);
    apic.reset();
    cpu.mmu.flush();
    blocks.reset();
    waitForSipi = !apic.bsp();
    kicked = false;
    cpu.attention();
  }

  @Override
  public void state(StateIo io) {
    waitForSipi = io.bool("wait-for-sipi", waitForSipi);
    CpuState.walk(cpu, io);
    apic.state(io);
    if (io.loading()) {
      requests.clear();
      blocks.reset();
      kicked = false;
      cpu.attention();
    }
  }

  @Override
  public int index() {
    return cpu.index;
  }

  @Override
  public int apicId() {
    return apic.id();
  }

  @Override
  public boolean halted() {
    return cpu.halted || waitForSipi;
  }

  @Override
  public boolean waitsForSipi() {
    return waitForSipi;
  }

  @Override
  public String dump() {
    return CpuDump.of(cpu, halted()) + "Code=" + CpuDump.code(cpu) + "\n" + translation().text();
  }

  /// Host code of the block at an address, or 0.
  long translation(long rip) {
    long h = blocks.quick(rip);
    return h == 0 ? 0 : Block.code(h);
  }

  /// Runs of translated code that were compared with the interpreter.
  long compared() {
    return verifier == null ? 0 : verifier.compared();
  }

  private TranslationState translation() {
    return TranslationCount.of(blocks, engine, cpu.mmu, verifier);
  }

  @Override
  public Inspector inspect() {
    return new CoreInspector(cpu, phys, codeMap, this::halted, this::translation);
  }

  @Override
  public long instructions() {
    return interpreter.retired();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pace.end(true);
      codeMap.remove(this);
      SliceClock.get().remove(this);
      phys.removeListener(physChanged);
      apic.close();
      if (cpu.index == 0) {
        blocks.translateCold(LAST_NANOS);
      }
      blocks.close();
      interpreter.close();
      if (log != null) {
        log.close();
      }
      if (verifier != null) {
        verifier.close();
      }
      if (engine != null) {
        engine.close();
      }
      cpu.mmu.close();
      cpu.close();
    }
  }
}
