package thespis.machine.board;

import java.lang.foreign.Arena;
import java.util.Optional;
import thespis.cpu.mmu.HostCall;

/// The C library's calls for memory and what it comes from, and their constants on Linux for x86-64. Linux manual pages
/// "mmap(2)", "memfd_create(2)", "madvise(2)", "open(2)".
final class Mmap {
  static final int MFD_CLOEXEC = 1;
  static final int PROT_READ = 1;
  static final int PROT_READ_WRITE = 3;
  static final int MAP_SHARED = 1;
  static final int MAP_PRIVATE = 2;
  static final int MAP_NORESERVE = 0x4000;
  static final int O_RDONLY = 0;
  static final int O_CLOEXEC = 0x8_0000;
  static final long FAILED = -1;

  static final Optional<HostCall> MEMFD_CREATE = HostCall.find("memfd_create");
  static final HostCall FTRUNCATE = HostCall.of("ftruncate");
  static final HostCall MMAP = HostCall.of("mmap");
  static final HostCall MUNMAP = HostCall.of("munmap");
  static final HostCall MADVISE = HostCall.of("madvise");
  static final HostCall OPEN = HostCall.of("open");
  static final HostCall CLOSE = HostCall.of("close");

  private Mmap() {}

  /// A file without a name. Negative where the system has none to give.
  static int memfd(long bytes) {
    int fd;
    try (Arena names = Arena.ofConfined()) {
      long name = names.allocateFrom("thespis-ram").address();
      fd = MEMFD_CREATE.map(call -> call.call(name, MFD_CLOEXEC, 0)).orElse(-1);
    }
    if (fd >= 0 && FTRUNCATE.call(fd, bytes, 0) != 0) {
      CLOSE.call(fd, 0, 0);
      throw outOfMemory(bytes);
    }
    return fd;
  }

  static OutOfMemoryError outOfMemory(long bytes) {
    return new OutOfMemoryError("cannot set up guest memory 'pc.ram': " + bytes + " bytes");
  }

  static void unmap(long address, long bytes) {
    if (MUNMAP.call(address, bytes, 0) != 0) {
      throw new IllegalStateException("munmap of guest RAM failed");
    }
  }
}
