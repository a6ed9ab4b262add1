package thespis.machine.board;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.prop.GlobalProperty;

/// What machine types of older versions make of their processors, so that a guest that was installed on one sees the same
/// processor for ever: properties that come before those of `-global`. Read from QEMU 7.2, whose
/// `query-cpu-model-expansion` says for each machine type what each model is there. Of the chips only what firmware can
/// ask for by system management interrupt is here.
final class OldMachines {
  /// A version, and below it what it and all before it set: type (`*` for all processors; a CPU model; or a chip in full),
  /// property, value. Newest first: what comes later overrules.
  private static final String TABLE = """
      6.1
        *                         hv-version-id-build    7100
        *                         hv-version-id-major    6
        *                         hv-version-id-minor    1
      6.0
        *                         x-vendor-cpuid-only    off
        qemu64                    family                 6
        qemu64                    model                  6
        qemu64                    stepping               3
      5.2
        ICH9-LPC                  x-smi-cpu-hotunplug    off
      5.1
        ICH9-LPC                  x-smi-cpu-hotplug      off
      4.1
        mch                       smbase-smram           off
      3.1
        *                         x-intel-pt-auto-level  off
        Cascadelake-Server        mpx                    on
        Icelake-Server            mpx                    on
        Skylake-Client            mpx                    on
        Skylake-Client-IBRS       mpx                    on
        Skylake-Server            mpx                    on
        Skylake-Server-IBRS       mpx                    on
        Cascadelake-Server        stepping               5
        EPYC                      npt                    off
        EPYC                      nrip-save              off
        EPYC-IBPB                 npt                    off
        EPYC-IBPB                 nrip-save              off
        Opteron_G3                rdtscp                 off
        Opteron_G4                npt                    off
        Opteron_G4                nrip-save              off
        Opteron_G4                rdtscp                 off
        Opteron_G5                npt                    off
        Opteron_G5                nrip-save              off
        Opteron_G5                rdtscp                 off
      3.0
        *                         x-hv-synic-kvm-only    on
        Skylake-Server            pku                    off
        Skylake-Server-IBRS       pku                    off
      2.12
        *                         legacy-cache           on
        *                         topoext                off
        EPYC                      xlevel                 0x8000000a
        EPYC-IBPB                 xlevel                 0x8000000a
      2.11
        *                         x-migrate-smi-count    off
        Skylake-Server            clflushopt             off
      2.10
        *                         x-hv-max-vps           64
      2.9
        mch                       extended-tseg-mbytes   0
      2.8
        *                         tcg-cpuid              off
        *                         vmware-cpuid-freq      off
        Haswell                   stepping               1
        ICH9-LPC                  x-smi-broadcast        off
      2.7
        *                         l3-cache               off
        *                         full-cpuid-auto-level  off
        Opteron_G3                family                 15
        Opteron_G3                model                  6
        Opteron_G3                stepping               1
      2.6
        *                         cpuid-0xb              off
        *                         fill-mtrr-mask         off
      2.4
        *                         check                  off
        Broadwell                 abm                    off
        Broadwell-noTSX           abm                    off
        Haswell                   abm                    off
        Haswell-noTSX             abm                    off
        Opteron_G2                rdtscp                 on
        Opteron_G3                rdtscp                 on
        Opteron_G4                rdtscp                 on
        Opteron_G5                rdtscp                 on
        host                      host-cache-info        on
        qemu32                    popcnt                 on
        qemu64                    popcnt                 on
        qemu64                    abm                    on
        qemu64                    sse4a                  on
      2.3
        *                         arat                   off
        *                         kvm-no-smi-migration   on
        Conroe                    min-level              4
        Nehalem                   min-level              4
        Penryn                    min-level              4
        kvm64                     min-level              5
        n270                      min-level              5
        pentium3                  min-level              2
        qemu64                    min-level              4
        Broadwell                 min-xlevel             0x8000000a
        Broadwell-noTSX           min-xlevel             0x8000000a
        Conroe                    min-xlevel             0x8000000a
        Haswell                   min-xlevel             0x8000000a
        Haswell-noTSX             min-xlevel             0x8000000a
        IvyBridge                 min-xlevel             0x8000000a
        Nehalem                   min-xlevel             0x8000000a
        Penryn                    min-xlevel             0x8000000a
        SandyBridge               min-xlevel             0x8000000a
        Westmere                  min-xlevel             0x8000000a
        n270                      min-xlevel             0x8000000a
      2.2
        Broadwell                 f16c                   off
        Broadwell                 rdrand                 off
        Haswell                   f16c                   off
        Haswell                   rdrand                 off
      2.1
        core2duo                  vmx                    on
        coreduo                   vmx                    on
      1.6
        qemu32                    model                  3
        qemu64                    model                  2
      1.5
        *                         pmu                    on
        Conroe                    model                  2
        Conroe                    min-level              2
        Nehalem                   model                  2
        Nehalem                   min-level              2
        Penryn                    model                  2
        Penryn                    min-level              2
      1.4
        486                       model                  0
        Westmere                  pclmulqdq              off
        n270                      movbe                  off
      """;

  /// These called themselves after the emulator's version until 2.4.
  private static final List<String> NAMED_BY_VERSION = List.of("qemu64", "qemu32", "athlon");

  private OldMachines() {}

  static List<GlobalProperty> properties(MachineVersions machine) {
    List<GlobalProperty> all = new ArrayList<>();
    boolean applies = false;
    for (String line : TABLE.lines().toList()) {
      if (!line.startsWith(" ")) {
        applies = machine.upTo(line);
      } else if (applies) {
        String[] row = line.strip().split(" +");
        all.add(new GlobalProperty(type(row[0]), row[1], row[2]));
      }
    }
    if (machine.upTo("2.4")) {
      NAMED_BY_VERSION.forEach(model -> all.add(new GlobalProperty(
          type(model), "model-id", "QEMU Virtual CPU version " + machine.version() + ".0")));
    }
    return all;
  }

  private static String type(String name) {
    return name.equals("*") ? "x86_64-cpu" : name.startsWith("ICH9") || name.equals("mch") ? name : name + "-x86_64-cpu";
  }
}
