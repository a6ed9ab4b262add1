package thespis.cpu.model;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// A processor object's settings. It starts as its model says, takes properties from machine type, `-global`, `-cpu`
/// and device_add, and becomes final when it is realized: then features are completed, checked against what the
/// accelerator supports, and read back as the guest sees them. {@link CpuProperties} gives the settings their names.
public final class CpuConfig {
  /// `level`, `xlevel`, `xlevel2`, `level-func7`: as high as the features need.
  static final int AUTOMATIC = -1;

  /// Field of IA32_PERF_CAPABILITIES; `lbr-fmt` has other bits set while nobody set it.
  private static final long LBR_FORMAT = 0x3F;

  private static final int MAX_PHYS_BITS = 52;
  private static final int DEFAULT_PHYS_BITS = 40;
  private static final int MAX_HYPERV_VENDOR = 12;

  /// Bits of leaf 1 EDX that AMD processors show in 8000_0001 EDX too.
  private static final long AMD_ALIASES = 0x0183F3FFL;

  final CpuModel cpuModel;
  final Accelerator accelerator;
  final Features features;
  final Features filtered = new Features();

  /// Bits that were set or cleared by name, not by the model.
  final Features asked = new Features();

  /// Settings without an effect of their own here, if they are not at their default.
  final Map<String, Object> plain = new HashMap<>();

  String vendor;
  String modelId;
  int family;
  int model;
  int stepping;
  long tscKhz;
  int level = AUTOMATIC;
  int xlevel = AUTOMATIC;
  int xlevel2 = AUTOMATIC;
  int levelFunc7 = AUTOMATIC;
  int minLevel;
  int minXlevel;
  int minXlevel2;
  int minLevelFunc7;
  int physBits;
  int socketId = -1;
  int dieId = -1;
  int coreId = -1;
  int threadId = -1;
  int nodeId = -1;
  int apicId = -1;
  boolean check = true;
  boolean enforce;
  boolean forceFeatures;
  boolean legacyCache;
  boolean l3Cache = true;
  boolean cpuid0xb = true;
  boolean tcgCpuid = true;
  boolean vendorCpuidOnly = true;
  boolean fullCpuidAutoLevel = true;
  boolean exposeKvm = true;
  boolean pmu;
  boolean migratable = true;
  long ucodeRev;
  long lbrFormat = ~LBR_FORMAT;
  private boolean realized;

  /// A processor of this model, as it is before anyone sets a property.
  public CpuConfig(CpuModel model, Accelerator accelerator) {
    this.cpuModel = model;
    this.accelerator = accelerator;
    features = model.features();
    vendor = model.vendor();
    modelId = model.modelId();
    family = model.family();
    this.model = model.model();
    stepping = model.stepping();
    minLevel = model.level();
    minXlevel = model.xlevel();
    legacyCache = model.caches() == null;
    pmu = model.takesAll();
    if (model.kind() != CpuModel.Kind.BASE && !model.takesAll()) {
      features.apply(accelerator.defaults());
      vendor = accelerator.vendor() == null ? vendor : accelerator.vendor();
    }
  }

  public CpuModel cpuModel() {
    return cpuModel;
  }

  public Features features() {
    return features;
  }

  /// What was asked for and taken away, because the accelerator has no support for it.
  public Features filtered() {
    return filtered;
  }

  public boolean isRealized() {
    return realized;
  }

  /// False if the host's own processor shows through.
  public boolean isEmulated() {
    return accelerator.tcg();
  }

  public int apicId() {
    return apicId;
  }

  public String vendor() {
    return vendor;
  }

  /// Settled when realized.
  public int physBits() {
    return physBits;
  }

  public int socketId() {
    return socketId;
  }

  public int dieId() {
    return dieId;
  }

  public int coreId() {
    return coreId;
  }

  public int threadId() {
    return threadId;
  }

  public int nodeId() {
    return nodeId;
  }

  /// The board's decision where this processor goes.
  public void place(int apicId, int socketId, int dieId, int coreId, int threadId, int nodeId) {
    this.apicId = apicId;
    this.socketId = socketId;
    this.dieId = dieId;
    this.coreId = coreId;
    this.threadId = threadId;
    this.nodeId = nodeId;
  }

  public boolean has(String flag) {
    return features.has(flag);
  }

  /// Completes and checks the settings. A failure leaves an object that is of no more use.
  ///
  /// @param topology of the machine
  /// @param warnings takes texts for the user, each once per processor
  /// @throws ConfigException with QEMU's text
  public void realize(CpuTopology topology, Consumer<String> warnings) {
    expand(topology.diesPerPackage(), warnings);
    if (lbrFormat != ~LBR_FORMAT) {
      long others = features.get(FeatureWord.PERF_CAPABILITIES) & ~LBR_FORMAT;
      features.set(FeatureWord.PERF_CAPABILITIES, others | lbrFormat);
    }
    filter(check || enforce ? warnings : warning -> {});
    if (enforce && !filtered.isEmpty()) {
      throw new ConfigException((accelerator.tcg() ? "TCG" : "Host") + " doesn't support requested features");
    }
    if (vendor.equals("AuthenticAMD")) {
      long own = features.get(FeatureWord.LEAF_8000_0001_EDX) & ~AMD_ALIASES;
      features.set(FeatureWord.LEAF_8000_0001_EDX, own | features.get(FeatureWord.LEAF_1_EDX) & AMD_ALIASES);
    }
    if (cpuModel.kind() == CpuModel.Kind.HOST && accelerator.tcg()) {
      throw new ConfigException("CPU model '" + cpuModel.name() + "' requires KVM or HVF");
    }
    if (ucodeRev == 0) {
      ucodeRev = vendor.equals("AuthenticAMD") ? 0x01000065L : 0x100000000L;
    }
    if (hyperVVendor().length() > MAX_HYPERV_VENDOR) {
      warnings.accept("hv-vendor-id truncated to " + MAX_HYPERV_VENDOR + " characters");
    }
    settlePhysBits();
    if (!legacyCache && cpuModel.caches() == null) {
      throw new ConfigException("CPU model '" + cpuModel.name() + "' doesn't support legacy-cache=off");
    }
    realized = true;
  }

  /// Said once per machine, when a processor with several threads per core can't show them in AMD's way; else null.
  public String hyperthreadingWarning(CpuTopology topology) {
    return vendor.equals("AuthenticAMD") && topology.threadsPerCore() > 1 && !has("topoext")
        ? "This family of AMD CPU doesn't support hyperthreading(" + topology.threadsPerCore() + ")\n"
            + "Please configure -smp options properly or try enabling topoext feature."
        : null;
  }

  /// The name that Hyper-V's leaves would tell; until it is realized only what was set.
  String hyperVVendor() {
    return (String) plain("hv-vendor-id", realized ? "Microsoft Hv" : "");
  }

  /// Sets or clears a flag because someone named it.
  void ask(Features.Flag flag, boolean on) {
    features.set(flag, on);
    asked.set(flag, true);
  }

  Object plain(String name, Object initial) {
    return plain.getOrDefault(name, initial);
  }

  /// The part of realizing that needs no accelerator's consent: everything for `max`, dependencies, levels.
  public void expand(int dies, Consumer<String> warnings) {
    if (cpuModel.takesAll()) {
      for (FeatureWord word : FeatureWord.values()) {
        long all = accelerator.everything(word, migratable) & ~asked.get(word) & ~word.notByItself();
        features.set(word, features.get(word) | all);
      }
    }
    FeatureRules.dropDependents(this, warnings);
    if (accelerator.tcg() || !exposeKvm) {
      long own = exposeKvm ? accelerator.supports(FeatureWord.KVM, 0) : 0;
      features.set(FeatureWord.KVM, features.get(FeatureWord.KVM) & own);
    }
    long components = has("xsave") ? XsaveAreas.components(features) : 0;
    features.set(FeatureWord.XSAVE_XCR0_LO, components & ~XsaveAreas.SUPERVISOR & 0xFFFFFFFFL);
    features.set(FeatureWord.XSAVE_XCR0_HI, components >>> 32);
    features.set(FeatureWord.XSAVE_XSS_LO, components & XsaveAreas.SUPERVISOR);
    features.set(FeatureWord.XSAVE_XSS_HI, 0);
    FeatureRules.raiseLevels(this, dies);
    levelFunc7 = levelFunc7 == AUTOMATIC ? minLevelFunc7 : levelFunc7;
    level = level == AUTOMATIC ? minLevel : level;
    xlevel = xlevel == AUTOMATIC ? minXlevel : xlevel;
    xlevel2 = xlevel2 == AUTOMATIC ? minXlevel2 : xlevel2;
  }

  /// The features that realizing would take away, for an object that is made only to find out.
  public Features missing() {
    expand(1, warning -> {});
    filter(warning -> {});
    return filtered;
  }

  private void filter(Consumer<String> warnings) {
    for (FeatureWord word : FeatureWord.values()) {
      long lost = features.get(word) & ~accelerator.supports(word, cpuModel.takesAll() ? -1L : asked.get(word));
      if (word == FeatureWord.XSAVE_XCR0_LO || word == FeatureWord.XSAVE_XCR0_HI) {
        features.set(word, features.get(word) & ~lost); // follows from flags that were warned about
        continue;
      }
      takeAway(word, lost, (accelerator.tcg() ? "TCG" : "host") + " doesn't support requested feature", warnings);
    }
  }

  /// Notes bits as filtered, clears them, and warns about each.
  void takeAway(FeatureWord word, long bits, String why, Consumer<String> warnings) {
    if (!forceFeatures) {
      features.set(word, features.get(word) & ~bits);
    }
    filtered.set(word, filtered.get(word) | bits);
    for (long left = bits; left != 0; left &= left - 1) {
      int bit = Long.numberOfTrailingZeros(left);
      String name = word.flag(bit) == null ? "" : "." + word.flag(bit);
      warnings.accept(why + ": " + word.label() + name + " [bit " + bit + "]");
    }
  }

  private void settlePhysBits() {
    if (has("lm")) {
      if (physBits != 0 && Integer.compareUnsigned(physBits - 32, MAX_PHYS_BITS - 32) > 0) {
        throw new ConfigException("phys-bits should be between 32 and " + MAX_PHYS_BITS + "  (but is "
            + Integer.toUnsignedString(physBits) + ")");
      }
      physBits = physBits == 0 ? DEFAULT_PHYS_BITS : physBits;
    } else if (physBits != 0) {
      throw new ConfigException("phys-bits is not user-configurable in 32 bit");
    } else {
      physBits = has("pse36") ? 36 : 32;
    }
  }
}
