package thespis.actors.migrate;

import java.util.Optional;
import thespis.machine.migrate.OutgoingRam;
import thespis.machine.migrate.StreamWriter;
import thespis.qmp.command.MigrationCommands.RamStatistics;

/// The figures of an outgoing migration. Kept by its thread; {@link #now} is for all.
final class Statistics {
  private static final double MILLI = 1e6;

  private final long asked = System.nanoTime();
  private Optional<OutgoingRam> ram = Optional.empty();
  private StreamWriter out;
  private long total;
  private long begun = asked;
  private long stopped;
  private long bytesAtStop;
  private long passes;
  private double mbps;
  private long pagesPerSecond;
  private long dirtyPagesRate;
  private long pagesSent;
  private long collectedAt = asked;
  private long expectedDowntime;
  private volatile boolean ended;
  private volatile Progress now = new Progress(0, 0, 0, figures());

  /// Whoever takes the stream may be slow: time goes on even so.
  Progress now() {
    Progress p = now;
    return ended ? p : new Progress(p.setupMillis(), millis(System.nanoTime() - asked), p.downtimeMillis(), p.ram());
  }

  private static long millis(long nanos) {
    return (long) (nanos / MILLI);
  }

  /// @param downtime milliseconds that it may take, which is what is expected until more is known
  void begin(Optional<OutgoingRam> pages, StreamWriter stream, long downtime) {
    expectedDowntime = downtime;
    ram = pages;
    out = stream;
    begun = System.nanoTime();
    total = pages.map(OutgoingRam::remaining).orElse(0L) * Progress.PAGE;
    update();
  }

  /// @return the number of the pass that begins
  long pass() {
    passes++;
    update();
    return passes;
  }

  /// Pages that the guest has written to since the last time.
  void written(long pages) {
    long passed = System.nanoTime() - collectedAt;
    collectedAt += passed;
    dirtyPagesRate = (long) (pages * 1e9 / Math.max(passed, 1));
  }

  /// What was sent in the last stretch of time.
  void speed(long bytes, long nanos) {
    long sent = sent();
    mbps = bytes * 8.0 / nanos * 1e3;
    pagesPerSecond = (long) ((sent - pagesSent) * 1e9 / nanos);
    pagesSent = sent;
    double bytesPerMilli = bytes / (nanos / MILLI);
    if (dirtyPagesRate > 0 && bytesPerMilli >= 1) {
      expectedDowntime = (long) (ram.map(OutgoingRam::remaining).orElse(0L) * Progress.PAGE / bytesPerMilli);
    }
  }

  private long sent() {
    return ram.map(r -> r.normal() + r.zero()).orElse(0L);
  }

  void stopped() {
    stopped = System.nanoTime();
    bytesAtStop = out.bytes();
  }

  /// The whole of it in one.
  void ended() {
    long passed = Math.max(System.nanoTime() - begun, 1);
    mbps = out.bytes() * 8.0 / passed * 1e3;
    update();
    ended = true;
  }

  void update() {
    long time = System.nanoTime();
    now = new Progress(
        millis(begun - asked), millis(time - asked), stopped == 0 ? expectedDowntime : millis(time - stopped), figures());
  }

  private RamStatistics figures() {
    long bytes = out == null ? 0 : out.bytes();
    long before = stopped == 0 ? bytes : bytesAtStop;
    long normal = ram.map(OutgoingRam::normal).orElse(0L);
    return new RamStatistics(
        bytes,
        ram.map(OutgoingRam::remaining).orElse(0L) * Progress.PAGE,
        total,
        ram.map(OutgoingRam::zero).orElse(0L),
        0,
        normal,
        normal * Progress.PAGE,
        dirtyPagesRate,
        mbps,
        passes,
        0,
        Progress.PAGE,
        0,
        pagesPerSecond,
        before,
        bytes - before,
        0,
        0);
  }
}
