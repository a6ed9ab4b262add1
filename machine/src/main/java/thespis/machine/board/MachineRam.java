package thespis.machine.board;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.model.ConfigException;

/// Guest RAM from the host: on Linux one block of the address space, into which each part's private memory, memfd or
/// file is mapped without reservation, so that any size costs only what the guest touches. Elsewhere memory from the
/// JVM. Linux manual pages "mmap(2)", "memfd_create(2)", "madvise(2)".
public final class MachineRam {
  private static final int PROT_NONE = 0;
  private static final int MAP_FIXED = 0x10;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int O_RDWR = 2;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_POPULATE_WRITE = 23;

  /// Kernels live from here up (Linux' default load address); a guest that stays below touches little, and would pay
  /// for each page it touches with a large one.
  private static final long LARGE_PAGES_FROM = 16L << 20;

  /// The firmware's tables take a few pages at the end of low RAM.
  private static final long SMALL_PAGES_AT_END = 2L << 20;

  private MachineRam() {}

  static GuestRam allocate(BoardConfig config) {
    return config.ramParts().isEmpty() ? allocate(config.ram()) : allocate(config.ramParts());
  }

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
    long address =
        Mmap.MMAP.call(0, bytes, PROT_NONE, Mmap.MAP_PRIVATE | MAP_ANONYMOUS | Mmap.MAP_NORESERVE, -1, 0);
    if (address == Mmap.FAILED) {
      throw Mmap.outOfMemory(bytes);
    }
    try {
      long at = address;
      for (RamPart part : parts) {
        map(part, at);
        at += part.bytes();
      }
    } catch (ConfigException | OutOfMemoryError e) {
      Mmap.unmap(address, bytes);
      throw e;
    }
    Arena arena = Arena.ofShared();
    MemorySegment mapped =
        MemorySegment.ofAddress(address).reinterpret(bytes, arena, s -> Mmap.unmap(s.address(), bytes));
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
    int fd =
        part.file().map(file -> open(part, file)).orElseGet(() -> part.share() ? Mmap.memfd(part.bytes()) : -1);
    int kind = part.share() ? Mmap.MAP_SHARED : Mmap.MAP_PRIVATE;
    int source = fd < 0 ? MAP_ANONYMOUS : 0;
    long got = Mmap.MMAP.call(
        address, part.bytes(), Mmap.PROT_READ_WRITE, kind | source | MAP_FIXED | Mmap.MAP_NORESERVE, fd, 0);
    if (fd >= 0 && Mmap.CLOSE.call(fd, 0, 0) != 0 || got == Mmap.FAILED) {
      throw Mmap.outOfMemory(part.bytes());
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
      Mmap.MADVISE.call(address + LARGE_PAGES_FROM, length, MADV_HUGEPAGE);
    }
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
      if (Mmap.FTRUNCATE.call(fd, part.bytes(), 0) != 0) {
        throw Mmap.outOfMemory(part.bytes());
      }
      return fd;
    } catch (IOException e) {
      throw notOpened(file);
    }
  }

  private static int open(Path file) {
    try (Arena names = Arena.ofConfined()) {
      int fd = Mmap.OPEN.call(names.allocateFrom(file.toString()).address(), O_RDWR | Mmap.O_CLOEXEC, 0);
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
    if (Mmap.MADVISE.call(address, bytes, MADV_POPULATE_WRITE) != 0) {
      for (long page = address; page < address + bytes; page += PhysMap.PAGE_SIZE) {
        Mem.store64(page, Mem.load64(page));
      }
    }
  }
}
