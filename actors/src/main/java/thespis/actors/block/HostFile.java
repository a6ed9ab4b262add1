package thespis.actors.block;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import thespis.cpu.mmu.HostCall;

/// What Java does not tell of a file. Linux manual page "stat(2)".
final class HostFile {
  private static final Optional<HostCall> STAT = HostCall.find("stat");
  private static final int STRUCT = 144, BLOCKS = 64;
  private static final int UNIT = 512;

  private HostFile() {}

  /// Bytes that it takes on the disk; 0 if that is not known.
  static long allocated(String path) {
    if (STAT.isEmpty()) {
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment facts = arena.allocate(STRUCT, 8);
      int failed = STAT.get().call(arena.allocateFrom(path).address(), facts.address(), 0);
      return failed == 0 ? facts.get(JAVA_LONG, BLOCKS) * UNIT : 0;
    }
  }
}
