package thespis.machine.board;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.HostCall;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;

/// Guest RAM from the host: on Linux a memfd mapped shared and without reservation, so that any size costs only what
/// the guest touches, and a clone can map the same pages. Elsewhere memory from the JVM.
public final class MachineRam {
  private static final byte[] NAME = "thespis-ram\0".getBytes(StandardCharsets.US_ASCII);
  private static final int MFD_CLOEXEC = 1;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final int MAP_NORESERVE = 0x4000;
  private static final long MAP_FAILED = -1;

  private MachineRam() {}

  /// @param bytes whole pages
  public static GuestRam allocate(long bytes) {
    if (bytes <= 0 || bytes % PhysMap.PAGE_SIZE != 0) {
      throw new IllegalArgumentException("RAM size is not a multiple of the page size: " + bytes);
    }
    return System.getProperty("os.name").equals("Linux") && Libc.MEMFD_CREATE.isPresent()
        ? memfd(bytes)
        : new GuestRam(bytes);
  }

  private static GuestRam memfd(long bytes) {
    int fd;
    long name = Mem.allocate(NAME.length);
    try {
      Mem.copyIn(NAME, 0, name, NAME.length);
      fd = Libc.MEMFD_CREATE.orElseThrow().call(name, MFD_CLOEXEC, 0);
    } finally {
      Mem.free(name);
    }
    if (fd < 0) {
      return new GuestRam(bytes);
    }
    long address = Libc.FTRUNCATE.call(fd, bytes, 0) != 0
        ? MAP_FAILED
        : Libc.MMAP.call(0, bytes, PROT_READ_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (Libc.CLOSE.call(fd, 0, 0) != 0 || address == MAP_FAILED) {
      throw new OutOfMemoryError("cannot set up guest memory 'pc.ram': " + bytes + " bytes");
    }
    Arena arena = Arena.ofShared();
    MemorySegment mapped = MemorySegment.ofAddress(address).reinterpret(bytes, arena, s -> unmap(s.address(), bytes));
    return new GuestRam(arena, mapped, bytes);
  }

  private static void unmap(long address, long bytes) {
    if (Libc.MUNMAP.call(address, bytes, 0) != 0) {
      throw new IllegalStateException("munmap of guest RAM failed");
    }
  }

  /// The five calls, where the C library has them.
  private static final class Libc {
    static final Optional<HostCall> MEMFD_CREATE = HostCall.find("memfd_create");
    static final HostCall FTRUNCATE = HostCall.of("ftruncate");
    static final HostCall MMAP = HostCall.of("mmap");
    static final HostCall MUNMAP = HostCall.of("munmap");
    static final HostCall CLOSE = HostCall.of("close");
  }
}
