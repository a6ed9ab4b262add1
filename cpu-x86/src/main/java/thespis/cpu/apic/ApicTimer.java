package thespis.cpu.apic;

import java.util.function.IntConsumer;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.StateIo;

/// A local APIC's timer: it counts down once each nanosecond of guest time, divided, or waits for a value of the time-stamp
/// counter. SDM Vol. 3A "APIC Timer". Only its expiry comes on another thread than the processor's.
final class ApicTimer {
  /// A guest may ask for more interrupts than it can take.
  private static final long SHORTEST_PERIOD = 1000;

  private final Cpu cpu;
  private final GuestClock clock;
  private final LocalVectorTable lvt;
  private final IntConsumer interrupt;
  private final GuestClock.Timer timer;

  private int divide;
  private int initialCount;
  private long countStart;
  private long tscDeadline;

  /// The one-shot count has run out and its interrupt was raised (or was masked).
  private volatile boolean expired;

  /// @param lvt says how it counts
  /// @param interrupt is told of the vector where it has run out and is not masked
  ApicTimer(Cpu cpu, GuestClock clock, String name, LocalVectorTable lvt, IntConsumer interrupt) {
    this.cpu = cpu;
    this.clock = clock;
    this.lvt = lvt;
    this.interrupt = interrupt;
    this.timer = clock.timer(name, this::expire);
  }

  void reset() {
    divide = 0;
    initialCount = 0;
    tscDeadline = 0;
    timer.cancel();
  }

  void cancel() {
    timer.cancel();
  }

  int divide() {
    return divide;
  }

  void setDivide(int value) {
    countStart = clock.nanos();
    divide = value & 0xB;
    arm();
  }

  int initialCount() {
    return initialCount;
  }

  void setInitialCount(int value) {
    initialCount = value;
    countStart = clock.nanos();
    expired = false;
    arm();
  }

  int currentCount() {
    if (initialCount == 0 || lvt.timerMode() == LocalVectorTable.TSC_DEADLINE) {
      return 0;
    }
    long passed = (clock.measured() - countStart) / divisor();
    long count = Integer.toUnsignedLong(initialCount);
    if (periodic()) {
      return (int) (count - passed % count);
    }
    return passed >= count ? 0 : (int) (count - passed);
  }

  /// The timer's entry of the table was written. SDM Vol. 3A "TSC-Deadline Mode": a change from or to that mode disarms the
  /// timer.
  ///
  /// @param before the mode it had
  void entryWritten(int before) {
    int mode = lvt.timerMode();
    if (mode != before) {
      timer.cancel();
      tscDeadline = 0;
      boolean disarms = mode == LocalVectorTable.TSC_DEADLINE || before == LocalVectorTable.TSC_DEADLINE;
      initialCount = disarms ? 0 : initialCount;
    }
    arm();
  }

  private boolean periodic() {
    return periodic(lvt.get(LocalVectorTable.TIMER));
  }

  private static boolean periodic(int entry) {
    return (entry & LocalVectorTable.PERIODIC) != 0;
  }

  private int divisor() {
    int code = divide & 3 | divide >>> 1 & 4;
    return code == 7 ? 1 : 2 << code;
  }

  private long period() {
    return Integer.toUnsignedLong(initialCount) * divisor();
  }

  private void arm() {
    if (lvt.timerMode() == LocalVectorTable.TSC_DEADLINE) {
      return;
    }
    if (initialCount == 0) {
      timer.cancel();
      return;
    }
    long deadline = countStart + period();
    if (periodic()) {
      long now = clock.nanos();
      if (deadline <= now) {
        deadline = now + period() - (now - countStart) % period();
      }
    } else if (expired) {
      return;
    }
    timer.arm(deadline);
  }

  private void expire() {
    int entry = lvt.get(LocalVectorTable.TIMER); // once: the guest may write it meanwhile
    if (LocalVectorTable.timerMode(entry) == LocalVectorTable.TSC_DEADLINE) {
      tscDeadline = 0;
    } else if (periodic(entry) && initialCount != 0) {
      long now = clock.nanos();
      long period = Math.max(period(), SHORTEST_PERIOD);
      timer.arm(now + period - (now - countStart) % period);
    } else {
      expired = true;
    }
    if (!LocalVectorTable.isMasked(entry)) {
      interrupt.accept(LocalVectorTable.vector(entry));
    }
  }

  /// IA32_TSC_DEADLINE. SDM Vol. 3A "TSC-Deadline Mode".
  void setTscDeadline(long value) {
    if (lvt.timerMode() != LocalVectorTable.TSC_DEADLINE) {
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

  long tscDeadline() {
    return tscDeadline;
  }

  /// What it goes by (guest time, the offset of the time-stamp counter, the table) is loaded before.
  void state(StateIo io) {
    divide = io.u8("divide", divide);
    initialCount = io.u32("initial-count", initialCount);
    countStart = io.u64("count-start", countStart);
    expired = io.bool("expired", expired);
    long deadline = io.u64("tsc-deadline", tscDeadline);
    if (io.loading()) {
      timer.cancel();
      tscDeadline = 0;
      setTscDeadline(deadline);
      arm();
    }
  }
}
