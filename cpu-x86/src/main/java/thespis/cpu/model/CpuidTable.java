package thespis.cpu.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What the CPUID instruction answers on one processor: a realized {@link CpuConfig} in its place of the topology. SDM
/// Vol. 2A "CPUID" and AMD APM Vol. 3 "Obtaining Processor Information Via the CPUID Instruction", as far as QEMU 7.2
/// goes; where it differs from both, so do we. Lookups allocate nothing.
public final class CpuidTable {
  /// What of the processor's state shows in CPUID: CR4.OSXSAVE, CR4.PKE, the APIC globally disabled.
  public static final int OSXSAVE = 1;

  public static final int PKE = 2;
  public static final int APIC_OFF = 4;

  /// Level types of leaves 0xB and 0x1F, in place in ECX.
  private static final int SMT_LEVEL = 1 << 8;

  private static final int CORE_LEVEL = 2 << 8;
  private static final int DIE_LEVEL = 5 << 8;

  private final CpuConfig cpu;
  private final CpuTopology topology;
  private final int apicId;
  private final int signature;
  private final int threadsPerDie;
  private final int[] vendor;
  private final int[] brand;
  private final Cache.Set leaf2;
  private final Cache.Set leaf4;
  private final Cache.Set amd;
  private final boolean amdVendor;
  private final boolean intelVendor;

  public CpuidTable(CpuConfig cpu, CpuTopology topology, int apicId) {
    this.cpu = cpu;
    this.topology = topology;
    this.apicId = apicId;
    signature = signature(cpu.family, cpu.model, cpu.stepping);
    threadsPerDie = topology.coresPerDie() * topology.threadsPerCore();
    vendor = words(cpu.vendor, 3);
    brand = words(cpu.modelId, 12);
    leaf2 = cpu.legacyCache ? Cache.LEGACY_LEAF2 : cpu.cpuModel.caches();
    leaf4 = cpu.legacyCache ? Cache.LEGACY : cpu.cpuModel.caches();
    amd = cpu.legacyCache ? Cache.LEGACY_AMD : cpu.cpuModel.caches();
    amdVendor = cpu.vendor.equals("AuthenticAMD");
    intelVendor = cpu.vendor.equals("GenuineIntel");
  }

  /// Puts EAX, EBX, ECX, EDX into `out`.
  ///
  /// @param state {@link #OSXSAVE} and so on
  /// @param xcr0 for the size of the XSAVE area in use
  public void lookup(int leaf, int subleaf, int state, long xcr0, int[] out) {
    int limit = switch (leaf >>> 28) {
      case 0xC, 0xD, 0xE, 0xF -> cpu.xlevel2;
      case 0x8, 0x9, 0xA, 0xB -> cpu.xlevel;
      case 0x4, 0x5, 0x6, 0x7 -> 0x40000001;
      default -> cpu.level;
    };
    int index = Integer.compareUnsigned(leaf, limit) > 0 ? cpu.level : leaf;
    if (index < 0) {
      extended(index, subleaf, out);
    } else {
      basic(index, subleaf, state, xcr0, out);
    }
  }

  private void basic(int leaf, int subleaf, int state, long xcr0, int[] out) {
    switch (leaf) {
      case 0 -> put(out, cpu.level, vendor[0], vendor[2], vendor[1]);
      case 1 -> versionAndFlags(state, out);
      case 2 -> leaf2(out);
      case 4 -> leaf4(subleaf, out);
      case 5 -> put(out, 0, 0, 3, 0);
      case 6 -> put(out, word(FeatureWord.LEAF_6_EAX), 0, 0, 0);
      case 7 -> leaf7(subleaf, state, out);
      case 0xB -> leafB(subleaf, out);
      case 0xD -> leafD(subleaf, xcr0, out);
      case 0x1F -> leaf1F(subleaf, out);
      case 0x40000000 -> {
        if (word(FeatureWord.KVM) != 0) {
          put(out, 0x40000001, 0x4B4D564B, 0x564B4D56, 0x0000004D); // "KVMKVMKVM"
        } else if (cpu.accelerator.tcg() && cpu.tcgCpuid) {
          put(out, 0x40000001, 0x54474354, 0x43544743, 0x47435447); // "TCGTCGTCGTCG"
        } else {
          put(out, 0, 0, 0, 0);
        }
      }
      case 0x40000001 -> put(out, word(FeatureWord.KVM), 0, 0, 0);
      default -> put(out, 0, 0, 0, 0);
    }
  }

  private void versionAndFlags(int state, int[] out) {
    int ecx = word(FeatureWord.LEAF_1_ECX);
    int edx = word(FeatureWord.LEAF_1_EDX);
    if ((ecx & 1 << 26) != 0 && (state & OSXSAVE) != 0) {
      ecx |= 1 << 27;
    }
    if (!cpu.pmu) {
      ecx &= ~(1 << 15); // PDCM
    }
    if ((state & APIC_OFF) != 0) {
      edx &= ~(1 << 9);
    }
    int ebx = apicId << 24 | 8 << 8; // CLFLUSH line in units of 8 bytes
    if (threadsPerDie > 1) {
      ebx |= threadsPerDie << 16;
      edx |= 1 << 28; // HTT: the count in EBX holds
    }
    put(out, signature, ebx, ecx, edx);
  }

  private void leaf2(int[] out) {
    if (cpu.vendorCpuidOnly && amdVendor) {
      put(out, 0, 0, 0, 0);
    } else {
      int l3 = cpu.l3Cache ? leaf2.l3().descriptor() : 0;
      int others = leaf2.l1d().descriptor() << 16 | leaf2.l1i().descriptor() << 8 | leaf2.l2().descriptor();
      put(out, 1, 0, l3, others);
    }
  }

  private void leaf4(int subleaf, int[] out) {
    if (cpu.vendorCpuidOnly && amdVendor) {
      put(out, 0, 0, 0, 0);
      return;
    }
    switch (subleaf) {
      case 0 -> cache(leaf4.l1d(), 1, out);
      case 1 -> cache(leaf4.l1i(), 1, out);
      case 2 -> cache(leaf4.l2(), topology.threadsPerCore(), out);
      case 3 -> {
        if (cpu.l3Cache) {
          cache(leaf4.l3(), 1 << topology.dieShift(), out);
        } else {
          put(out, 0, 0, 0, 0);
        }
      }
      default -> put(out, 0, 0, 0, 0);
    }
    if (out[0] != 0) {
      out[0] |= topology.coresPerDie() - 1 << 26;
    }
  }

  private void leaf7(int subleaf, int state, int[] out) {
    if (subleaf == 0) {
      int ecx = word(FeatureWord.LEAF_7_0_ECX);
      if ((ecx & 1 << 3) != 0 && (state & PKE) != 0) {
        ecx |= 1 << 4;
      }
      int ebx = word(FeatureWord.LEAF_7_0_EBX);
      if (cpu.accelerator.tcg()) {
        ebx &= ~(1 << 2); // SGX and its launch control can't be emulated, whatever the features say
        ecx &= ~(1 << 30);
      }
      put(out, cpu.levelFunc7, ebx, ecx, word(FeatureWord.LEAF_7_0_EDX));
    } else {
      put(out, subleaf == 1 ? word(FeatureWord.LEAF_7_1_EAX) : 0, 0, 0, 0);
    }
  }

  private void leafB(int subleaf, int[] out) {
    if (!cpu.cpuid0xb) {
      put(out, 0, 0, 0, 0);
      return;
    }
    switch (subleaf) {
      case 0 -> topologyLevel(topology.coreShift(), topology.threadsPerCore(), SMT_LEVEL, subleaf, out);
      case 1 -> topologyLevel(topology.packageShift(), threadsPerDie, CORE_LEVEL, subleaf, out);
      default -> topologyLevel(0, 0, 0, subleaf, out);
    }
  }

  private void leaf1F(int subleaf, int[] out) {
    if (topology.diesPerPackage() < 2) {
      put(out, 0, 0, 0, 0);
      return;
    }
    switch (subleaf) {
      case 0 -> topologyLevel(topology.coreShift(), topology.threadsPerCore(), SMT_LEVEL, subleaf, out);
      case 1 -> topologyLevel(topology.dieShift(), threadsPerDie, CORE_LEVEL, subleaf, out);
      case 2 -> topologyLevel(topology.packageShift(), topology.threadsPerPackage(), DIE_LEVEL, subleaf, out);
      default -> topologyLevel(0, 0, 0, subleaf, out);
    }
  }

  private void topologyLevel(int shift, int threads, int type, int subleaf, int[] out) {
    put(out, shift, threads & 0xFFFF, type | subleaf & 0xFF, apicId);
  }

  private void leafD(int subleaf, long xcr0, int[] out) {
    put(out, 0, 0, 0, 0);
    if ((word(FeatureWord.LEAF_1_ECX) & 1 << 26) == 0) {
      return;
    }
    int low = word(FeatureWord.XSAVE_XCR0_LO);
    int high = word(FeatureWord.XSAVE_XCR0_HI);
    int supervisor = word(FeatureWord.XSAVE_XSS_LO);
    long user = (long) high << 32 | low & 0xFFFFFFFFL;
    if (subleaf == 0) {
      put(out, low, XsaveAreas.size(xcr0, false), XsaveAreas.size(user, false), high);
    } else if (subleaf == 1) {
      put(out, word(FeatureWord.XSAVE), XsaveAreas.size(user | supervisor, true), 0, 0);
    } else if (subleaf > 1 && subleaf < 64 && ((user | supervisor) >>> subleaf & 1) != 0) {
      XsaveAreas area = XsaveAreas.of(subleaf);
      put(out, area.size, area.offset, (supervisor >>> subleaf & 1) != 0 ? 1 : 0, 0);
    }
  }

  private void extended(int leaf, int subleaf, int[] out) {
    switch (leaf) {
      case 0x80000000 -> put(out, cpu.xlevel, vendor[0], vendor[2], vendor[1]);
      case 0x80000001 -> extendedFlags(out);
      case 0x80000002, 0x80000003, 0x80000004 -> {
        int at = (leaf - 0x80000002) * 4;
        put(out, brand[at], brand[at + 1], brand[at + 2], brand[at + 3]);
      }
      case 0x80000005 -> put(out, 0x01FF01FF, 0x01FF01FF, amd.l1d().amdLevel1(), amd.l1i().amdLevel1());
      case 0x80000006 -> put(out, 0, 0x42004200, amd.l2().amdLevel2(), cpu.l3Cache ? amd.l3().amdLevel3() : 0);
      case 0x80000007 -> put(out, 0, 0, 0, word(FeatureWord.LEAF_8000_0007_EDX));
      case 0x80000008 -> addressSizes(out);
      case 0x8000000A -> {
        if ((word(FeatureWord.LEAF_8000_0001_ECX) & 1 << 2) != 0) {
          put(out, 1, 16, 0, word(FeatureWord.SVM)); // revision, number of ASIDs
        } else {
          put(out, 0, 0, 0, 0);
        }
      }
      case 0x8000001D -> amdCache(subleaf, out);
      case 0x8000001E -> amdTopology(out);
      case 0xC0000000 -> put(out, cpu.xlevel2, 0, 0, 0);
      case 0xC0000001 -> put(out, signature, 0, 0, word(FeatureWord.LEAF_C000_0001_EDX));
      default -> put(out, 0, 0, 0, 0);
    }
  }

  private void extendedFlags(int[] out) {
    int ecx = word(FeatureWord.LEAF_8000_0001_ECX);
    if (threadsPerDie > 1 && !intelVendor) {
      ecx |= 1 << 1; // CmpLegacy; Linux would take it from Intel's as "no hyperthreading"
    }
    put(out, signature, 0, ecx, word(FeatureWord.LEAF_8000_0001_EDX));
  }

  private void addressSizes(int[] out) {
    int eax = cpu.physBits;
    if ((word(FeatureWord.LEAF_8000_0001_EDX) & 1 << 29) != 0) {
      eax |= ((word(FeatureWord.LEAF_7_0_ECX) & 1 << 16) != 0 ? 57 : 48) << 8;
    }
    int ecx = threadsPerDie > 1 ? topology.packageShift() << 12 | threadsPerDie - 1 : 0;
    put(out, eax, word(FeatureWord.LEAF_8000_0008_EBX), ecx, 0);
  }

  private void amdCache(int subleaf, int[] out) {
    switch (subleaf) {
      case 0 -> cache(amd.l1d(), topology.threadsPerCore(), out);
      case 1 -> cache(amd.l1i(), topology.threadsPerCore(), out);
      case 2 -> cache(amd.l2(), topology.threadsPerCore(), out);
      case 3 -> cache(amd.l3(), threadsPerDie, out);
      default -> put(out, 0, 0, 0, 0);
    }
  }

  private void amdTopology(int[] out) {
    int core = topology.coreOf(apicId);
    if (core > 255) {
      put(out, 0, 0, 0, 0);
      return;
    }
    int node = apicId >>> topology.dieShift() & 0xFF;
    put(out, apicId, topology.threadsPerCore() - 1 << 8 | core, topology.diesPerPackage() - 1 << 8 | node, 0);
  }

  private static void cache(Cache cache, int sharedBy, int[] out) {
    put(out, cache.typeBits() | sharedBy - 1 << 14, cache.shapeBits(), cache.sets() - 1, cache.traits());
  }

  private int word(FeatureWord word) {
    return (int) cpu.features.get(word);
  }

  private static void put(int[] out, int eax, int ebx, int ecx, int edx) {
    out[0] = eax;
    out[1] = ebx;
    out[2] = ecx;
    out[3] = edx;
  }

  /// Leaf 1 EAX: large families and models spill into the extended fields.
  private static int signature(int family, int model, int stepping) {
    int familyBits = family > 15 ? 15 << 8 | family - 15 << 20 : family << 8;
    return familyBits | (model & 15) << 4 | model >> 4 << 16 | stepping;
  }

  private static int[] words(String text, int count) {
    byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), count * 4);
    int[] words = new int[count];
    for (int i = 0; i < bytes.length; i++) {
      words[i / 4] |= (bytes[i] & 0xFF) << i % 4 * 8;
    }
    return words;
  }
}
