package thespis.cpu.mmu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Host memory that may be executed, from `mmap`. Linux on x86-64.
public final class ExecutableMemory {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;

  private ExecutableMemory() {}

  /// A new mapping that holds `code` and is readable and executable for good.
  public static MemorySegment of(byte[] code) {
    MemorySegment memory = map(code.length);
    MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, 0, code.length);
    return memory;
  }

  /// Readable, writable, executable.
  public static MemorySegment map(long bytes) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup libc = linker.defaultLookup();
    MethodHandle mmap =
        linker.downcallHandle(
            libc.find("mmap").orElseThrow(() -> new IllegalStateException("no mmap")),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    long size = bytes + 4095 & -4096L;
    long address;
    try {
      address =
          (long)
              mmap.invokeExact(
                  0L, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    } catch (Throwable t) {
      throw new IllegalStateException("mmap failed", t);
    }
    if (address == -1) {
      throw new IllegalStateException("the host refuses executable memory");
    }
    return MemorySegment.ofAddress(address).reinterpret(size, Arena.global(), null);
  }

  /// Gives a mapping back. Nothing may run in it.
  public static void unmap(MemorySegment memory) {
    Linker linker = Linker.nativeLinker();
    MethodHandle munmap = linker.downcallHandle(
        linker.defaultLookup().find("munmap").orElseThrow(() -> new IllegalStateException("no munmap")),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try {
      int ignored = (int) munmap.invokeExact(memory.address(), memory.byteSize());
    } catch (Throwable t) {
      throw new IllegalStateException("munmap failed", t);
    }
  }
}
