package thespis.actors;

import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import thespis.cpu.run.Exit;
import thespis.cpu.run.Inspector;
import thespis.cpu.run.VcpuCore;
import thespis.cpu.state.StateIo;

/// A core whose guest is a list of things that end a slice. With the list at its end it is halted (or still waits for
/// SIPI, if it is not the boot processor and has done nothing yet); adding to the list then is an interrupt, or the
/// SIPI.
final class ScriptedCore implements VcpuCore {
  sealed interface Step {}

  record Ends(int exit) implements Step {}

  record Port(PendingIo io) implements Step {}

  record Throws(RuntimeException e) implements Step {}

  /// Guest code that ends when the core is kicked.
  record Spins() implements Step {}

  /// Guest code that not even a kick ends.
  record Blocks(CountDownLatch entered, CountDownLatch until) implements Step {}

  final AtomicInteger runs = new AtomicInteger();
  final AtomicInteger steps = new AtomicInteger();
  final AtomicInteger resets = new AtomicInteger();
  final BlockingQueue<Long> answers = new LinkedBlockingQueue<>();
  private final Queue<Step> script = new ConcurrentLinkedQueue<>();
  private final int slot;
  private volatile boolean halted;
  private boolean waitingForSipi;
  private volatile boolean kicked;
  volatile boolean closed;
  private Runnable wake = () -> {};
  private PendingIo pending;
  private boolean completed;
  private boolean repeatsAccess;

  ScriptedCore(int slot) {
    this.slot = slot;
    this.halted = slot != 0;
    this.waitingForSipi = halted;
  }

  ScriptedCore then(Step step) {
    script.add(step);
    if (halted) {
      wake.run();
    }
    return this;
  }

  ScriptedCore out(int port, int value) {
    return then(new Port(new PendingIo(port, 1, true, value)));
  }

  ScriptedCore in(int port) {
    return then(new Port(new PendingIo(port, 1, false, 0)));
  }

  /// The instruction at work makes the same access once more (REP OUTS).
  void repeatsAccess() {
    repeatsAccess = true;
  }

  /// The answer of the oldest port access nobody took yet.
  long answer() {
    try {
      Long answer = answers.poll(3, TimeUnit.SECONDS);
      if (answer == null) {
        throw new AssertionError("the guest's port access was not answered");
      }
      return answer;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public int step() {
    steps.incrementAndGet();
    return Exit.DEBUG;
  }

  @Override
  public int run(long instructions) {
    if (closed) {
      throw new IllegalStateException("run after close");
    }
    runs.incrementAndGet();
    halted = false;
    if (completed) {
      completed = false;
      boolean again = repeatsAccess;
      repeatsAccess = false;
      return again ? Exit.IO : Exit.BUDGET;
    }
    switch (script.poll()) {
      case null -> {
        halted = true;
        return waitingForSipi ? Exit.WAIT_FOR_SIPI : Exit.HALTED;
      }
      case Ends(int exit) -> {
        waitingForSipi = exit == Exit.WAIT_FOR_SIPI || waitingForSipi && exit == Exit.KICKED; // a kick comes first
        halted = waitingForSipi || exit == Exit.HALTED;
        return exit;
      }
      case Port(var io) -> {
        waitingForSipi = false;
        pending = io;
        return Exit.IO;
      }
      case Throws(var e) -> throw e;
      case Blocks(var entered, var until) -> {
        waitingForSipi = false;
        entered.countDown();
        await(until);
        return Exit.BUDGET;
      }
      case Spins() -> {
        waitingForSipi = false;
        while (!kicked) {
          Thread.onSpinWait();
        }
        kicked = false;
        script.add(new Spins());
        return Exit.KICKED;
      }
    }
  }

  private static void await(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void kick() {
    if (closed) {
      throw new IllegalStateException("kicked after close");
    }
    kicked = true;
  }

  boolean kicked() {
    return kicked;
  }

  @Override
  public boolean hasWork() {
    return !script.isEmpty();
  }

  @Override
  public void onWake(Runnable wake) {
    this.wake = wake;
  }

  @Override
  public PendingIo pendingIo() {
    return pending;
  }

  @Override
  public void completeIo(long value) {
    completed = true;
    answers.add(value);
  }

  @Override
  public void reset() {
    resets.incrementAndGet();
    script.clear();
    halted = slot != 0;
    waitingForSipi = halted;
  }

  @Override
  public void invalidateAll() {}

  @Override
  public int index() {
    return slot;
  }

  @Override
  public int apicId() {
    return slot;
  }

  @Override
  public boolean halted() {
    return halted;
  }

  @Override
  public String dump() {
    return "registers of " + slot;
  }

  @Override
  public Inspector inspect() {
    return new FakeInspector(slot);
  }

  @Override
  public boolean waitsForSipi() {
    return waitingForSipi;
  }

  @Override
  public void state(StateIo io) {
    halted = io.bool("halted", halted);
    waitingForSipi = io.bool("wait-for-sipi", waitingForSipi);
  }

  @Override
  public long instructions() {
    return runs.get();
  }

  @Override
  public void close() {
    closed = true;
  }
}
