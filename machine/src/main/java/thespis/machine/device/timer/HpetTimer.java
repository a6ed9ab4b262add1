package thespis.machine.device.timer;

import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;

/// One comparator of the {@link Hpet}, serialised by its lock. IA-PC HPET Specification 1.0a, "Timer N Configuration and
/// Capabilities Register", "Timer N Comparator Register", "Comparator Capabilities and Timer Operation Modes".
///
/// As in QEMU, a one-shot comparator that the counter has passed already matches at once, and does not match again when
/// the counter comes round.
final class HpetTimer {
  private static final int CONFIG = 0x00, COMPARATOR = 0x08, FSB_ROUTE = 0x10;
  private static final long LEVEL = 0x02, INT_ENABLE = 0x04, PERIODIC = 0x08, PERIODIC_CAPABLE = 0x10;
  private static final long SIZE_64_CAPABLE = 0x20, VALUE_SET = 0x40, MODE_32 = 0x100;
  private static final long WRITABLE = 0x7F4E;
  private static final int ROUTE_SHIFT = 9, ROUTE_MASK = 0x1F;
  private static final long DWORD = 0xFFFF_FFFFL;
  private static final long UNSET = -1L;
  /// No guest has the timer thread for itself.
  private static final long SHORTEST_PERIOD_NANOS = 20_000;

  private final Hpet hpet;
  private final int number;
  private final long capabilities;
  private final GuestClock clock;
  private final GuestClock.Timer timer;

  private long config, comparator = UNSET, period, fsbRoute;
  private boolean armed;
  private long matchNanos;

  HpetTimer(Hpet hpet, GuestClock clock, int number, int routes) {
    this.hpet = hpet;
    this.clock = clock;
    this.number = number;
    capabilities = (routes & DWORD) << 32 | PERIODIC_CAPABLE | SIZE_64_CAPABLE;
    config = capabilities;
    timer = clock.timer("hpet" + number, () -> {
      synchronized (hpet) {
        if (armed && clock.nanos() >= matchNanos) {
          match();
        }
      }
    });
  }

  void reset() {
    stop();
    comparator = UNSET;
    config = capabilities;
    period = fsbRoute = 0;
  }

  long read(int offset) {
    return switch (offset) {
      case CONFIG -> config;
      case COMPARATOR -> comparator;
      case FSB_ROUTE -> fsbRoute;
      default -> 0;
    };
  }

  void write(int offset, long value, long mask) {
    switch (offset) {
      case CONFIG -> writeConfig(value, mask & WRITABLE);
      case COMPARATOR -> writeComparator(value, mask);
      case FSB_ROUTE -> fsbRoute = fsbRoute & ~mask | value & mask;
      default -> { }
    }
  }

  private void writeConfig(long value, long mask) {
    boolean wasEnabled = interrupts();
    config = config & ~mask | value & mask;
    if (is32()) {
      comparator &= DWORD;
      period &= DWORD;
    }
    if (wasEnabled && !interrupts()) {
      stop();
    } else if (!wasEnabled && interrupts()) {
      schedule();
    }
  }

  /// In periodic mode the comparator is set only after "value set" was written, and the period always.
  private void writeComparator(long value, long mask) {
    if (!periodic() || (config & VALUE_SET) != 0) {
      comparator = comparator & ~mask | value & mask;
    }
    if (periodic()) {
      period = (period & ~mask | value & mask) & (is32() ? DWORD : UNSET) >>> 1;
    }
    config &= ~VALUE_SET;
    schedule();
  }

  void state(StateIo io) {
    String prefix = "timer" + number + "-";
    config = io.u64(prefix + "config", config);
    comparator = io.u64(prefix + "cmp", comparator);
    period = io.u64(prefix + "period", period);
    fsbRoute = io.u64(prefix + "fsb", fsbRoute);
    armed = io.bool(prefix + "armed", armed);
    matchNanos = io.u64(prefix + "match", matchNanos);
    if (io.loading()) {
      if (armed) {
        timer.arm(matchNanos);
      } else {
        timer.cancel();
      }
    }
  }

  /// The main counter was started or halted.
  void counterTurned() {
    if (!hpet.enabled()) {
      stop();
    } else if (comparator != UNSET) {
      schedule();
    }
  }

  private boolean is32() {
    return (config & MODE_32) != 0;
  }

  private boolean periodic() {
    return (config & PERIODIC) != 0;
  }

  private boolean interrupts() {
    return (config & INT_ENABLE) != 0;
  }

  private void schedule() {
    if (hpet.enabled() && interrupts()) {
      long now = hpet.counter();
      arm(hpet.nanosAt(now + Math.max(0, distance(now))));
    }
  }

  private void arm(long nanos) {
    armed = true;
    matchNanos = nanos;
    timer.arm(nanos);
  }

  /// Ticks from `now` to the comparator, negative when it was passed; 32-bit mode looks at the low half only.
  private long distance(long now) {
    return is32() ? (int) comparator - (int) now : comparator - now;
  }

  private void stop() {
    armed = false;
    timer.cancel();
    lower();
  }

  void lower() {
    hpet.setStatus(number, false);
    hpet.output(number, route()).set(false);
  }

  private int route() {
    return (int) config >>> ROUTE_SHIFT & ROUTE_MASK;
  }

  private void match() {
    armed = false;
    if (periodic() && period != 0) {
      long now = hpet.counter();
      long late = Math.max(0, -distance(now));
      comparator += (late / period + 1) * period;
      if (is32()) {
        comparator &= DWORD;
      }
      long next = hpet.nanosAt(now + distance(now));
      boolean tooShort = hpet.nanosAt(now + period) - hpet.nanosAt(now) < SHORTEST_PERIOD_NANOS;
      arm(tooShort ? Math.max(next, clock.nanos() + SHORTEST_PERIOD_NANOS) : next);
    }
    if ((config & LEVEL) != 0) {
      hpet.setStatus(number, true);
      hpet.output(number, route()).set(true);
    } else {
      hpet.output(number, route()).pulse();
    }
  }
}
