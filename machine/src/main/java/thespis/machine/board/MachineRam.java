package thespis.machine.board;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.PhysMap;

/// Guest RAM from the host: on Linux a memfd mapped shared and without reservation, so that any size costs only what
/// the guest touches, and a clone can map the same pages. Elsewhere memory from the JVM.
public final class MachineRam {
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
    return Libc.AVAILABLE ? memfd(bytes) : new GuestRam(bytes);
  }

  private static GuestRam memfd(long bytes) {
    int fd;
    long address;
    try (Arena names = Arena.ofConfined()) {
      fd = (int) Libc.MEMFD_CREATE.invokeExact(names.allocateFrom("thespis-ram"), MFD_CLOEXEC);
    } catch (Throwable e) {
      throw new IllegalStateException("memfd_create", e);
    }
    if (fd < 0) {
      return new GuestRam(bytes);
    }
    try {
      int sized = (int) Libc.FTRUNCATE.invokeExact(fd, bytes);
      address = sized != 0
          ? MAP_FAILED
          : (long) Libc.MMAP.invokeExact(0L, bytes, PROT_READ_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0L);
      int closed = (int) Libc.CLOSE.invokeExact(fd);
      if (address == MAP_FAILED || closed != 0) {
        throw new OutOfMemoryError("cannot set up guest memory 'pc.ram': " + bytes + " bytes");
      }
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("mapping guest RAM", e);
    }
    Arena arena = Arena.ofShared();
    MemorySegment mapped = MemorySegment.ofAddress(address).reinterpret(bytes, arena, s -> unmap(s.address(), bytes));
    return new GuestRam(arena, mapped, bytes);
  }

  private static void unmap(long address, long bytes) {
    try {
      int result = (int) Libc.MUNMAP.invokeExact(address, bytes);
      if (result != 0) {
        throw new IllegalStateException("munmap of guest RAM failed");
      }
    } catch (Throwable e) {
      throw new IllegalStateException("munmap of guest RAM", e);
    }
  }

  /// The five calls, where the C library has them.
  private static final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    static final MethodHandle MEMFD_CREATE = find(
        "memfd_create",
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    static final MethodHandle FTRUNCATE =
        find("ftruncate", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    static final MethodHandle MMAP = find(
        "mmap",
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG));
    static final MethodHandle MUNMAP =
        find("munmap", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    static final MethodHandle CLOSE =
        find("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    static final boolean AVAILABLE = System.getProperty("os.name").equals("Linux")
        && MEMFD_CREATE != null
        && FTRUNCATE != null
        && MMAP != null
        && MUNMAP != null
        && CLOSE != null;

    private static MethodHandle find(String name, FunctionDescriptor type) {
      return LINKER.defaultLookup().find(name).map(a -> LINKER.downcallHandle(a, type)).orElse(null);
    }
  }
}
