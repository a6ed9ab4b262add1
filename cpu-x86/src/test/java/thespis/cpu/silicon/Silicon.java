package thespis.cpu.silicon;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;

/// Runs one instruction on the host's own processor, over a batch of cases. Each case is a block of memory: an FXSAVE
/// image and general registers to load, room for the same after the instruction, and an operand area that the
/// instruction may address as [r15 + MEM]. R14, R15 and RSP are not the instruction's. x87 exceptions may be unmasked
/// (nothing waits for them), SSE exceptions may not: they would be SIGFPE.
public final class Silicon implements AutoCloseable {
  static final int IN = 0;
  static final int OUT = 512;
  static final int GPR_IN = 1024;
  static final int FLAGS_IN = GPR_IN + 128;
  static final int GPR_OUT = FLAGS_IN + 8;
  static final int FLAGS_OUT = GPR_OUT + 128;

  /// Offset of the operand area, 64-byte aligned, and its size.
  public static final int MEM = 1472;

  public static final int MEM_BYTES = 832;

  /// Bits 255:128 of the YMM registers, where the host has them.
  private static final int YMM_IN = MEM + MEM_BYTES;

  private static final int YMM_OUT = YMM_IN + 256;
  static final int STRIDE = YMM_OUT + 256;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final int CODE_BYTES = 4096;

  private static final Linker LINKER = Linker.nativeLinker();

  /// Calls the code at its first argument with the cases and their number.
  private static final MethodHandle CALL =
      LINKER.downcallHandle(FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

  private static final MethodHandle MMAP = libc("mmap", FunctionDescriptor.of(ValueLayout.JAVA_LONG,
      ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
      ValueLayout.JAVA_LONG));
  private static final MethodHandle MUNMAP = libc("munmap",
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  /// Null where the host's C library has no such function.
  private static MethodHandle libc(String name, FunctionDescriptor type) {
    return LINKER.defaultLookup().find(name).map(f -> LINKER.downcallHandle(f, type)).orElse(null);
  }

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment cases;
  private final MemorySegment before;
  private final MemorySegment code;
  private final int capacity;

  /// `instruction` in hex, blanks allowed.
  public Silicon(String instruction, int capacity) {
    this.capacity = capacity;
    this.cases = arena.allocate((long) capacity * STRIDE, 64);
    this.before = arena.allocate((long) capacity * STRIDE, 64);
    this.code = map();
    byte[] bytes = HexFormat.of().parseHex(stub(HexFormat.of().parseHex(instruction.replace(" ", ""))));
    MemorySegment.copy(bytes, 0, code, ValueLayout.JAVA_BYTE, 0, bytes.length);
    clear();
  }

  /// Skips the calling test on hosts that cannot run x86-64 code.
  public static void assumePresent() {
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    Assumptions.assumeTrue(arch.equals("amd64") || arch.equals("x86_64"), "not an x86-64 host");
    Assumptions.assumeTrue(MMAP != null, "no mmap here");
  }

  /// The host's features as Linux names them, or nothing where they are unknown.
  private static final String FLAGS = flags();

  private static String flags() {
    try (var lines = java.nio.file.Files.lines(java.nio.file.Path.of("/proc/cpuinfo"))) {
      return lines.filter(l -> l.startsWith("flags")).findFirst().orElse("") + " ";
    } catch (java.io.IOException e) {
      return "";
    }
  }

  /// Skips the calling test if the host lacks a feature.
  public static void assume(String feature) {
    assumePresent();
    Assumptions.assumeTrue(FLAGS.contains(" " + feature + " "), "host has no " + feature);
  }

  private static String stub(byte[] instruction) {
    StringBuilder s = new StringBuilder();
    s.append("53 55 41 54 41 55 41 56 41 57"); // push rbx rbp r12-r15
    s.append("48 83 EC 08 0F AE 1C 24"); // sub rsp,8; stmxcsr [rsp]
    s.append("49 89 FF 49 89 F6"); // mov r15,rdi; mov r14,rsi
    int loop = length(s);
    s.append("41 0F AE 4F 00"); // fxrstor [r15]
    s.append(uppers(0x18, YMM_IN));
    s.append("41 FF B7").append(le(FLAGS_IN)).append("9D"); // push [r15+flags]; popfq
    for (int r = 0; r < 14; r++) {
      if (r != 4) {
        s.append(movR15(0x8B, r, GPR_IN + 8 * r));
      }
    }
    s.append(HexFormat.of().formatHex(instruction));
    for (int r = 0; r < 14; r++) {
      if (r != 4) {
        s.append(movR15(0x89, r, GPR_OUT + 8 * r));
      }
    }
    s.append("9C 41 8F 87").append(le(FLAGS_OUT)); // pushfq; pop [r15+flags]
    s.append(uppers(0x19, YMM_OUT));
    s.append("41 0F AE 87").append(le(OUT)); // fxsave [r15+out]
    s.append("DB E3 FC"); // fninit; cld
    s.append("49 81 C7").append(le(STRIDE)); // add r15,stride
    s.append("49 FF CE 0F 85"); // dec r14; jnz loop
    s.append(le(loop - (length(s) + 4)));
    s.append(hasAvx() ? "C5 F8 77" : ""); // vzeroupper
    s.append("0F AE 14 24 48 83 C4 08"); // ldmxcsr [rsp]; add rsp,8
    s.append("41 5F 41 5E 41 5D 41 5C 5D 5B C3");
    return s.toString().replace(" ", "");
  }

  /// Is the upper half of the vector registers part of a case?
  public static boolean hasAvx() {
    return FLAGS.contains(" avx ");
  }

  /// VINSERTF128 (18) or VEXTRACTF128 (19) of every register at [r15 + from].
  private static String uppers(int opcode, int from) {
    StringBuilder s = new StringBuilder();
    for (int n = 0; n < 16 && hasAvx(); n++) {
      int vvvv = opcode == 0x18 ? ~n & 15 : 15;
      s.append(String.format("C4%02X%02X%02X%02X", n < 8 ? 0xC3 : 0x43, vvvv << 3 | 5, opcode, 0x87 | (n & 7) << 3));
      s.append(le(from + 16 * n)).append("01");
    }
    return s.toString();
  }

  private static int length(StringBuilder hex) {
    return hex.toString().replace(" ", "").length() / 2;
  }

  private static String movR15(int opcode, int reg, int disp) {
    return String.format("%02X%02X%02X", 0x49 | (reg >> 3) << 2, opcode, 0x87 | (reg & 7) << 3) + le(disp);
  }

  private static String le(int v) {
    return HexFormat.of().toHexDigits(Integer.reverseBytes(v));
  }

  private static MemorySegment map() {
    try {
      long at = (long) MMAP.invokeExact(0L, (long) CODE_BYTES, 7, 0x22, -1, 0L);
      Assumptions.assumeTrue(at != -1, "no writable and executable memory here");
      return MemorySegment.ofAddress(at).reinterpret(CODE_BYTES);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  public int capacity() {
    return capacity;
  }

  /// Every case: masked exceptions, empty x87 stack with TOP 0, zero registers.
  public void clear() {
    cases.fill((byte) 0);
    for (int i = 0; i < capacity; i++) {
      fcw(i, 0x37F);
      mxcsr(i, 0x1F80);
      cases.set(LONG, at(i) + FLAGS_IN, 0x202);
    }
  }

  public void run(int count) {
    MemorySegment.copy(cases, 0, before, 0, (long) count * STRIDE);
    try {
      CALL.invokeExact(code, cases, (long) count);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  private long at(int i) {
    return (long) i * STRIDE;
  }

  public void fcw(int i, int v) {
    cases.set(SHORT, at(i), (short) v);
  }

  public void fsw(int i, int v) {
    cases.set(SHORT, at(i) + 2, (short) v);
  }

  /// Abridged tags: one bit for each register in use.
  public void tags(int i, int v) {
    cases.set(SHORT, at(i) + 4, (short) v);
  }

  public void mxcsr(int i, int v) {
    cases.set(INT, at(i) + 24, v);
  }

  public void st(int i, int n, long sig, int se) {
    cases.set(LONG, at(i) + 32 + 16L * n, sig);
    cases.set(SHORT, at(i) + 40 + 16L * n, (short) se);
  }

  public void xmm(int i, int n, long lo, long hi) {
    cases.set(LONG, at(i) + 160 + 16L * n, lo);
    cases.set(LONG, at(i) + 168 + 16L * n, hi);
  }

  public void ymmUpper(int i, int n, long lo, long hi) {
    cases.set(LONG, at(i) + YMM_IN + 16L * n, lo);
    cases.set(LONG, at(i) + YMM_IN + 16L * n + 8, hi);
  }

  public void gpr(int i, int n, long v) {
    cases.set(LONG, at(i) + GPR_IN + 8L * n, v);
  }

  public void eflags(int i, int v) {
    cases.set(LONG, at(i) + FLAGS_IN, v);
  }

  public void mem(int i, int offset, long v) {
    cases.set(LONG, at(i) + MEM + offset, v);
  }

  public int fswIn(int i) {
    return cases.get(SHORT, at(i) + 2) & 0xFFFF;
  }

  public int tagsIn(int i) {
    return cases.get(SHORT, at(i) + 4) & 0xFF;
  }

  public int eflagsIn(int i) {
    return (int) cases.get(LONG, at(i) + FLAGS_IN);
  }

  public int fcwIn(int i) {
    return cases.get(SHORT, at(i)) & 0xFFFF;
  }

  public int mxcsrIn(int i) {
    return cases.get(INT, at(i) + 24);
  }

  public long stSigIn(int i, int n) {
    return cases.get(LONG, at(i) + 32 + 16L * n);
  }

  public int stSeIn(int i, int n) {
    return cases.get(SHORT, at(i) + 40 + 16L * n) & 0xFFFF;
  }

  public long xmmLoIn(int i, int n) {
    return cases.get(LONG, at(i) + 160 + 16L * n);
  }

  public long xmmHiIn(int i, int n) {
    return cases.get(LONG, at(i) + 168 + 16L * n);
  }

  /// Half 2 or 3 of a YMM register.
  public long ymmIn(int i, int n, int half) {
    return cases.get(LONG, at(i) + YMM_IN + 16L * n + 8 * (half - 2));
  }

  public long ymmOut(int i, int n, int half) {
    return cases.get(LONG, at(i) + YMM_OUT + 16L * n + 8 * (half - 2));
  }

  public long gprIn(int i, int n) {
    return cases.get(LONG, at(i) + GPR_IN + 8L * n);
  }

  public int fswOut(int i) {
    return cases.get(SHORT, at(i) + OUT + 2) & 0xFFFF;
  }

  public int fcwOut(int i) {
    return cases.get(SHORT, at(i) + OUT) & 0xFFFF;
  }

  public int tagsOut(int i) {
    return cases.get(SHORT, at(i) + OUT + 4) & 0xFF;
  }

  public int mxcsrOut(int i) {
    return cases.get(INT, at(i) + OUT + 24);
  }

  public long stSig(int i, int n) {
    return cases.get(LONG, at(i) + OUT + 32 + 16L * n);
  }

  public int stSe(int i, int n) {
    return cases.get(SHORT, at(i) + OUT + 40 + 16L * n) & 0xFFFF;
  }

  public long xmmLo(int i, int n) {
    return cases.get(LONG, at(i) + OUT + 160 + 16L * n);
  }

  public long xmmHi(int i, int n) {
    return cases.get(LONG, at(i) + OUT + 168 + 16L * n);
  }

  public long gprOut(int i, int n) {
    return cases.get(LONG, at(i) + GPR_OUT + 8L * n);
  }

  public int eflagsOut(int i) {
    return (int) cases.get(LONG, at(i) + FLAGS_OUT);
  }

  /// The operand area before the instruction.
  public long memIn(int i, int offset) {
    return before.get(LONG, at(i) + MEM + offset);
  }

  /// The operand area after the instruction.
  public long memOut(int i, int offset) {
    return cases.get(LONG, at(i) + MEM + offset);
  }

  @Override
  public void close() {
    try {
      int failed = (int) MUNMAP.invokeExact(code.address(), (long) CODE_BYTES);
      if (failed != 0) {
        throw new IllegalStateException("munmap failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
    arena.close();
  }
}
