package thespis.cpu.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import thespis.cpu.mmu.HostCall;

/// For threads that run for some microseconds when their moment comes: asks the host to let them on at once, though the
/// threads that run have not used up their own slices yet. sched_setattr(2) "sched_runtime", which for ordinary threads
/// is a wish for the slice's length since Linux 6.12 and nothing before. Other hosts are not asked.
public final class ShortSlices {
  private static final long SLICE_NANOS = 100_000;

  // ---- numbers of calls on x86-64, and struct sched_attr
  private static final long SCHED_SETATTR = 314;
  private static final long SCHED_GETATTR = 315;
  private static final int ATTR_BYTES = 48;
  private static final int RUNTIME = 24;

  private ShortSlices() {}

  /// For the calling thread. Its niceness and policy stay what they are.
  public static void askFor() {
    if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
      return;
    }
    HostCall syscall = HostCall.of("syscall");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attr = arena.allocate(ATTR_BYTES, Long.BYTES);
      if (syscall.call(SCHED_GETATTR, 0, attr.address(), ATTR_BYTES, 0, 0) == 0) {
        attr.set(ValueLayout.JAVA_LONG, RUNTIME, SLICE_NANOS);
        syscall.call(SCHED_SETATTR, 0, attr.address(), 0, 0, 0);
      }
    }
  }
}
