package thespis.cpu.model;

import static thespis.cpu.model.FeatureWord.ARCH_CAPABILITIES;
import static thespis.cpu.model.FeatureWord.CORE_CAPABILITY;
import static thespis.cpu.model.FeatureWord.LEAF_14_0_ECX;
import static thespis.cpu.model.FeatureWord.LEAF_1_ECX;
import static thespis.cpu.model.FeatureWord.LEAF_1_EDX;
import static thespis.cpu.model.FeatureWord.LEAF_6_EAX;
import static thespis.cpu.model.FeatureWord.LEAF_7_0_EBX;
import static thespis.cpu.model.FeatureWord.LEAF_7_0_ECX;
import static thespis.cpu.model.FeatureWord.LEAF_7_1_EAX;
import static thespis.cpu.model.FeatureWord.LEAF_8000_0001_ECX;
import static thespis.cpu.model.FeatureWord.LEAF_8000_0001_EDX;
import static thespis.cpu.model.FeatureWord.LEAF_8000_0007_EDX;
import static thespis.cpu.model.FeatureWord.LEAF_8000_0008_EBX;
import static thespis.cpu.model.FeatureWord.LEAF_C000_0001_EDX;
import static thespis.cpu.model.FeatureWord.PERF_CAPABILITIES;
import static thespis.cpu.model.FeatureWord.SVM;
import static thespis.cpu.model.FeatureWord.VMX_BASIC;
import static thespis.cpu.model.FeatureWord.VMX_ENTRY_CTLS;
import static thespis.cpu.model.FeatureWord.VMX_EPT_VPID_CAPS;
import static thespis.cpu.model.FeatureWord.VMX_EXIT_CTLS;
import static thespis.cpu.model.FeatureWord.VMX_MISC;
import static thespis.cpu.model.FeatureWord.VMX_PINBASED_CTLS;
import static thespis.cpu.model.FeatureWord.VMX_PROCBASED_CTLS;
import static thespis.cpu.model.FeatureWord.VMX_SECONDARY_CTLS;
import static thespis.cpu.model.FeatureWord.VMX_VMFUNC;
import static thespis.cpu.model.FeatureWord.XSAVE;

import java.util.function.Consumer;

/// How one feature of a processor follows from another: what has to go when its base is missing, and which CPUID leaves
/// must be there for the features to be seen. The rules and their order are QEMU 7.2's.
final class FeatureRules {
  private static final long ALL = -1L;

  /// Without the flag `base`, the bits of `word` fall away.
  private record Dependency(String base, FeatureWord word, long bits) {}

  private static final Dependency[] DEPENDENCIES = {
    new Dependency("arch-capabilities", ARCH_CAPABILITIES, ALL),
    new Dependency("core-capability", CORE_CAPABILITY, ALL),
    new Dependency("pdcm", PERF_CAPABILITIES, ALL),
    new Dependency("vmx", VMX_PROCBASED_CTLS, ALL),
    new Dependency("vmx", VMX_PINBASED_CTLS, ALL),
    new Dependency("vmx", VMX_EXIT_CTLS, ALL),
    new Dependency("vmx", VMX_ENTRY_CTLS, ALL),
    new Dependency("vmx", VMX_MISC, ALL),
    new Dependency("vmx", VMX_BASIC, ALL),
    new Dependency("lm", VMX_ENTRY_CTLS, bits("vmx-entry-ia32e-mode")),
    new Dependency("vmx-secondary-ctls", VMX_SECONDARY_CTLS, ALL),
    new Dependency("xsaves", VMX_SECONDARY_CTLS, bits("vmx-xsaves")),
    new Dependency("rdrand", VMX_SECONDARY_CTLS, bits("vmx-rdrand-exit")),
    new Dependency("invpcid", VMX_SECONDARY_CTLS, bits("vmx-invpcid-exit")),
    new Dependency("mpx", VMX_EXIT_CTLS, bits("vmx-exit-clear-bndcfgs")),
    new Dependency("mpx", VMX_ENTRY_CTLS, bits("vmx-entry-load-bndcfgs")),
    new Dependency("rdseed", VMX_SECONDARY_CTLS, bits("vmx-rdseed-exit")),
    new Dependency("intel-pt", LEAF_14_0_ECX, ALL),
    new Dependency("rdtscp", VMX_SECONDARY_CTLS, bits("vmx-rdtscp-exit")),
    new Dependency("vmx-ept", VMX_EPT_VPID_CAPS, 0xFFFFFFFFL),
    new Dependency("vmx-ept", VMX_SECONDARY_CTLS, bits("vmx-unrestricted-guest")),
    new Dependency("vmx-vpid", VMX_EPT_VPID_CAPS, 0xFFFFFFFFL << 32),
    new Dependency("vmx-vmfunc", VMX_VMFUNC, ALL),
    new Dependency("svm", SVM, ALL),
  };

  /// Words whose leaf must be within the level for their bits to be seen.
  private static final FeatureWord[] NEED_THEIR_LEAF = {
    LEAF_1_EDX, LEAF_1_ECX, LEAF_6_EAX, LEAF_7_0_ECX, LEAF_7_1_EAX, LEAF_8000_0001_EDX, LEAF_8000_0001_ECX,
    LEAF_8000_0007_EDX, LEAF_8000_0008_EBX, LEAF_C000_0001_EDX, SVM, XSAVE,
  };

  private FeatureRules() {}

  /// Warns only about what was asked for by name.
  static void dropDependents(CpuConfig cpu, Consumer<String> warnings) {
    for (Dependency rule : DEPENDENCIES) {
      if (!cpu.features.has(rule.base())) {
        long lost = cpu.features.get(rule.word()) & rule.bits();
        cpu.takeAway(rule.word(), lost & cpu.asked.get(rule.word()),
            "This feature depends on other features that were not requested", warnings);
        cpu.features.set(rule.word(), cpu.features.get(rule.word()) & ~lost);
      }
    }
  }

  static void raiseLevels(CpuConfig cpu, int dies) {
    need(cpu, LEAF_7_0_EBX);
    if (!cpu.fullCpuidAutoLevel) {
      return;
    }
    for (FeatureWord word : NEED_THEIR_LEAF) {
      need(cpu, word);
    }
    if (cpu.has("intel-pt")) {
      raise(cpu, 0x14);
    }
    if (dies > 1 && (cpu.vendor.equals("GenuineIntel") || !cpu.vendorCpuidOnly)) {
      raise(cpu, 0x1F);
    }
    if (cpu.has("svm")) {
      raise(cpu, 0x8000000A);
    }
    if (cpu.has("sgx")) {
      raise(cpu, 0x12);
    }
  }

  private static void need(CpuConfig cpu, FeatureWord word) {
    if (cpu.features.get(word) != 0) {
      raise(cpu, word.index);
      if (word.index == 7) {
        cpu.minLevelFunc7 = Math.max(cpu.minLevelFunc7, word.subleaf);
      }
    }
  }

  private static void raise(CpuConfig cpu, int leaf) {
    switch (leaf >>> 28) {
      case 0x0 -> cpu.minLevel = higher(cpu.minLevel, leaf);
      case 0x8 -> cpu.minXlevel = higher(cpu.minXlevel, leaf);
      case 0xC -> cpu.minXlevel2 = higher(cpu.minXlevel2, leaf);
      default -> throw new IllegalStateException("no level covers leaf " + Integer.toHexString(leaf));
    }
  }

  private static int higher(int a, int b) {
    return Integer.compareUnsigned(a, b) >= 0 ? a : b;
  }

  private static long bits(String flag) {
    return Features.flag(flag).mask();
  }
}
