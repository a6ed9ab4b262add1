package thespis.cpu.mmu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Atomic compare-and-exchange of 16 bytes, which the JVM does not offer: a few bytes of machine code on x86-64 hosts,
/// one lock for all machines elsewhere (atomic among guests' own LOCK CMPXCHG16B only).
final class Cas128 {
  /// int f(rdi: address, rsi: expected and old, rdx: next low, rcx: next high), System V calling convention.
  private static final byte[] CODE = {
    0x53, // push rbx
    0x48, (byte) 0x89, (byte) 0xD3, // mov rbx, rdx
    0x48, (byte) 0x8B, 0x06, // mov rax, [rsi]
    0x48, (byte) 0x8B, 0x56, 0x08, // mov rdx, [rsi+8]
    (byte) 0xF0, 0x48, 0x0F, (byte) 0xC7, 0x0F, // lock cmpxchg16b [rdi]
    0x48, (byte) 0x89, 0x06, // mov [rsi], rax
    0x48, (byte) 0x89, 0x56, 0x08, // mov [rsi+8], rdx
    0x0F, (byte) 0x94, (byte) 0xC0, // sete al
    0x0F, (byte) 0xB6, (byte) 0xC0, // movzx eax, al
    0x5B, // pop rbx
    (byte) 0xC3 // ret
  };

  private static final Object LOCK = new Object();
  private static final HostCall NATIVE = load();

  private Cas128() {}

  static boolean compareAndSet(long a, long low, long high, long nextLow, long nextHigh, long[] old) {
    if (NATIVE == null) {
      synchronized (LOCK) {
        old[0] = Mem.load64(a);
        old[1] = Mem.load64(a + 8);
        boolean same = old[0] == low && old[1] == high;
        if (same) {
          Mem.store64(a, nextLow);
          Mem.store64(a + 8, nextHigh);
        }
        return same;
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(16, 16);
      out.set(ValueLayout.JAVA_LONG, 0, low);
      out.set(ValueLayout.JAVA_LONG, 8, high);
      boolean same = (int) NATIVE.call(a, out.address(), nextLow, nextHigh, 0, 0) != 0;
      old[0] = out.get(ValueLayout.JAVA_LONG, 0);
      old[1] = out.get(ValueLayout.JAVA_LONG, 8);
      return same;
    }
  }

  private static HostCall load() {
    if (!System.getProperty("os.arch").equals("amd64") || !System.getProperty("os.name").equals("Linux")) {
      return null;
    }
    try {
      return HostCall.at(ExecutableMemory.of(CODE), "compare-and-exchange");
    } catch (IllegalStateException e) {
      return null; // a host that forbids executable memory
    }
  }
}
