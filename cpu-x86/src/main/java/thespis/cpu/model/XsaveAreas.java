package thespis.cpu.model;

/// Where each state component lies in an XSAVE area, and which feature brings it. SDM Vol. 1 "XSAVE-Enabled Features":
/// a row per component, by its bit in XCR0. Offsets are those of the standard format as real processors have them.
enum XsaveAreas {
  X87(0, 0, 0x240, "xsave"),
  SSE(1, 0, 0x240, "xsave"),
  AVX(2, 0x240, 0x100, "avx"),
  BNDREGS(3, 0x3C0, 0x40, "mpx"),
  BNDCSR(4, 0x400, 0x40, "mpx"),
  OPMASK(5, 0x440, 0x40, "avx512f"),
  ZMM_HI256(6, 0x480, 0x200, "avx512f"),
  HI16_ZMM(7, 0x680, 0x400, "avx512f"),
  PKRU(9, 0xA80, 8, "pku"),
  /// Supervisor state: only in compacted areas, enabled by IA32_XSS.
  ARCH_LBR(15, 0, 0x328, "arch-lbr"),
  TILECFG(17, 0xAC0, 0x40, "amx-tile"),
  TILEDATA(18, 0xB00, 0x2000, "amx-tile");

  private static final XsaveAreas[] ALL = values();

  /// Legacy region and header, which are always there.
  private static final int HEADER_END = 0x240;

  final int bit;
  final int offset;
  final int size;
  private final Features.Flag flag;

  XsaveAreas(int bit, int offset, int size, String flag) {
    this.bit = bit;
    this.offset = offset;
    this.size = size;
    this.flag = Features.flag(flag);
  }

  /// Components that IA32_XSS enables; the others are XCR0's.
  static final long SUPERVISOR = 1L << ARCH_LBR.bit;

  /// Bits of XCR0 and IA32_XSS that a processor with these features has.
  static long components(Features features) {
    long mask = 0;
    for (XsaveAreas area : ALL) {
      mask |= features.has(area.flag) ? 1L << area.bit : 0;
    }
    return mask;
  }

  /// The component of this bit; null if there is none.
  static XsaveAreas of(int bit) {
    for (XsaveAreas area : ALL) {
      if (area.bit == bit) {
        return area;
      }
    }
    return null;
  }

  /// Size of an area that holds these components, in the standard or the compacted format.
  static int size(long components, boolean compacted) {
    int end = HEADER_END;
    for (XsaveAreas area : ALL) {
      if (area.bit > SSE.bit && (components >>> area.bit & 1) != 0) {
        end = compacted ? end + area.size : Math.max(end, area.offset + area.size);
      }
    }
    return end;
  }
}
