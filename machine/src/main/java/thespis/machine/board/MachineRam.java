package thespis.machine.board;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.HostCall;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.model.ConfigException;

/// Guest RAM from the host: on Linux one block of the address space, into which each part's private memory, memfd or
/// file is mapped without reservation, so that any size costs only what the guest touches. Elsewhere memory from the
/// JVM. Linux manual pages "mmap(2)", "memfd_create(2)", "madvise(2)".
public final class MachineRam {
  private static final int MFD_CLOEXEC = 1;
  private static final int PROT_NONE = 0;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_FIXED = 0x10;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_POPULATE_WRITE = 23;
  private static final long FAILED = -1;

  /// Kernels live from here up (Linux' default load address); a guest that stays below touches little, and would pay
  /// for each page it touches with a large one.
  private static final long LARGE_PAGES_FROM = 16L << 20;

  /// The firmware's tables take a few pages at the end of low RAM.
  private static final long SMALL_PAGES_AT_END = 2L << 20;

  private MachineRam() {}

  /// @param bytes whole pages
  public static GuestRam allocate(long bytes) {
    return allocate(List.of(new RamPart("pc.ram", bytes)));
  }

  /// @param parts whole pages each
  /// @throws ConfigException with QEMU's text if a file can't be had
  public static GuestRam allocate(List<RamPart> parts) {
    long bytes = parts.stream().mapToLong(RamPart::bytes).sum();
    for (RamPart part : parts) {
      if (part.bytes() <= 0 || part.bytes() % PhysMap.PAGE_SIZE != 0) {
        throw new IllegalArgumentException("RAM size is not a multiple of the page size: " + part.bytes());
      }
    }
    return System.getProperty("os.name").equals("Linux")
        ? mapped(parts, bytes)
        : new GuestRam(bytes);
  }

  private static GuestRam mapped(List<RamPart> parts, long bytes) {
    long address = Libc.MMAP.call(0, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == FAILED) {
      throw outOfMemory(bytes);
    }
    try {
      long at = address;
      for (RamPart part : parts) {
        map(part, at);
        at += part.bytes();
      }
    } catch (ConfigException | OutOfMemoryError e) {
      unmap(address, bytes);
      throw e;
    }
    Arena arena = Arena.ofShared();
    MemorySegment mapped = MemorySegment.ofAddress(address).reinterpret(bytes, arena, s -> unmap(s.address(), bytes));
    GuestRam ram = new GuestRam(arena, mapped, bytes);
    long at = address;
    for (RamPart part : parts) {
      if (part.file().isPresent()) {
        ram.written(at, part.bytes()); // it may hold anything
      }
      at += part.bytes();
    }
    return ram;
  }

  private static void map(RamPart part, long address) {
    int fd = part.file().map(file -> open(part, file)).orElseGet(() -> part.share() ? memfd(part.bytes()) : -1);
    int kind = part.share() ? MAP_SHARED : MAP_PRIVATE;
    int source = fd < 0 ? MAP_ANONYMOUS : 0;
    long got = Libc.MMAP.call(
        address, part.bytes(), PROT_READ_WRITE, kind | source | MAP_FIXED | MAP_NORESERVE, fd, 0);
    if (fd >= 0 && Libc.CLOSE.call(fd, 0, 0) != 0 || got == FAILED) {
      throw outOfMemory(part.bytes());
    }
    askForLargePages(address, part.bytes());
    if (part.prealloc()) {
      populate(address, part.bytes());
    }
  }

  /// The host's large pages, if it has some for this kind of memory: fewer page faults at boot, and fewer misses of the
  /// host's own TLB.
  private static void askForLargePages(long address, long bytes) {
    long length = bytes - LARGE_PAGES_FROM - SMALL_PAGES_AT_END;
    if (length > 0) {
      Libc.MADVISE.call(address + LARGE_PAGES_FROM, length, MADV_HUGEPAGE);
    }
  }

  /// Negative where the system has no such file to give.
  private static int memfd(long bytes) {
    int fd;
    try (Arena names = Arena.ofConfined()) {
      long name = names.allocateFrom("thespis-ram").address();
      fd = Libc.MEMFD_CREATE.map(call -> call.call(name, MFD_CLOEXEC, 0)).orElse(-1);
    }
    if (fd >= 0 && Libc.FTRUNCATE.call(fd, bytes, 0) != 0) {
      Libc.CLOSE.call(fd, 0, 0);
      throw outOfMemory(bytes);
    }
    return fd;
  }

  /// In a folder, a new file that has no name any more when this returns.
  private static int open(RamPart part, Path file) {
    if (!Files.isDirectory(file)) {
      return open(file);
    }
    try {
      Path nameless = Files.createTempFile(file, "qemu_back_mem." + part.backend() + ".", "");
      int fd = open(nameless);
      Files.delete(nameless);
      if (Libc.FTRUNCATE.call(fd, part.bytes(), 0) != 0) {
        throw outOfMemory(part.bytes());
      }
      return fd;
    } catch (IOException e) {
      throw notOpened(file);
    }
  }

  private static int open(Path file) {
    try (Arena names = Arena.ofConfined()) {
      int fd = Libc.OPEN.call(names.allocateFrom(file.toString()).address(), O_RDWR | O_CLOEXEC, 0);
      if (fd < 0) {
        throw notOpened(file);
      }
      return fd;
    }
  }

  private static ConfigException notOpened(Path file) {
    return new ConfigException("can't open backing store " + file + " for guest RAM: Permission denied");
  }

  /// Linux before 5.14 has no call for it.
  private static void populate(long address, long bytes) {
    if (Libc.MADVISE.call(address, bytes, MADV_POPULATE_WRITE) != 0) {
      for (long page = address; page < address + bytes; page += PhysMap.PAGE_SIZE) {
        Mem.store64(page, Mem.load64(page));
      }
    }
  }

  private static OutOfMemoryError outOfMemory(long bytes) {
    return new OutOfMemoryError("cannot set up guest memory 'pc.ram': " + bytes + " bytes");
  }

  private static void unmap(long address, long bytes) {
    if (Libc.MUNMAP.call(address, bytes, 0) != 0) {
      throw new IllegalStateException("munmap of guest RAM failed");
    }
  }

  /// The calls, where the C library has them.
  private static final class Libc {
    static final Optional<HostCall> MEMFD_CREATE = HostCall.find("memfd_create");
    static final HostCall FTRUNCATE = HostCall.of("ftruncate");
    static final HostCall MMAP = HostCall.of("mmap");
    static final HostCall MUNMAP = HostCall.of("munmap");
    static final HostCall MADVISE = HostCall.of("madvise");
    static final HostCall OPEN = HostCall.of("open");
    static final HostCall CLOSE = HostCall.of("close");
  }
}
