package thespis.cpu.mmu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// A function of the C library that takes at most six integers or addresses and returns one. All are called as if they
/// took six 64-bit integers: calling conventions pass fewer and smaller ones in the same registers, and the JVM needs
/// several milliseconds for each kind of call. System V ABI "Parameter Passing".
public final class HostCall {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle HANDLE = LINKER.downcallHandle(FunctionDescriptor.of(
      JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private final MemorySegment function;
  private final String name;

  private HostCall(MemorySegment function, String name) {
    this.function = function;
    this.name = name;
  }

  /// Of code of our own, with a name for it.
  public static HostCall at(MemorySegment code, String name) {
    return new HostCall(code, name);
  }

  /// Empty if the C library has no such function.
  public static Optional<HostCall> find(String name) {
    return LINKER.defaultLookup().find(name).map(function -> new HostCall(function, name));
  }

  /// Of a function that every C library has.
  public static HostCall of(String name) {
    return find(name).orElseThrow(() -> new IllegalStateException("no " + name));
  }

  /// What the function returns.
  public long call(long a, long b, long c, long d, long e, long f) {
    try {
      return (long) HANDLE.invokeExact(function, a, b, c, d, e, f);
    } catch (Throwable t) {
      throw new IllegalStateException("calling " + name, t);
    }
  }

  /// Of a function that returns an `int`.
  public int call(long a, long b, long c) {
    return (int) call(a, b, c, 0, 0, 0);
  }
}
