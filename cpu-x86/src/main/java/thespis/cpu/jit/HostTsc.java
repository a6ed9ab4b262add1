package thespis.cpu.jit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import thespis.cpu.mmu.ExecutableMemory;
import thespis.cpu.mmu.HostCall;

/// The host's time-stamp counter, where it is a clock: it counts at one rate whatever the processor does, and the host
/// itself takes it for all its processors' time. SDM Vol. 3B "Invariant TSC".
public final class HostTsc {
  /// long f(): the counter once all that stands before has been executed.
  private static final byte[] CODE = {
    0x0F, (byte) 0xAE, (byte) 0xE8, // lfence
    0x0F, 0x31, // rdtsc
    0x48, (byte) 0xC1, (byte) 0xE2, 0x20, // shl rdx, 32
    0x48, 0x09, (byte) 0xD0, // or rax, rdx
    (byte) 0xC3 // ret
  };

  private static final Path SOURCE = Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  private static final HostCall READ = reader();

  private HostTsc() {}

  public static boolean usable() {
    return READ != null;
  }

  /// The counter of the processor that this runs on, which is the same on all.
  public static long read() {
    return READ.call(0, 0, 0, 0, 0, 0);
  }

  private static HostCall reader() {
    if (!NativeEngine.available() || !HostCheck.has("constant_tsc") || !HostCheck.has("nonstop_tsc")) {
      return null;
    }
    try {
      if (!Files.readString(SOURCE).strip().equals("tsc")) {
        return null;
      }
      return HostCall.at(ExecutableMemory.of(CODE), "the time-stamp counter");
    } catch (IOException | IllegalStateException e) {
      return null; // a host that does not tell what its clock is, or forbids executable memory
    }
  }
}
