package thespis.cpu.silicon;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Assumptions;
import thespis.cpu.mmu.Mem;

/// Runs a piece of user-mode code on the host's own processor with all sixteen general registers and the flags given,
/// RSP too. It lies at an address below 1 GiB that is free in this process, so that a guest can have the same code,
/// data and stack at the same addresses and every register can be compared. The code must not fault: the JVM would get
/// the signal.
public final class SiliconCode implements AutoCloseable {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle CALL = LINKER.downcallHandle(FunctionDescriptor.ofVoid());
  private static final MethodHandle MMAP = libc("mmap", FunctionDescriptor.of(ValueLayout.JAVA_LONG,
      ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
      ValueLayout.JAVA_LONG));
  private static final MethodHandle MUNMAP = libc("munmap",
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
  private static final int PRIVATE_ANONYMOUS_NOREPLACE = 0x10_0022;

  public static final long BYTES = 2 << 20;
  private static final long LOWEST = 0x1000_0000L;
  private static final long LIMIT = 0x4000_0000L;
  private static final long STEP = 32 << 20;

  /// Where everything lies, here and in the guest: 2 MiB.
  public static final long BASE = free();

  public static final long CODE = BASE + 0x1000;
  public static final long DATA = BASE + 0x40000;
  public static final int DATA_BYTES = 512;

  /// RSP at the start; what lies within {@link #STACK_BYTES} below and above it can be compared. Far more room below:
  /// a signal handler's frame may have to go there.
  public static final long STACK = BASE + 0x88000;

  public static final int STACK_BYTES = 256;
  private static final long IN = BASE + 0x20000;
  private static final long ENTRY = IN + 0x1000;
  private static final long OUT = IN + 0x2000;
  private static final long LEAVE = BASE + 0x30000;
  private static final int FLAGS = 128;
  private static final int HOST_RSP = 136;

  private final MemorySegment entry = MemorySegment.ofAddress(ENTRY);

  private static MethodHandle libc(String name, FunctionDescriptor type) {
    return LINKER.defaultLookup().find(name).map(f -> LINKER.downcallHandle(f, type)).orElse(null);
  }

  public SiliconCode() {
    Silicon.assumePresent();
    Assumptions.assumeTrue(map(BASE), "no address is free here");
    long e = bytes(ENTRY, 0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57); // push rbx rbp r12-r15
    e = move(e, 0x89, 4, OUT + HOST_RSP);
    e = absolute(bytes(e, 0xFF, 0x34, 0x25), IN + FLAGS); // push [flags]; popfq
    e = bytes(e, 0x9D);
    for (int r = 0; r < 16; r++) {
      e = move(e, 0x8B, r, IN + 8L * r);
    }
    jump(e, CODE);
    long l = LEAVE;
    for (int r = 0; r < 16; r++) {
      l = move(l, 0x89, r, OUT + 8L * r);
    }
    l = move(l, 0x8B, 4, OUT + HOST_RSP);
    l = absolute(bytes(l, 0x9C, 0x8F, 0x04, 0x25), OUT + FLAGS); // pushfq; pop [flags]
    bytes(l, 0xFC, 0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5D, 0x5B, 0xC3);
  }

  /// The first address where nothing of the process lies.
  private static long free() {
    for (long at = LOWEST; at < LIMIT && MMAP != null; at += STEP) {
      if (map(at)) {
        unmap(at);
        return at;
      }
    }
    return LOWEST;
  }

  private static boolean map(long at) {
    try {
      return (long) MMAP.invokeExact(at, BYTES, 7, PRIVATE_ANONYMOUS_NOREPLACE, -1, 0L) == at;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  private static long bytes(long at, int... bytes) {
    long a = at;
    for (int b : bytes) {
      Mem.put8(a++, (byte) b);
    }
    return a;
  }

  private static long absolute(long at, long address) {
    Mem.put32(at, (int) address);
    return at + 4;
  }

  private static long move(long at, int opcode, int reg, long address) {
    return absolute(bytes(at, 0x48 | reg >> 3 << 2, opcode, 4 | (reg & 7) << 3, 0x25), address);
  }

  private static void jump(long at, long target) {
    absolute(bytes(at, 0xE9), target - (at + 5));
  }

  /// Puts the code to its place, with a jump behind it that leads back.
  public void code(byte[] code) {
    Mem.copyIn(code, 0, CODE, code.length);
    jump(CODE + code.length, LEAVE);
  }

  public void reg(int n, long v) {
    Mem.put64(IN + 8L * n, v);
  }

  public long reg(int n) {
    return Mem.get64(OUT + 8L * n);
  }

  public void flags(long v) {
    Mem.put64(IN + FLAGS, v);
  }

  public int flags() {
    return Mem.get32(OUT + FLAGS);
  }

  public void run() {
    try {
      CALL.invokeExact(entry);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  @Override
  public void close() {
    unmap(BASE);
  }

  private static void unmap(long at) {
    try {
      int failed = (int) MUNMAP.invokeExact(at, BYTES);
      if (failed != 0) {
        throw new IllegalStateException("munmap failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }
}
