package thespis.actors.migrate;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import thespis.actors.chardev.ChardevException;
import thespis.machine.migrate.MachineImage;
import thespis.machine.migrate.OutgoingRam;
import thespis.machine.migrate.Section;
import thespis.machine.migrate.StreamWriter;

/// Sends a machine away, on a thread of its own: RAM while the guest runs, again what was written meanwhile, until so
/// little is left that it can stand still for the rest. When that is goes as in QEMU's documentation "Migration", "Stages
/// of migration": what is left is less than can be sent in the downtime that is allowed, at the speed of the last tenth of
/// a second; and nothing to send is reason enough.
public final class Sender implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
  private static final int BUFFER = 1 << 18;
  private static final long MILLI = 1_000_000;
  private static final long SPEED_NANOS = 100 * MILLI;

  /// At least once in so long others are looked at.
  private static final long TURN_NANOS = 50 * MILLI;

  /// What the machine does for it. Called on the sender's thread.
  public interface Machine {
    void active();

    void pass(long number);

    /// Stops it. Completed when it stands: no guest code runs, no timer expires.
    CompletableFuture<Void> stop();

    /// Completed with the sections of what its owner knows, processors and all. What a chip has just told them is in it.
    CompletableFuture<List<Section>> rest();

    /// Completed when the rest may be sent.
    CompletableFuture<Void> switchover();

    /// All is with whoever takes it.
    void completed();

    void failed(String why);
  }

  private final MachineImage image;
  private final Section shape;
  private final Outlet.Opening opening;
  private final LongSupplier maxBandwidth;
  private final LongSupplier downtimeLimit;
  private final Machine machine;
  private final Statistics statistics = new Statistics();

  private Outlet outlet;
  private boolean aborted;
  private CompletableFuture<?> waiting;

  private StreamWriter out;
  private long threshold;
  private long measuredAt;
  private long measuredBytes;
  private long paceAt;
  private long paceBytes;

  /// @param shape the machine with its processors
  /// @param maxBandwidth bytes for each second, 0 for any
  /// @param downtimeLimit milliseconds
  public Sender(
      MachineImage image, Section shape, MigrationUri uri, LongSupplier maxBandwidth, LongSupplier downtimeLimit,
      Machine machine) {
    this.image = image;
    this.shape = shape;
    this.opening = Outlet.to(uri);
    this.maxBandwidth = maxBandwidth;
    this.downtimeLimit = downtimeLimit;
    this.machine = machine;
  }

  /// Any thread.
  public Progress progress() {
    return statistics.now();
  }

  /// Any thread. It ends soon, and says that it failed.
  public void abort() {
    Outlet open;
    CompletableFuture<?> hopeless;
    synchronized (this) {
      aborted = true;
      open = outlet;
      hopeless = waiting;
      notifyAll();
    }
    if (hopeless != null) {
      hopeless.cancel(false);
    }
    if (open != null) {
      open.abort();
    }
  }

  @Override
  public void run() {
    String kind = "socket";
    try {
      Outlet to = opening.open();
      kind = to.kind();
      if (!use(to)) {
        to.abort();
        throw new IOException("Operation canceled");
      }
      send(to);
      machine.completed();
    } catch (ChardevException e) {
      machine.failed(e.getMessage());
    } catch (IOException e) {
      machine.failed("Unable to write to " + kind + ": " + reason(e));
    } catch (RuntimeException e) {
      LOG.error("an outgoing migration failed", e);
      machine.failed(e.toString());
    } finally {
      Outlet to = outlet;
      if (to != null) {
        to.abort();
        Quietly.close(to.stream());
      }
    }
  }

  /// A command that ended has its pipe closed by Java.
  private static String reason(IOException e) {
    return "Stream closed".equals(e.getMessage()) ? "Broken pipe" : e.getMessage();
  }

  private synchronized boolean use(Outlet to) {
    outlet = to;
    return !aborted;
  }

  private void send(Outlet to) throws IOException {
    OutputStream buffered = new BufferedOutputStream(to.stream(), BUFFER);
    out = new StreamWriter(buffered);
    out.section(shape);
    Optional<OutgoingRam> ram = image.outgoing();
    ram.ifPresent(OutgoingRam::begin);
    statistics.begin(ram, out, downtimeLimit.getAsLong());
    pass();
    machine.active();
    measuredAt = paceAt = System.nanoTime();
    if (ram.isPresent()) {
      whileItRuns(ram.get());
    }
    statistics.stopped();
    await(machine.stop());
    await(machine.switchover());
    if (ram.isPresent()) {
      pass();
      whatIsLeft(ram.get());
    }
    for (Section section : image.save()) {
      out.section(section);
    }
    for (Section section : await(machine.rest())) {
      out.section(section);
    }
    if (ram.isPresent()) {
      whatIsLeft(ram.get()); // a device may have been in the middle of something
    }
    out.end();
    buffered.flush();
    to.close();
    statistics.ended();
  }

  private void whileItRuns(OutgoingRam ram) throws IOException {
    while (true) {
      check();
      if (ram.remaining() * Progress.PAGE < threshold) {
        statistics.written(ram.collect());
        pass();
      }
      if (ram.remaining() == 0 || ram.remaining() * Progress.PAGE < threshold) {
        return;
      }
      long until = System.nanoTime() + TURN_NANOS;
      while (ram.remaining() > 0 && System.nanoTime() - until < 0) {
        ram.send(out);
        statistics.update();
        keepPace();
      }
      measure();
    }
  }

  private void whatIsLeft(OutgoingRam ram) throws IOException {
    ram.collect();
    while (ram.remaining() > 0) {
      check();
      ram.send(out);
      statistics.update();
    }
  }

  private void pass() {
    machine.pass(statistics.pass());
  }

  private void measure() {
    long passed = System.nanoTime() - measuredAt;
    if (passed >= SPEED_NANOS) {
      long bytes = out.bytes() - measuredBytes;
      threshold = (long) ((double) bytes / passed * MILLI * downtimeLimit.getAsLong());
      statistics.speed(bytes, passed);
      measuredAt += passed;
      measuredBytes += bytes;
    }
  }

  /// Sleeps when more was sent than is allowed since the last time that nothing was too much.
  private void keepPace() throws IOException {
    long most = maxBandwidth.getAsLong();
    if (most <= 0) {
      return;
    }
    long sent = out.bytes() - paceBytes;
    double due = sent * 1e9 / most;
    long passed = System.nanoTime() - paceAt;
    if (due < passed) {
      paceAt += passed;
      paceBytes += sent;
    } else if (due - passed > MILLI) {
      out.flush();
      sleep((long) Math.min((due - passed) / MILLI, SPEED_NANOS / MILLI));
    }
  }

  private synchronized void sleep(long millis) throws IOException {
    try {
      check();
      wait(Math.max(millis, 1));
      check();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Operation canceled", e);
    }
  }

  private synchronized void check() throws IOException {
    if (aborted) {
      throw new IOException("Operation canceled");
    }
  }

  private <T> T await(CompletableFuture<T> what) throws IOException {
    synchronized (this) {
      check();
      waiting = what;
    }
    try {
      return what.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } catch (InterruptedException | CancellationException e) {
      throw new IOException("Operation canceled", e);
    } finally {
      synchronized (this) {
        waiting = null;
      }
    }
  }
}
