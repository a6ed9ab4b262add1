package thespis.machine.device.virtio;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import thespis.cpu.run.GuestClock;
import thespis.machine.bus.GuestMemory;
import thespis.cpu.state.StateIo;
import thespis.machine.device.virtio.VirtQueue.Buffer;
import thespis.machine.device.virtio.VirtQueue.Chain;

/// Memory that the guest gives back for as long as the host asks it to. VIRTIO 1.1 "Traditional Memory Balloon Device",
/// and 1.2 for page poison and free page reporting. Left out: free page hints, which speed up migration.
public final class VirtioBalloon extends VirtioDevice {
  public static final long DEFLATE_ON_OOM = 1L << 2;
  public static final long REPORTING = 1L << 5;

  private static final int ID = 5;
  private static final long STATS_VQ = 1L << 1;
  private static final long PAGE_POISON = 1L << 4;
  private static final int INFLATE = 0;
  private static final int STATS = 2;
  private static final int REPORTED = 3;
  private static final int PAGE_SHIFT = 12;
  private static final long PAGE = 1L << PAGE_SHIFT;

  private static final int NUM_PAGES = 0;
  private static final int ACTUAL = 4;
  private static final int POISON = 12;
  private static final int CONFIG_LENGTH = 16;

  /// Chains that are looked at without a pause, and bytes of one buffer.
  private static final int TURNS = 512;
  private static final int MOST = 0x1_0000;

  private static final int STATISTIC = 10;
  private static final long NANOS = 1_000_000_000L;

  /// Seconds between two requests for statistics, at most.
  public static final long LONGEST_INTERVAL = 0xFFFF_FFFFL;

  /// "Memory Statistics Tags", under the names that QEMU gives them.
  public static final List<String> STATISTICS = List.of(
      "stat-swap-in", "stat-swap-out", "stat-major-faults", "stat-minor-faults", "stat-free-memory",
      "stat-total-memory", "stat-available-memory", "stat-disk-caches", "stat-htlb-pgalloc", "stat-htlb-pgfail");

  private final long memory;
  private final long offered;
  private final GuestClock clock;
  private final GuestClock.Timer timer;
  private final GuestClock.Timer more;
  private final byte[] config = new byte[CONFIG_LENGTH];
  private final long[] statistics = new long[STATISTICS.size()];
  private LongConsumer listener = actual -> {};
  private Chain waiting;
  private long interval;
  private long updated;
  private int unfinished;

  /// @param memory bytes that the guest has without it
  /// @param features beyond the usual ones, a bit for each
  public VirtioBalloon(long memory, long features, GuestClock clock) {
    super(ID, (features & REPORTING) == 0 ? new int[] {128, 128, 128} : new int[] {128, 128, 128, 32});
    this.memory = memory;
    this.clock = clock;
    offered = features | STATS_VQ | PAGE_POISON;
    timer = clock.timer("balloon", this::ask);
    more = clock.timer("balloon-queues", this::goOn);
    Arrays.fill(statistics, -1);
  }

  // ---- for the host

  /// @param changed is told how much memory the guest has, whenever that has changed. Any thread
  public void onChange(LongConsumer changed) {
    listener = changed;
  }

  /// Asks the guest to have so many bytes left.
  public void target(long bytes) {
    synchronized (lock()) {
      put32(NUM_PAGES, (int) (memory - Math.min(bytes, memory) >>> PAGE_SHIFT));
      configChanged();
    }
  }

  /// How many bytes it has left.
  public long actual() {
    synchronized (lock()) {
      return memory - (get32(ACTUAL) << PAGE_SHIFT);
    }
  }

  /// Seconds between two requests for statistics; 0 for never.
  public long interval() {
    synchronized (lock()) {
      return interval;
    }
  }

  public void interval(long seconds) {
    synchronized (lock()) {
      interval = seconds;
      timer.cancel();
      if (seconds > 0) {
        arm();
      }
    }
  }

  /// By name; -1 for what the guest has not told.
  public Map<String, Long> statistics() {
    synchronized (lock()) {
      Map<String, Long> all = new LinkedHashMap<>();
      for (int i = 0; i < statistics.length; i++) {
        all.put(STATISTICS.get(i), statistics[i]);
      }
      return all;
    }
  }

  /// When the guest told them, in seconds since 1970; 0 for never.
  public long updated() {
    synchronized (lock()) {
      return updated;
    }
  }

  // ---- for the driver

  @Override
  long features() {
    return offered;
  }

  @Override
  int configLength() {
    return CONFIG_LENGTH;
  }

  @Override
  int readConfig(int offset) {
    return config[offset];
  }

  /// What the driver can say: how many pages it gave, and what is in free ones.
  @Override
  void writeConfig(int offset, int size, long value) {
    long before = get32(ACTUAL);
    for (int i = 0; i < size; i++) {
      int at = offset + i;
      boolean open = at >= ACTUAL && at < ACTUAL + 4 || at >= POISON && agreed(PAGE_POISON);
      if (open) {
        config[at] = (byte) (value >>> 8 * i);
      }
    }
    if (get32(ACTUAL) != before) {
      listener.accept(memory - (get32(ACTUAL) << PAGE_SHIFT));
    }
  }

  private long get32(int at) {
    return (config[at] & 0xFF | (config[at + 1] & 0xFF) << 8 | (config[at + 2] & 0xFF) << 16 | config[at + 3] << 24)
        & 0xFFFF_FFFFL;
  }

  private void put32(int at, int value) {
    for (int i = 0; i < 4; i++) {
      config[at + i] = (byte) (value >>> 8 * i);
    }
  }

  @Override
  void available(int queue) {
    for (int turn = 0; turn < TURNS; turn++) {
      Chain chain = take(queue);
      if (chain == null) {
        return;
      }
      switch (queue) {
        case INFLATE -> chain.readable().forEach(this::inflate);
        case STATS -> told(chain);
        case REPORTED -> reported(chain);
        default -> {
          // deflated: the pages come back when the guest touches them
        }
      }
      if (queue != STATS) {
        giveBack(queue, chain, 0);
      }
    }
    unfinished |= 1 << queue;
    more.arm(clock.nanos());
  }

  /// A driver that never stops must not stop others.
  private void goOn() {
    synchronized (lock()) {
      int queues = unfinished;
      unfinished = 0;
      for (int queue = 0; queues >>> queue != 0; queue++) {
        if ((queues >>> queue & 1) != 0) {
          available(queue);
        }
      }
    }
  }

  /// Unless the guest wants to find its poison in them.
  private void reported(Chain free) {
    if (get32(POISON) == 0 || !agreed(PAGE_POISON)) {
      free.writable().forEach(pages -> discard(pages.address(), pages.length()));
    }
  }

  /// A list of page numbers: neighbours go together.
  private void inflate(Buffer numbers) {
    GuestMemory ram = memory();
    long start = 0;
    long end = 0;
    for (int at = 0; at + 4 <= Math.min(numbers.length(), MOST); at += 4) {
      long page = (ram.get32(numbers.address() + at) & 0xFFFF_FFFFL) << PAGE_SHIFT;
      if (start != end && page == end) {
        end += PAGE;
      } else if (start != end && page == start - PAGE) {
        start = page;
      } else {
        discard(start, end - start);
        start = page;
        end = page + PAGE;
      }
    }
    discard(start, end - start);
  }

  /// Whole pages that are memory; what else the guest names is left alone.
  private void discard(long address, long length) {
    long start = address + PAGE - 1 & -PAGE;
    long end = address + length & -PAGE;
    if (start < end && memory().holds(start, end - start)) {
      memory().discard(start, end - start);
    } else if (end - start > PAGE) {
      long middle = start + (end - start) / 2 & -PAGE;
      discard(start, middle - start);
      discard(middle, end - middle);
    }
  }

  // ---- statistics

  /// A buffer that came without being asked for, when the driver starts, or the answer to the last request. "Memory
  /// Statistics": the device keeps it and gives it back to ask again.
  private void told(Chain chain) {
    if (waiting != null) {
      giveBack(STATS, waiting, 0);
    }
    waiting = chain;
    Arrays.fill(statistics, -1);
    chain.readable().forEach(this::read);
    updated = System.currentTimeMillis() / 1000;
    if (interval > 0) {
      arm();
    }
  }

  private void read(Buffer told) {
    GuestMemory ram = memory();
    for (int at = 0; at + STATISTIC <= Math.min(told.length(), MOST); at += STATISTIC) {
      int tag = ram.get16(told.address() + at);
      if (tag < statistics.length) {
        statistics[tag] = ram.get64(told.address() + at + 2);
      }
    }
  }

  private void arm() {
    timer.arm(clock.nanos() + interval * NANOS);
  }

  /// Time for new ones: if the guest can be asked.
  private void ask() {
    synchronized (lock()) {
      if (interval == 0) {
        return;
      }
      if (waiting == null) {
        arm();
      } else {
        Chain request = waiting;
        waiting = null;
        giveBack(STATS, request, 0);
      }
    }
  }

  // ---- state

  @Override
  void reset() {
    waiting = null;
    unfinished = 0;
    Arrays.fill(config, POISON, CONFIG_LENGTH, (byte) 0);
    if (interval > 0) {
      arm();
    }
  }

  @Override
  void state(StateIo io) {
    io.bytes("balloon-config", config);
    io.longs("statistics", statistics);
    interval = io.within("interval", interval, 0, LONGEST_INTERVAL);
    updated = io.u64("updated", updated);
    unfinished = io.u32("unfinished", unfinished);
    int head = io.u32("stats-head", waiting == null ? -1 : waiting.head());
    if (io.loading()) {
      waiting = head < 0 ? null : new Chain(head, List.of(), List.of());
      timer.cancel();
      if (interval > 0) {
        arm();
      }
      if (unfinished != 0) {
        more.arm(clock.nanos());
      }
    }
  }
}
