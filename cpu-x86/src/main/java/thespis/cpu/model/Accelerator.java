package thespis.cpu.model;

/// What runs guest code, as far as models and features go: what it supports, and which features it switches on or off
/// by default. Types and their properties never depend on it; a processor object resolves against it when it is made.
///
/// @param tcg true for QEMU's name "TCG" in messages and its CPUID signature; false for one that shows the host's CPU
/// @param vendor the one that every named model takes on, unless the user says otherwise; null leaves the model's
/// @param supported features that any model may have
/// @param onRequest further ones, had by those who name them (`+x2apic`, `x2apic=on`) and by `-cpu max`
/// @param defaults flags set (`name`) or cleared (`-name`) in every named model before the user's wishes
public record Accelerator(
    boolean tcg, String vendor, Features supported, Features onRequest, String defaults) {
  /// What TCG 7.2 lacks and our engine has.
  private static final String MORE = "x2apic pcid invpcid tsc-deadline tsc-adjust rdseed xsavec 3dnowprefetch";

  /// QEMU 7.2's TCG, feature for feature.
  public static Accelerator qemuTcg() {
    return new Accelerator(true, null, tcgMask(), new Features(), "-vme");
  }

  /// Nothing is run, so nothing is in the way of any feature.
  public static Accelerator notExecuting() {
    Features all = new Features();
    for (FeatureWord word : FeatureWord.values()) {
      all.set(word, -1L);
    }
    return new Accelerator(true, null, all, new Features(), "");
  }

  /// TCG for machines with APIC IDs that do not fit 8 bits: processors have an x2APIC by default, and interrupt messages
  /// reach all of them. The guest learns of the latter as KVM's guests do.
  public static Accelerator wideApicIds() {
    Features supported = tcgMask();
    supported.apply(WIDE);
    return new Accelerator(true, null, supported, new Features(), "-vme " + WIDE);
  }

  private static final String WIDE = "x2apic kvm-msi-ext-dest-id";

  /// With what TCG lacks, on request.
  public Accelerator withMore() {
    return new Accelerator(tcg, vendor, supported, Features.of(MORE), defaults);
  }

  /// Supports a word's bits for a processor whose user named those of `asked`.
  long supports(FeatureWord word, long asked) {
    return supported.get(word) | onRequest.get(word) & asked;
  }

  /// What `-cpu max` takes of a word, if it is to be the same on every host (`migratable`) or not.
  long everything(FeatureWord word, boolean migratable) {
    long all = supported.get(word) | onRequest.get(word);
    if (!migratable) {
      return all;
    }
    long named = 0;
    for (int bit = 0; bit < 64; bit++) {
      named |= word.flag(bit) == null ? 0 : 1L << bit;
    }
    return all & named & ~word.notMigratable();
  }

  private static Features tcgMask() {
    Features features = new Features();
    for (FeatureWord word : FeatureWord.values()) {
      features.set(word, word.tcg);
    }
    return features;
  }
}
