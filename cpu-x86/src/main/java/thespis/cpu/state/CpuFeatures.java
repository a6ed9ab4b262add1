package thespis.cpu.state;

/// What a core must know of its model: the answers of CPUID and the features that change behaviour.
public interface CpuFeatures {
  /// CPUID leaf `eax`, sub-leaf `ecx`: EAX, EBX, ECX, EDX into `out`. SDM Vol. 2A "CPUID".
  void cpuid(int eax, int ecx, Cpu cpu, int[] out);

  /// Is CPUID.1:ECX/EDX, 7.0:EBX/ECX/EDX, 80000001:ECX/EDX, D.1:EAX, 80000008:EBX bit set? Words as numbered in {@link Word}.
  boolean has(int word, int bit);

  /// Is it AMD's or Hygon's, with what all their processors have?
  boolean amd();

  /// Physical address bits.
  int physBits();

  default long tscHz() {
    return 1_000_000_000L;
  }

  /// CPUID words that the core asks about.
  final class Word {
    public static final int L1_EDX = 0;
    public static final int L1_ECX = 1;
    public static final int L7_EBX = 2;
    public static final int L7_ECX = 3;
    public static final int X1_EDX = 4;
    public static final int X1_ECX = 5;
    public static final int XD1_EAX = 6;
    public static final int L7_EDX = 7;
    public static final int X8_EBX = 8;

    private Word() {}
  }
}
