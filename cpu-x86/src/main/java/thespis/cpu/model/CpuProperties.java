package thespis.cpu.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;

/// Every setting of a {@link CpuConfig} by name: a row each, then a bool per feature flag and one per other spelling.
/// Names, types and defaults are those of QEMU 7.2's `x86_64-cpu`. Rows made by `plain` have no effect of their own
/// here: they steer KVM, Hyper-V enlightenments or migration; they are kept and read back.
public final class CpuProperties {
  private static final String ON_OFF = "on/off";
  private static final int MODEL_ID_LENGTH = 48;

  private static final Map<String, Property<CpuConfig>> COMMON = common();
  private static final Map<String, Property<CpuConfig>> MAX = max();

  private CpuProperties() {}

  /// All settings of processors of this model, by name.
  public static Map<String, Property<CpuConfig>> of(CpuModel model) {
    return model.takesAll() ? MAX : COMMON;
  }

  /// Those that every processor has.
  public static Map<String, Property<CpuConfig>> ofAll() {
    return COMMON;
  }

  private static List<Property<CpuConfig>> rows() {
    return List.of(
        Property.<CpuConfig>range("family", 0, 270, c -> c.family, (c, v) -> c.family = (int) v),
        Property.<CpuConfig>range("model", 0, 255, c -> c.model, (c, v) -> c.model = (int) v),
        Property.<CpuConfig>range("stepping", 0, 15, c -> c.stepping, (c, v) -> c.stepping = (int) v),
        Property.<CpuConfig>of("vendor", "string", c -> c.vendor, CpuProperties::setVendor).always(),
        Property.<CpuConfig>of("model-id", "string", c -> c.modelId, CpuProperties::setModelId).always(),
        Property.<CpuConfig>range(
            "tsc-frequency", 0, Long.MAX_VALUE, c -> c.tscKhz * 1000, (c, v) -> c.tscKhz = v / 1000),
        Property.<CpuConfig>uint32("level", c -> c.level, (c, v) -> c.level = v).withDefault(0xFFFFFFFFL),
        Property.<CpuConfig>uint32("xlevel", c -> c.xlevel, (c, v) -> c.xlevel = v).withDefault(0xFFFFFFFFL),
        Property.<CpuConfig>uint32("xlevel2", c -> c.xlevel2, (c, v) -> c.xlevel2 = v).withDefault(0xFFFFFFFFL),
        Property.<CpuConfig>uint32("level-func7", c -> c.levelFunc7, (c, v) -> c.levelFunc7 = v)
            .withDefault(0xFFFFFFFFL),
        Property.<CpuConfig>uint32("min-level", c -> c.minLevel, (c, v) -> c.minLevel = v).withDefault(0L),
        Property.<CpuConfig>uint32("min-xlevel", c -> c.minXlevel, (c, v) -> c.minXlevel = v).withDefault(0L),
        Property.<CpuConfig>uint32("min-xlevel2", c -> c.minXlevel2, (c, v) -> c.minXlevel2 = v).withDefault(0L),
        Property.<CpuConfig>uint32("phys-bits", c -> c.physBits, (c, v) -> c.physBits = v).withDefault(0L),
        Property.<CpuConfig>uint64("ucode-rev", c -> c.ucodeRev, (c, n, in) -> c.ucodeRev = in.uint64(n))
            .withDefault(0L),
        Property.<CpuConfig>uint32("apic-id", c -> c.apicId, (c, v) -> c.apicId = v).withDefault(0xFFFFFFFFL),
        Property.<CpuConfig>int32("socket-id", c -> c.socketId, (c, v) -> c.socketId = v).withDefault(-1L),
        Property.<CpuConfig>int32("die-id", c -> c.dieId, (c, v) -> c.dieId = v).withDefault(-1L),
        Property.<CpuConfig>int32("core-id", c -> c.coreId, (c, v) -> c.coreId = v).withDefault(-1L),
        Property.<CpuConfig>int32("thread-id", c -> c.threadId, (c, v) -> c.threadId = v).withDefault(-1L),
        Property.<CpuConfig>int32("node-id", c -> c.nodeId, (c, v) -> c.nodeId = v).withDefault(-1L),
        Property.<CpuConfig>bool("check", c -> c.check, (c, v) -> c.check = v).withDefault(true),
        Property.<CpuConfig>bool("enforce", c -> c.enforce, (c, v) -> c.enforce = v).withDefault(false),
        Property.<CpuConfig>bool("x-force-features", c -> c.forceFeatures, (c, v) -> c.forceFeatures = v)
            .withDefault(false),
        Property.<CpuConfig>bool("legacy-cache", c -> c.legacyCache, (c, v) -> c.legacyCache = v).withDefault(true),
        Property.<CpuConfig>bool("l3-cache", c -> c.l3Cache, (c, v) -> c.l3Cache = v).withDefault(true),
        Property.<CpuConfig>bool("cpuid-0xb", c -> c.cpuid0xb, (c, v) -> c.cpuid0xb = v).withDefault(true),
        Property.<CpuConfig>bool("tcg-cpuid", c -> c.tcgCpuid, (c, v) -> c.tcgCpuid = v).withDefault(true),
        Property.<CpuConfig>bool("x-vendor-cpuid-only", c -> c.vendorCpuidOnly, (c, v) -> c.vendorCpuidOnly = v)
            .withDefault(true),
        Property.<CpuConfig>bool(
                "full-cpuid-auto-level", c -> c.fullCpuidAutoLevel, (c, v) -> c.fullCpuidAutoLevel = v)
            .withDefault(true),
        Property.<CpuConfig>bool("kvm", c -> c.exposeKvm, (c, v) -> c.exposeKvm = v).withDefault(true),
        Property.<CpuConfig>bool("pmu", c -> c.pmu, (c, v) -> c.pmu = v).withDefault(false),
        Property.<CpuConfig>uint64("lbr-fmt", c -> c.lbrFormat, CpuProperties::setLbrFormat),
        Property.<CpuConfig>bool("start-powered-off", c -> (Boolean) c.plain("start-powered-off", false),
            (c, v) -> c.plain.put("start-powered-off", v)).always(),
        plain("lmce", false),
        plain("fill-mtrr-mask", true),
        plain("host-phys-bits", false),
        plainUnsigned("host-phys-bits-limit", 8, 0),
        plain("kvm-no-smi-migration", false),
        plain("kvm-pv-enforce-cpuid", false),
        plain("vmware-cpuid-freq", true),
        plain("x-migrate-smi-count", true),
        plain("x-intel-pt-auto-level", true),
        plainUnsigned("hv-spinlocks", 32, 0xFFFFFFFFL),
        plainUnsigned("hv-version-id-build", 32, 0x3839),
        plainUnsigned("hv-version-id-major", 16, 10),
        plainUnsigned("hv-version-id-minor", 16, 0),
        plainUnsigned("hv-version-id-spack", 32, 0),
        plainUnsigned("hv-version-id-sbranch", 8, 0),
        plainUnsigned("hv-version-id-snumber", 32, 0),
        Property.<CpuConfig>int32("x-hv-max-vps", c -> ((Long) c.plain("x-hv-max-vps", -1L)).intValue(),
                (c, v) -> c.plain.put("x-hv-max-vps", (long) v))
            .withDefault(-1L),
        Property.<CpuConfig>of("hv-vendor-id", "str", CpuConfig::hyperVVendor,
            (c, n, in) -> c.plain.put("hv-vendor-id", in.string(n))),
        Property.<CpuConfig>of("hv-no-nonarch-coresharing", "OnOffAuto",
                c -> c.plain("hv-no-nonarch-coresharing", "off"),
                Property.oneOf(List.of("on", "off", "auto"), (c, v) -> c.plain.put("hv-no-nonarch-coresharing", v)))
            .withDefault("off").described("on/off/auto"),
        plain("hv-enforce-cpuid", false),
        plain("hv-passthrough", false),
        plain("x-hv-synic-kvm-only", false),
        hyperV("hv-relaxed"),
        hyperV("hv-vapic"),
        hyperV("hv-time"),
        hyperV("hv-crash"),
        hyperV("hv-reset"),
        hyperV("hv-vpindex"),
        hyperV("hv-runtime"),
        hyperV("hv-synic"),
        hyperV("hv-stimer"),
        hyperV("hv-frequencies"),
        hyperV("hv-reenlightenment"),
        hyperV("hv-tlbflush"),
        hyperV("hv-evmcs"),
        hyperV("hv-ipi"),
        hyperV("hv-stimer-direct"),
        hyperV("hv-avic"),
        hyperV("hv-emsr-bitmap"),
        hyperV("hv-xmm-input"),
        hyperV("hv-tlbflush-ext"),
        hyperV("hv-tlbflush-direct"),
        hyperV("hv-syndbg"),
        Property.<CpuConfig>readOnly("unavailable-features", "strList", c -> c.filtered.names()),
        Property.<CpuConfig>readOnly("crash-information", "GuestPanicInformation", c -> {
          throw new ConfigException("No crash occurred");
        }),
        Property.<CpuConfig>readOnly("feature-words", "X86CPUFeatureWordInfo", c -> wordInfo(c.features)).asMember(),
        Property.<CpuConfig>readOnly("filtered-features", "X86CPUFeatureWordInfo", c -> wordInfo(c.filtered))
            .asMember());
  }

  private static Map<String, Property<CpuConfig>> common() {
    Map<String, Property<CpuConfig>> all = new LinkedHashMap<>(1024);
    rows().forEach(row -> all.put(row.name(), row));
    for (Features.Flag flag : Features.flags().values()) {
      all.put(flag.name(), Property.bool(flag.name(), c -> c.features.has(flag), (c, on) -> c.ask(flag, on)));
    }
    Features.aliases().forEach((other, name) -> all.put(other, all.get(name).named(other)));
    all.put("hv-apicv", all.get("hv-avic").named("hv-apicv"));
    all.put("lbr_fmt", all.get("lbr-fmt").named("lbr_fmt"));
    return Collections.unmodifiableMap(all);
  }

  private static Map<String, Property<CpuConfig>> max() {
    Map<String, Property<CpuConfig>> all = new LinkedHashMap<>(COMMON);
    all.put("migratable", Property.<CpuConfig>bool("migratable", c -> c.migratable, (c, v) -> c.migratable = v)
        .withDefault(true));
    all.put("host-cache-info", plain("host-cache-info", false));
    return Collections.unmodifiableMap(all);
  }

  private static Property<CpuConfig> plain(String name, boolean initial) {
    return Property.<CpuConfig>bool(name, c -> (Boolean) c.plain(name, initial), (c, v) -> c.plain.put(name, v))
        .withDefault(initial);
  }

  private static Property<CpuConfig> hyperV(String name) {
    return plain(name, false).described(ON_OFF);
  }

  private static Property<CpuConfig> plainUnsigned(String name, int bits, long initial) {
    return Property.<CpuConfig>unsigned(name, bits, c -> ((Long) c.plain(name, initial)).intValue(),
        (c, v) -> c.plain.put(name, (long) v)).withDefault(initial);
  }

  private static void setVendor(CpuConfig cpu, String name, Input value) {
    String text = value.string(name);
    if (text.length() != 12) {
      throw new ConfigException("Property '.vendor' doesn't take value '" + text + "'");
    }
    cpu.vendor = text;
  }

  private static void setModelId(CpuConfig cpu, String name, Input value) {
    String text = value.string(name);
    cpu.modelId = text.length() > MODEL_ID_LENGTH ? text.substring(0, MODEL_ID_LENGTH) : text;
  }

  private static void setLbrFormat(CpuConfig cpu, String name, Input value) {
    long bits = value.uint64(name);
    if ((bits & ~0x3FL) != 0) {
      throw new ConfigException("Property value for '" + name + "' has bits outside mask '0x3f'");
    }
    cpu.lbrFormat = bits;
  }

  /// CPUID words only, the last one first.
  private static List<Map<String, Object>> wordInfo(Features features) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (FeatureWord word : FeatureWord.values()) {
      if (word.isCpuid()) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("cpuid-register", word.register());
        if (word.subleaf >= 0) {
          info.put("cpuid-input-ecx", (long) word.subleaf);
        }
        info.put("cpuid-input-eax", Integer.toUnsignedLong(word.index));
        info.put("features", features.get(word));
        list.add(info);
      }
    }
    Collections.reverse(list);
    return list;
  }
}
