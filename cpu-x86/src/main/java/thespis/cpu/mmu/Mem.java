package thespis.cpu.mmu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import sun.misc.Unsafe;

/// Raw little-endian access to native memory by absolute address: guest RAM, the vCPU state block, the TLB and the
/// decoded code. Every address handed in must come from a checked source (a TLB entry, a {@link PhysMap} look-up or an
/// allocation of our own). ADR 0002 says why this is `Unsafe` and not a `MemorySegment`.
///
/// Loads are followed by, and stores preceded by, a compiler fence: that is acquire/release, which on x86 hosts costs
/// no instruction and gives the guest its own memory model (SDM Vol. 3A "Memory Ordering in P6 and More Recent
/// Processor Families").
public final class Mem {
  private static final Unsafe U = unsafe();
  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
  private static final long MUCH = 64 << 10;
  private static final int PROT_READ_WRITE = 3;
  private static final int MADV_DONTNEED = 4;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;

  private Mem() {}

  private static Unsafe unsafe() {
    try {
      Field f = Unsafe.class.getDeclaredField("theUnsafe");
      f.setAccessible(true);
      return (Unsafe) f.get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM offers no sun.misc.Unsafe (module jdk.unsupported)", e);
    }
  }

  /// Private data of one thread (state block, TLB, decoded code): no ordering.
  public static byte get8(long a) {
    return U.getByte(a);
  }

  public static short get16(long a) {
    return U.getShort(a);
  }

  public static int get32(long a) {
    return U.getInt(a);
  }

  public static long get64(long a) {
    return U.getLong(a);
  }

  public static void put8(long a, byte v) {
    U.putByte(a, v);
  }

  public static void put16(long a, short v) {
    U.putShort(a, v);
  }

  public static void put32(long a, int v) {
    U.putInt(a, v);
  }

  public static void put64(long a, long v) {
    U.putLong(a, v);
  }

  /// Shared data (guest RAM): acquire loads, release stores.
  public static byte load8(long a) {
    byte v = U.getByte(a);
    U.loadFence();
    return v;
  }

  public static short load16(long a) {
    short v = U.getShort(a);
    U.loadFence();
    return v;
  }

  public static int load32(long a) {
    int v = U.getInt(a);
    U.loadFence();
    return v;
  }

  public static long load64(long a) {
    long v = U.getLong(a);
    U.loadFence();
    return v;
  }

  public static void store8(long a, byte v) {
    U.storeFence();
    U.putByte(a, v);
  }

  public static void store16(long a, short v) {
    U.storeFence();
    U.putShort(a, v);
  }

  public static void store32(long a, int v) {
    U.storeFence();
    U.putInt(a, v);
  }

  public static void store64(long a, long v) {
    U.storeFence();
    U.putLong(a, v);
  }

  /// LOCK CMPXCHG on a dword or quadword. SDM Vol. 3A "Locked Atomic Operations".
  public static boolean cas32(long a, int want, int next) {
    return U.compareAndSwapInt(null, a, want, next);
  }

  public static boolean cas64(long a, long want, long next) {
    return U.compareAndSwapLong(null, a, want, next);
  }

  /// Volatile access for flags that other threads set.
  public static int getVolatile32(long a) {
    return U.getIntVolatile(null, a);
  }

  public static void putVolatile32(long a, int v) {
    U.putIntVolatile(null, a, v);
  }

  public static long getVolatile64(long a) {
    return U.getLongVolatile(null, a);
  }

  public static void putVolatile64(long a, long v) {
    U.putLongVolatile(null, a, v);
  }

  /// MFENCE.
  public static void fullFence() {
    U.fullFence();
  }

  public static long allocate(long bytes) {
    long a = U.allocateMemory(bytes);
    U.setMemory(a, bytes, (byte) 0);
    return a;
  }

  /// Zeroes; if it is much, the host gives each page of it when that is first touched, and has all back when it is freed.
  /// The C library's heap does neither reliably: it keeps what others freed. mmap(2), calloc(3).
  public static long allocateSparse(long bytes) {
    if (!LINUX || bytes < MUCH) {
      return HostCall.of("calloc").call(1, bytes, 0, 0, 0, 0);
    }
    long a = HostCall.of("mmap").call(0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
    if (a == -1) {
      throw new OutOfMemoryError("no memory from the host: " + bytes + " bytes");
    }
    return a;
  }

  /// @param bytes as many as were asked for
  public static void freeSparse(long a, long bytes) {
    if (!LINUX || bytes < MUCH) {
      HostCall.of("free").call(a, 0, 0);
    } else {
      HostCall.of("munmap").call(a, bytes, 0);
    }
  }

  /// The same, for as long as somebody has the segment.
  public static MemorySegment allocateLasting(long bytes) {
    long a = allocateSparse(bytes);
    return MemorySegment.ofAddress(a).reinterpret(bytes, Arena.ofAuto(), gone -> freeSparse(a, bytes));
  }

  /// Its content is of no use any more, but it may still be touched. madvise(2) "MADV_DONTNEED".
  public static void empty(MemorySegment memory) {
    if (LINUX) {
      HostCall.of("madvise").call(memory.address(), memory.byteSize(), MADV_DONTNEED);
    }
  }

  public static long reallocate(long a, long bytes) {
    return U.reallocateMemory(a, bytes);
  }

  public static void free(long a) {
    U.freeMemory(a);
  }

  /// Lets the C library give memory that was freed back to the host, if it can. malloc_trim(3).
  public static void trim() {
    HostCall.find("malloc_trim").ifPresent(trim -> trim.call(0, 0, 0));
  }

  public static void fill(long a, long bytes, byte v) {
    U.setMemory(a, bytes, v);
  }

  public static void copy(long from, long to, long bytes) {
    U.copyMemory(from, to, bytes);
  }

  public static void copyIn(byte[] from, int offset, long to, int bytes) {
    U.copyMemory(from, Unsafe.ARRAY_BYTE_BASE_OFFSET + offset, null, to, bytes);
  }

  public static void copyOut(long from, byte[] to, int offset, int bytes) {
    U.copyMemory(null, from, to, Unsafe.ARRAY_BYTE_BASE_OFFSET + offset, bytes);
  }
}
