package thespis.cpu.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The processor models of QEMU 7.2: one row each with vendor, family, model, stepping, highest basic and extended
/// CPUID leaf, model id, and features as difference to an earlier row; versions as difference to the version before.
/// A version's alias is its older name. Features are worked out for the one model that is asked for.
///
/// `vme` is in the models as QEMU defines them; with TCG it is off by default, see {@link Accelerator}.
public final class CpuModels {
  private static final String INTEL = "GenuineIntel";
  private static final String AMD = "AuthenticAMD";
  private static final String HYGON = "HygonGenuine";

  private static final List<CpuModelRow> ROWS = List.of(
      model("486", INTEL, 4, 8, 0, 0x1, 0)
          .with("fpu vme pse"),
      model("pentium", INTEL, 5, 4, 3, 0x1, 0)
          .like("486", "de tsc msr mce cx8 apic mmx"),
      model("pentium2", INTEL, 6, 5, 2, 0x2, 0)
          .like("pentium", "pae sep mtrr pge mca cmov pat pse36 fxsr"),
      model("pentium3", INTEL, 6, 7, 3, 0x3, 0)
          .like("pentium2", "sse"),
      model("athlon", AMD, 6, 2, 3, 0x2, 0x80000008).id("QEMU Virtual CPU version 2.5+")
          .like("pentium3", "sse2 mmxext 3dnowext 3dnow"),
      model("n270", INTEL, 6, 28, 2, 0xa, 0x80000008).id("Intel(R) Atom(TM) CPU N270   @ 1.60GHz")
          .like("pentium3", "clflush acpi sse2 ss pni monitor ssse3 movbe nx lahf-lm -pse36"),
      model("qemu32", INTEL, 6, 6, 3, 0x4, 0x80000004).id("QEMU Virtual CPU version 2.5+")
          .like("pentium3", "sse2 pni -vme -mtrr -mca -pse36"),
      model("qemu64", AMD, 15, 107, 1, 0xd, 0x8000000a).id("QEMU Virtual CPU version 2.5+")
          .like("pentium3", "clflush sse2 pni cx16 syscall nx lm lahf-lm svm -vme"),
      model("kvm32", INTEL, 15, 6, 1, 0x5, 0x80000008).id("Common 32-bit KVM processor")
          .like("pentium3", """
              clflush sse2 pni vmx-vintr-pending vmx-tsc-offset vmx-hlt-exit vmx-invlpg-exit vmx-mwait-exit
              vmx-rdpmc-exit vmx-rdtsc-exit vmx-movdr-exit vmx-io-exit vmx-io-bitmap vmx-msr-bitmap vmx-monitor-exit
              vmx-pause-exit vmx-intr-exit vmx-nmi-exit vmx-exit-ack-intr vmx-entry-ia32e-mode vmx-activity-hlt"""),
      model("kvm64", INTEL, 15, 6, 1, 0xd, 0x80000008).id("Common KVM processor")
          .like("kvm32", "cx16 syscall nx lm vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority -vmx-msr-bitmap"),
      model("coreduo", INTEL, 6, 14, 8, 0xa, 0x80000008).id("Genuine Intel(R) CPU           T2600  @ 2.16GHz")
          .like("kvm32", "acpi ss monitor nx -pse36"),
      model("core2duo", INTEL, 6, 15, 11, 0xa, 0x80000008).id("Intel(R) Core(TM)2 Duo CPU     T7700  @ 2.40GHz")
          .like("kvm64", """
              acpi ss monitor ssse3 lahf-lm vmx-vnmi-pending vmx-msr-bitmap vmx-secondary-ctls vmx-apicv-xapic
              vmx-vnmi vmx-ins-outs"""),
      model("Conroe", INTEL, 6, 15, 3, 0xa, 0x80000008).id("Intel Celeron_4x0 (Conroe/Merom Class Core 2)")
          .like("core2duo", "-acpi -ss -monitor -cx16"),
      model("Penryn", INTEL, 6, 23, 3, 0xa, 0x80000008).id("Intel Core 2 Duo P9xxx (Penryn Class Core 2)")
          .like("Conroe", "cx16 sse4.1 vmx-wbinvd-exit vmx-exit-load-perf-global-ctrl vmx-entry-load-perf-global-ctrl"),
      model("Nehalem", INTEL, 6, 26, 3, 0xb, 0x80000008).id("Intel Core i7 9xx (Nehalem Class Core i7)")
          .like("Penryn", """
              sse4.2 popcnt vmx-cr3-load-noexit vmx-cr3-store-noexit vmx-mtf vmx-ept vmx-desc-exit vmx-rdtscp-exit
              vmx-apicv-x2apic vmx-vpid vmx-preemption-timer vmx-exit-nosave-debugctl vmx-exit-save-pat
              vmx-exit-load-pat vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer
              vmx-entry-noload-debugctl vmx-entry-load-pat vmx-entry-load-efer vmx-ept-execonly vmx-page-walk-4
              vmx-ept-2mb vmx-ept-1gb vmx-invept vmx-invept-single-context vmx-invept-all-context vmx-invvpid
              vmx-invvpid-single-addr vmx-invvpid-all-context vmx-invept-single-context-noglobals vmx-true-ctls""")
          .version(2, "spec-ctrl").alias("Nehalem-IBRS").id("Intel Core i7 9xx (Nehalem Core i7, IBRS update)"),
      model("Westmere", INTEL, 6, 44, 1, 0xb, 0x80000008).id("Westmere E56xx/L56xx/X56xx (Nehalem-C)")
          .like("Nehalem", "pclmulqdq aes arat vmx-unrestricted-guest vmx-store-lma")
          .version(2, "spec-ctrl").alias("Westmere-IBRS").id("Westmere E56xx/L56xx/X56xx (IBRS update)"),
      model("SandyBridge", INTEL, 6, 42, 1, 0xd, 0x80000008).id("Intel Xeon E312xx (Sandy Bridge)")
          .like("Westmere", "x2apic tsc-deadline xsave avx rdtscp xsaveopt")
          .version(2, "spec-ctrl").alias("SandyBridge-IBRS").id("Intel Xeon E312xx (Sandy Bridge, IBRS update)"),
      model("IvyBridge", INTEL, 6, 58, 9, 0xd, 0x80000008).id("Intel Xeon E3-12xx v2 (Ivy Bridge)")
          .like("SandyBridge", """
              f16c rdrand fsgsbase smep erms vmx-apicv-register vmx-apicv-vid vmx-rdrand-exit vmx-posted-intr""")
          .version(2, "spec-ctrl").alias("IvyBridge-IBRS").id("Intel Xeon E3-12xx v2 (Ivy Bridge, IBRS)"),
      model("Haswell", INTEL, 6, 60, 4, 0xd, 0x80000008).id("Intel Core Processor (Haswell)")
          .like("IvyBridge", """
              fma pcid movbe abm bmi1 hle avx2 bmi2 invpcid rtm vmx-invpcid-exit vmx-vmfunc vmx-shadow-vmcs
              vmx-vmwrite-vmexit-fields vmx-eptad vmx-eptp-switching""")
          .version(2, "-hle -rtm").alias("Haswell-noTSX").stepping(1).id("Intel Core Processor (Haswell, no TSX)")
          .version(3, "hle rtm spec-ctrl").alias("Haswell-IBRS").stepping(4).id("Intel Core Processor (Haswell, IBRS)")
          .version(4, "-hle -rtm").alias("Haswell-noTSX-IBRS").stepping(1)
              .id("Intel Core Processor (Haswell, no TSX, IBRS)"),
      model("Broadwell", INTEL, 6, 61, 2, 0xd, 0x80000008).id("Intel Core Processor (Broadwell)")
          .like("Haswell", "3dnowprefetch rdseed adx smap vmx-rdseed-exit vmx-pml")
          .version(2, "-hle -rtm").alias("Broadwell-noTSX").id("Intel Core Processor (Broadwell, no TSX)")
          .version(3, "hle rtm spec-ctrl").alias("Broadwell-IBRS").id("Intel Core Processor (Broadwell, IBRS)")
          .version(4, "-hle -rtm").alias("Broadwell-noTSX-IBRS").id("Intel Core Processor (Broadwell, no TSX, IBRS)"),
      model("Skylake-Client", INTEL, 6, 94, 3, 0xd, 0x80000008).id("Intel Core Processor (Skylake)")
          .like("Broadwell", "xsavec xgetbv1 -vmx-apicv-x2apic -vmx-apicv-register -vmx-apicv-vid -vmx-posted-intr")
          .version(2, "spec-ctrl").alias("Skylake-Client-IBRS").id("Intel Core Processor (Skylake, IBRS)")
          .version(3, "-hle -rtm").alias("Skylake-Client-noTSX-IBRS").id("Intel Core Processor (Skylake, IBRS, no TSX)")
          .version(4, "xsaves vmx-xsaves").note("IBRS, XSAVES, no TSX"),
      model("Skylake-Server", INTEL, 6, 85, 4, 0xd, 0x80000008).id("Intel Xeon Processor (Skylake)")
          .like("Broadwell", """
              pdpe1gb avx512f avx512dq clflushopt clwb avx512cd avx512bw avx512vl pku xsavec xgetbv1
              -vmx-eptp-switching""")
          .version(2, "spec-ctrl -clflushopt").alias("Skylake-Server-IBRS").id("Intel Xeon Processor (Skylake, IBRS)")
          .version(3, "-hle -rtm").alias("Skylake-Server-noTSX-IBRS").id("Intel Xeon Processor (Skylake, IBRS, no TSX)")
          .version(4, "vmx-eptp-switching").note("IBRS, EPT switching, no TSX")
          .version(5, "xsaves vmx-xsaves").note("IBRS, XSAVES, EPT switching, no TSX"),
      model("Cascadelake-Server", INTEL, 6, 85, 6, 0xd, 0x80000008).id("Intel Xeon Processor (Cascadelake)")
          .like("Skylake-Server", "avx512vnni spec-ctrl ssbd")
          .version(2, "arch-capabilities rdctl-no ibrs-all skip-l1dfl-vmentry mds-no").note("ARCH_CAPABILITIES")
          .version(3, "-hle -rtm").alias("Cascadelake-Server-noTSX").note("ARCH_CAPABILITIES, no TSX")
          .version(4, "vmx-eptp-switching").note("ARCH_CAPABILITIES, EPT switching, no TSX")
          .version(5, "xsaves vmx-xsaves").note("ARCH_CAPABILITIES, EPT switching, XSAVES, no TSX"),
      model("Cooperlake", INTEL, 6, 85, 10, 0xd, 0x80000008).id("Intel Xeon Processor (Cooperlake)")
          .like("Cascadelake-Server", """
              stibp arch-capabilities avx512-bf16 rdctl-no ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no taa-no
              vmx-eptp-switching""")
          .version(2, "xsaves vmx-xsaves").note("XSAVES"),
      model("Icelake-Server", INTEL, 6, 134, 0, 0xd, 0x80000008).id("Intel Xeon Processor (Icelake)")
          .like("Cascadelake-Server", """
              avx512vbmi umip avx512vbmi2 gfni vaes vpclmulqdq avx512bitalg avx512-vpopcntdq la57 wbnoinvd
              -vmx-rdseed-exit -vmx-pml""")
          .version(2, "-hle -rtm").alias("Icelake-Server-noTSX").note("no TSX")
          .version(3, "arch-capabilities rdctl-no ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no taa-no")
          .version(4, "avx512ifma sha-ni rdpid fsrm vmx-rdseed-exit vmx-pml vmx-eptp-switching").model(106)
          .version(5, "xsaves vmx-xsaves").note("XSAVES")
          .version(6, "vmx-page-walk-5").note("5-level EPT"),
      model("KnightsMill", INTEL, 6, 133, 0, 0xd, 0x80000008).id("Intel Xeon Phi Processor (Knights Mill)")
          .like("qemu64", """
              vme ss pclmulqdq ssse3 fma sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand
              pdpe1gb rdtscp abm 3dnowprefetch fsgsbase bmi1 avx2 smep bmi2 erms avx512f rdseed adx avx512pf avx512er
              avx512cd avx512-vpopcntdq avx512-4vnniw avx512-4fmaps xsaveopt arat -svm"""),
      model("Denverton", INTEL, 6, 95, 1, 0x15, 0x80000008).id("Intel Atom Processor (Denverton)")
          .like("Broadwell", """
              monitor pdpe1gb mpx clflushopt sha-ni spec-ctrl arch-capabilities ssbd xsavec xgetbv1 rdctl-no
              skip-l1dfl-vmentry -fma -pcid -avx -f16c -abm -bmi1 -hle -avx2 -bmi2 -invpcid -rtm -adx""")
          .version(2, "-monitor -mpx").note("no MPX, no MONITOR")
          .version(3, "xsaves vmx-xsaves").note("XSAVES, no MPX, no MONITOR"),
      model("Snowridge", INTEL, 6, 134, 1, 0x1b, 0x80000008).id("Intel Atom Processor (SnowRidge)")
          .like("Denverton", """
              clwb umip gfni cldemote movdiri movdir64b core-capability split-lock-detect -rdctl-no
              -skip-l1dfl-vmentry""")
          .version(2, "-mpx").id("Intel Atom Processor (Snowridge, no MPX)")
          .version(3, "xsaves vmx-xsaves").note("XSAVES, no MPX")
          .version(4, "-core-capability -split-lock-detect").note("no split lock detect, no core-capability"),
      model("phenom", AMD, 16, 2, 3, 0x5, 0x8000001a).id("AMD Phenom(tm) 9550 Quad-Core Processor")
          .like("qemu64", "vme monitor popcnt mmxext fxsr-opt pdpe1gb rdtscp 3dnowext 3dnow abm sse4a npt"),
      model("Opteron_G1", AMD, 15, 6, 1, 0x5, 0x80000008).id("AMD Opteron 240 (Gen 1 Class Opteron)")
          .like("qemu64", "vme -cx16 -lahf-lm -svm"),
      model("Opteron_G2", AMD, 15, 6, 1, 0x5, 0x80000008).id("AMD Opteron 22xx (Gen 2 Class Opteron)")
          .like("Opteron_G1", "cx16 lahf-lm svm"),
      model("Opteron_G3", AMD, 16, 2, 3, 0x5, 0x80000008).id("AMD Opteron 23xx (Gen 3 Class Opteron)")
          .like("Opteron_G2", "monitor popcnt rdtscp abm sse4a misalignsse"),
      model("Opteron_G4", AMD, 21, 1, 2, 0xd, 0x8000001a).id("AMD Opteron 62xx class CPU")
          .like("Opteron_G3", """
              pclmulqdq ssse3 sse4.1 sse4.2 aes xsave avx pdpe1gb 3dnowprefetch xop fma4 npt nrip-save -monitor"""),
      model("Opteron_G5", AMD, 21, 2, 0, 0xd, 0x8000001a).id("AMD Opteron 63xx class CPU")
          .like("Opteron_G4", "fma f16c tbm"),
      model("EPYC", AMD, 23, 1, 2, 0xd, 0x8000001e).id("AMD EPYC Processor")
          .like("Opteron_G5", """
              monitor movbe rdrand mmxext fxsr-opt cr8legacy osvw topoext fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap
              clflushopt sha-ni xsaveopt xsavec xgetbv1 arat -xop -fma4 -tbm""")
          .caches(Cache.EPYC)
          .version(2, "ibpb").alias("EPYC-IBPB").id("AMD EPYC Processor (with IBPB)")
          .version(3, "perfctr-core clzero xsaveerptr xsaves").id("AMD EPYC Processor"),
      model("EPYC-Rome", AMD, 23, 49, 0, 0xd, 0x8000001e).id("AMD EPYC-Rome Processor")
          .like("EPYC", "perfctr-core clwb umip rdpid clzero xsaveerptr wbnoinvd ibpb amd-stibp xsaves")
          .caches(Cache.EPYC_ROME)
          .version(2, "ibrs amd-ssbd"),
      model("EPYC-Milan", AMD, 25, 1, 1, 0xd, 0x8000001e).id("AMD EPYC-Milan Processor")
          .like("EPYC-Rome", "pcid svme-addr-chk erms invpcid pku fsrm ibrs amd-ssbd")
          .caches(Cache.EPYC_MILAN),
      model("Dhyana", HYGON, 24, 0, 1, 0xd, 0x8000001e).id("Hygon Dhyana Processor")
          .like("EPYC", "ibpb -pclmulqdq -aes -sha-ni")
          .caches(Cache.EPYC)
          .version(2, "xsaves").note("XSAVES"));

  private static final Map<String, CpuModel> MODELS = byName();

  private CpuModels() {}

  /// The model of this name, null if there is none. Case counts.
  public static CpuModel find(String name) {
    return MODELS.get(name);
  }

  /// All 132, in no particular order: versions, names without version, old names, `base`, `host`, `max`.
  public static Collection<CpuModel> all() {
    return MODELS.values();
  }

  static CpuModelRow row(String name) {
    for (CpuModelRow row : ROWS) {
      if (row.name().equals(name)) {
        return row;
      }
    }
    throw new IllegalStateException("no such row: " + name);
  }

  private static CpuModelRow model(
      String name, String vendor, int family, int model, int stepping, int level, int xlevel) {
    return new CpuModelRow(name, vendor, family, model, stepping, level, xlevel);
  }

  private static Map<String, CpuModel> byName() {
    List<CpuModel> all = new ArrayList<>(160);
    for (CpuModelRow row : ROWS) {
      all.addAll(row.models());
    }
    all.add(CpuModel.special("base"));
    all.add(CpuModel.special("max"));
    all.add(CpuModel.special("host"));
    Map<String, CpuModel> models = new LinkedHashMap<>(256);
    all.forEach(model -> models.put(model.name(), model));
    return Collections.unmodifiableMap(models);
  }
}
