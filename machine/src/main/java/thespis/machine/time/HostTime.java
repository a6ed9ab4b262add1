package thespis.machine.time;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import thespis.cpu.jit.HostTsc;
import thespis.cpu.mmu.HostCall;

/// What the host's clocks say.
interface HostTime {
  HostTime SYSTEM = new SystemTime();

  /// Monotonic nanoseconds, as `System.nanoTime` but for a fraction of a microsecond.
  long nanos();

  /// How {@link #nanos} goes with the host's time-stamp counter now, or null where that can't be said.
  default Stretch stretch() {
    return null;
  }

  /// What {@link #nanos} is when the host's monotonic clock, by which timers are served, is this; and the other way round.
  default long fromHost(long hostNanos) {
    return hostNanos;
  }

  default long toHost(long nanos) {
    return nanos;
  }

  /// Nanoseconds for which the current thread had a CPU. On a host that does not tell: all of them.
  long threadNanos();

  /// clock_getres(2) "CLOCK_THREAD_CPUTIME_ID".
  final class SystemTime implements HostTime {
    private static final int CLOCK_THREAD_CPUTIME_ID = 3;
    private static final long SECOND = 1_000_000_000L;
    private static final Optional<HostCall> CLOCK_GETTIME =
        System.getProperty("os.name").equals("Linux") ? HostCall.find("clock_gettime") : Optional.empty();

    private final ThreadLocal<MemorySegment> timespec =
        ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(2 * Long.BYTES, Long.BYTES));

    private final CountedTime counted =
        HostTsc.usable() ? new CountedTime(HostTsc::read, System::nanoTime) : null;

    private SystemTime() {}

    @Override
    public long nanos() {
      return counted != null ? counted.nanos() : System.nanoTime();
    }

    @Override
    public Stretch stretch() {
      return counted != null ? counted.stretch() : null;
    }

    @Override
    public long threadNanos() {
      if (CLOCK_GETTIME.isEmpty()) {
        return System.nanoTime();
      }
      MemorySegment spec = timespec.get();
      if (CLOCK_GETTIME.get().call(CLOCK_THREAD_CPUTIME_ID, spec.address(), 0) != 0) {
        throw new IllegalStateException("clock_gettime failed");
      }
      return spec.get(ValueLayout.JAVA_LONG, 0) * SECOND + spec.get(ValueLayout.JAVA_LONG, Long.BYTES);
    }
  }
}
