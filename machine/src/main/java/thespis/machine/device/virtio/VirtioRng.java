package thespis.machine.device.virtio;

import java.util.function.Consumer;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.device.virtio.VirtQueue.Buffer;
import thespis.machine.device.virtio.VirtQueue.Chain;

/// Random bytes for the guest, not more of them in each period than the user allows. VIRTIO 1.1 "Entropy Device".
public final class VirtioRng extends VirtioDevice {
  private static final int ID = 4;
  private static final int QUEUE = 0;
  private static final int QUEUE_SIZE = 8;
  private static final int MOST_AT_ONCE = 0x1_0000;
  private static final long MILLI = 1_000_000;

  private final Source source;
  private final long quota;
  private final long periodNanos;
  private final GuestClock clock;
  private final GuestClock.Timer timer;
  private final GuestClock.Timer delivery;

  /// They came while the machine stood still; null for none.
  private byte[] late;
  private long left;
  private boolean counting;
  private boolean asked;
  private boolean serving;
  private int epoch;

  /// Where the bytes come from.
  public interface Source {
    /// @param take is called once, on any thread, now or later, with at least one byte and at most so many
    void request(int bytes, Consumer<byte[]> take);
  }

  /// @param quota bytes in a period
  public VirtioRng(Source source, long quota, long periodMillis, GuestClock clock) {
    super(ID, QUEUE_SIZE);
    this.source = source;
    this.quota = quota;
    this.clock = clock;
    periodNanos = periodMillis * MILLI;
    left = quota;
    timer = clock.timer("virtio-rng", this::nextPeriod);
    delivery = clock.timer("virtio-rng-delivery", this::deliverLate);
  }

  @Override
  long features() {
    return 0;
  }

  @Override
  int configLength() {
    return 0;
  }

  @Override
  int readConfig(int offset) {
    return 0;
  }

  @Override
  void writeConfig(int offset, int size, long value) {}

  @Override
  void available(int queue) {
    serve();
  }

  /// One request at a time: what comes meanwhile waits in the queue, and what is in it when the bytes come is filled.
  private void serve() {
    if (serving) {
      return;
    }
    serving = true;
    for (int turn = 0; turn < QUEUE_SIZE && !asked && left > 0; turn++) {
      Chain chain = look(QUEUE);
      if (chain == null) {
        break;
      }
      long room = chain.writable().stream().mapToLong(Buffer::length).sum();
      int wanted = (int) Math.min(room, Math.min(left, MOST_AT_ONCE));
      if (wanted == 0) {
        giveBack(QUEUE, take(QUEUE), 0);
        continue;
      }
      count(wanted);
      asked = true;
      int now = epoch;
      source.request(wanted, bytes -> came(now, bytes));
    }
    serving = false;
  }

  private void count(int bytes) {
    left -= bytes;
    if (!counting) {
      counting = true;
      timer.arm(clock.nanos() + periodNanos);
    }
  }

  private void nextPeriod() {
    synchronized (lock()) {
      left = quota;
      counting = false;
      serve();
    }
  }

  /// Of a request before the last reset nobody wants to know.
  private void came(int when, byte[] bytes) {
    synchronized (lock()) {
      if (when != epoch) {
        return;
      }
      if (clock.isRunning()) {
        deliver(bytes);
      } else {
        late = bytes;
        delivery.arm(clock.nanos());
      }
    }
  }

  private void deliverLate() {
    synchronized (lock()) {
      byte[] bytes = late;
      late = null;
      if (bytes != null) {
        deliver(bytes);
      }
    }
  }

  private void deliver(byte[] bytes) {
    asked = false;
    Chain chain = take(QUEUE);
    if (chain == null) {
      return;
    }
    int done = 0;
    for (Buffer buffer : chain.writable()) {
      int part = Math.min(buffer.length(), bytes.length - done);
      memory().write(buffer.address(), bytes, done, part);
      done += part;
    }
    giveBack(QUEUE, chain, done);
    serve();
  }

  @Override
  void reset() {
    epoch++;
    late = null;
    asked = false;
    counting = false;
    left = quota;
    timer.cancel();
  }

  @Override
  void state(StateIo io) {
    left = io.u64("left", left);
    counting = io.bool("counting", counting);
    if (io.loading()) {
      asked = false;
      late = null;
      epoch++;
      timer.arm(clock.nanos() + (counting ? periodNanos : 0)); // the queue is looked at then
    }
  }
}
