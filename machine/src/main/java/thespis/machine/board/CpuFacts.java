package thespis.machine.board;

import thespis.cpu.model.CpuidTable;

/// What firmware and its tables tell of the processors.
///
/// @param amd the vendor is AMD
/// @param physicalBits CPUID 0x80000008
/// @param leaf1Eax CPUID 1: family, model, stepping; and `leaf1Edx`: feature flags
/// @param x2apic local APICs have this mode
public record CpuFacts(boolean amd, int physicalBits, int leaf1Eax, int leaf1Edx, boolean x2apic) {
  /// QEMU's default model.
  public static final CpuFacts QEMU64 = new CpuFacts(true, 40, 0x0006_0FB1, 0x078B_FBFD, false);

  private static final int EAX = 0;
  private static final int EBX = 1;
  private static final int ECX = 2;
  private static final int EDX = 3;
  private static final int X2APIC = 1 << 21;
  private static final int AUTH = 0x6874_7541;

  public static CpuFacts of(CpuidTable cpuid) {
    int[] leaf0 = lookup(cpuid, 0);
    int[] leaf1 = lookup(cpuid, 1);
    int bits = lookup(cpuid, 0x8000_0008)[EAX] & 0xFF;
    return new CpuFacts(leaf0[EBX] == AUTH, bits, leaf1[EAX], leaf1[EDX], (leaf1[ECX] & X2APIC) != 0);
  }

  private static int[] lookup(CpuidTable cpuid, int leaf) {
    int[] out = new int[4];
    cpuid.lookup(leaf, 0, 0, 0, out);
    return out;
  }
}
