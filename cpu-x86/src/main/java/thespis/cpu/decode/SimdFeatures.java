package thespis.cpu.decode;

import static thespis.cpu.decode.Row.feature;

import thespis.cpu.state.CpuFeatures.Word;

/// The CPUID bits that SIMD instructions ask for, as {@link Row#feature()} takes them. SDM Vol. 2A "CPUID".
final class SimdFeatures {
  static final int SSE3 = feature(Word.L1_ECX, 0);
  static final int PCLMUL = feature(Word.L1_ECX, 1);
  static final int SSSE3 = feature(Word.L1_ECX, 9);
  static final int FMA = feature(Word.L1_ECX, 12);
  static final int SSE41 = feature(Word.L1_ECX, 19);
  static final int SSE42 = feature(Word.L1_ECX, 20);
  static final int AES = feature(Word.L1_ECX, 25);
  static final int AVX = feature(Word.L1_ECX, 28);
  static final int F16C = feature(Word.L1_ECX, 29);
  static final int MMX = feature(Word.L1_EDX, 23);
  static final int SSE = feature(Word.L1_EDX, 25);
  static final int SSE2 = feature(Word.L1_EDX, 26);
  static final int AVX2 = feature(Word.L7_EBX, 5);
  static final int SHA = feature(Word.L7_EBX, 29);
  static final int GFNI = feature(Word.L7_ECX, 8);
  static final int VAES = feature(Word.L7_ECX, 9);
  static final int VPCLMUL = feature(Word.L7_ECX, 10);
  static final int HAS_3DNOW = feature(Word.X1_EDX, 31);
  static final int SSE4A = feature(Word.X1_ECX, 6);

  private SimdFeatures() {}
}
