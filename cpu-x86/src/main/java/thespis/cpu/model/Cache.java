package thespis.cpu.model;

/// A cache as CPUID describes it. SDM Vol. 2A "CPUID", leaves 2 and 4; AMD APM Vol. 3, functions 8000_0005, 8000_0006
/// and 8000_001D.
///
/// @param traits leaf 4 EDX: 1 WBINVD does not reach lower levels, 2 inclusive, 4 complex indexing
/// @param descriptor its byte in leaf 2; 0xFF where none describes it
record Cache(Kind kind, int level, int sizeKib, int ways, int sets, int traits, boolean selfInit, int descriptor) {
  enum Kind { DATA, CODE, UNIFIED }

  private static final int LINE = 64;

  /// The caches of one processor, level 1 data and code, 2 and 3.
  record Set(Cache l1d, Cache l1i, Cache l2, Cache l3) {}

  private static final Cache L1D_32K = new Cache(Kind.DATA, 1, 32, 8, 64, 1, true, 0x2C);
  private static final Cache L1I_32K = new Cache(Kind.CODE, 1, 32, 8, 64, 1, true, 0x30);
  private static final Cache L2_512K = new Cache(Kind.UNIFIED, 2, 512, 8, 1024, 0, false, 0x80);
  private static final Cache L3_16M = new Cache(Kind.UNIFIED, 3, 16 << 10, 16, 16384, 6, true, 0x4D);

  /// What models without caches of their own show, as leaf 4 has it.
  static final Set LEGACY = new Set(
      L1D_32K, L1I_32K, new Cache(Kind.UNIFIED, 2, 4096, 16, 4096, 1, true, 0xFF), L3_16M);

  /// The same models by leaf 2, which disagrees about level 2.
  static final Set LEGACY_LEAF2 =
      new Set(L1D_32K, L1I_32K, new Cache(Kind.UNIFIED, 2, 2048, 8, 4096, 1, false, 0x7D), L3_16M);

  /// And by the functions of AMD.
  static final Set LEGACY_AMD = new Set(
      new Cache(Kind.DATA, 1, 64, 2, 512, 1, true, 0xFF),
      new Cache(Kind.CODE, 1, 64, 2, 512, 1, true, 0xFF),
      new Cache(Kind.UNIFIED, 2, 512, 16, 512, 0, false, 0xFF),
      L3_16M);

  static final Set EPYC = new Set(
      L1D_32K,
      new Cache(Kind.CODE, 1, 64, 4, 256, 1, true, 0xFF),
      L2_512K,
      new Cache(Kind.UNIFIED, 3, 8 << 10, 16, 8192, 6, true, 0x4B));

  static final Set EPYC_ROME = new Set(L1D_32K, L1I_32K, L2_512K, L3_16M);

  static final Set EPYC_MILAN =
      new Set(L1D_32K, L1I_32K, L2_512K, new Cache(Kind.UNIFIED, 3, 32 << 10, 16, 32768, 6, true, 0xFF));

  /// Leaf 4 and function 8000_001D, EAX, without who shares the cache.
  int typeBits() {
    return kind.ordinal() + 1 | level << 5 | (selfInit ? 1 << 8 : 0);
  }

  /// Leaf 4 and function 8000_001D, EBX.
  int shapeBits() {
    return LINE - 1 | ways - 1 << 22;
  }

  /// Function 8000_0005.
  int amdLevel1() {
    return sizeKib << 24 | ways << 16 | 1 << 8 | LINE;
  }

  /// Function 8000_0006 ECX.
  int amdLevel2() {
    return sizeKib << 16 | amdWays() << 12 | 1 << 8 | LINE;
  }

  /// Function 8000_0006 EDX.
  int amdLevel3() {
    return sizeKib / 512 << 18 | amdWays() << 12 | 1 << 8 | LINE;
  }

  /// APM Vol. 3 "L2/L3 Cache and TLB Associativity Field Encoding".
  private int amdWays() {
    return switch (ways) {
      case 2 -> 2;
      case 4 -> 4;
      case 8 -> 6;
      case 16 -> 8;
      default -> throw new IllegalStateException("no code for " + ways + " ways");
    };
  }
}
