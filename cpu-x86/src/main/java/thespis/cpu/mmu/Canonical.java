package thespis.cpu.mmu;

import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;

/// Which linear addresses there are: those whose upper bits all are the highest that paging translates. SDM Vol. 1
/// "Canonical Addressing". Who finds another one raises #GP or #SS.
public final class Canonical {
  private Canonical() {}

  /// As wide as the paging that is in force.
  public static boolean isAddress(Cpu cpu, long la) {
    return fits(la, (cpu.cr4 & Cpu.CR4_LA57) != 0);
  }

  /// What base registers take: as wide as the processor can be told to address. Intel "5-Level Paging and 5-Level EPT",
  /// "Canonicality Checking on RIP", "Canonicality Checking on Other Loads".
  public static boolean isBase(Cpu cpu, long value) {
    return fits(value, cpu.features.has(CpuFeatures.Word.L7_ECX, 16));
  }

  private static boolean fits(long la, boolean wide) {
    int bits = wide ? 57 : 48;
    return la << 64 - bits >> 64 - bits == la;
  }
}
