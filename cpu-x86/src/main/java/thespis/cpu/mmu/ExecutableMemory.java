package thespis.cpu.mmu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Host memory that may be executed, from `mmap`, and what it comes from. Linux on x86-64.
public final class ExecutableMemory {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_HUGEPAGE = 14;
  private static final int LARGE_PAGE = 2 << 20;

  private ExecutableMemory() {}

  /// A new mapping that holds `code` and is readable and executable for good.
  public static MemorySegment of(byte[] code) {
    MemorySegment memory = map(code.length);
    MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, 0, code.length);
    return memory;
  }

  /// Readable, writable, executable.
  public static MemorySegment map(long bytes) {
    long size = bytes + 4095 & -4096L;
    long address =
        HostCall.of("mmap").call(0, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == -1) {
      throw new IllegalStateException("the host refuses executable memory");
    }
    return MemorySegment.ofAddress(address).reinterpret(size, Arena.global(), null);
  }

  /// Asks for large pages of the host, if it has some, for what lies at least so many bytes from the begin. madvise(2)
  /// "MADV_HUGEPAGE".
  public static void preferLargePages(MemorySegment memory, long offset) {
    long end = memory.address() + memory.byteSize();
    long from = memory.address() + offset + LARGE_PAGE - 1 & -LARGE_PAGE;
    if (from < end) {
      HostCall.of("madvise").call(from, end - from, MADV_HUGEPAGE);
    }
  }

  /// Nothing that lies there from a page's begin on is needed any more: the host may have it back until it is written again.
  /// madvise(2) "MADV_DONTNEED".
  public static void discard(MemorySegment memory, long from) {
    HostCall.of("madvise").call(from, memory.address() + memory.byteSize() - from, MADV_DONTNEED);
  }

  /// The host may take the whole pages of a mapped file, which are read from there again when they are needed.
  public static void unload(MemorySegment file) {
    discard(file, file.address() + 4095 & -4096L);
  }

  /// Gives a mapping back. Nothing may run in it.
  public static void unmap(MemorySegment memory) {
    HostCall.of("munmap").call(memory.address(), memory.byteSize(), 0);
  }
}
