package thespis.actors;

import java.util.List;
import java.util.Map;
import java.util.Set;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.machine.qom.QomObject;

/// What `-machine` says beyond the type. Names and values are checked by the machine's object; what would change the
/// machine in a way that it cannot be changed is refused by name.
///
/// @param usb the board has USB controllers of its own
record BoardOptions(boolean acpi, boolean hpet, boolean usb) {
  /// They are about things that this emulator does not do at all, or does for nobody to see: any value fits.
  private static final Set<String> WITHOUT_EFFECT = Set.of(
      "dump-guest-core", "mem-merge", "suppress-vmdesc", "graphics", "dt-compatible", "phandle-start", "vmport",
      "smm", "usb-default", "bus-lock-ratelimit", "default-bus-bypass-iommu", "smbios-entry-point-type",
      "dtb", "dumpdtb");

  /// Only these values are as the machine is.
  private static final Map<String, List<String>> AS_IT_IS = Map.ofEntries(
      Map.entry("pit", List.of("on", "auto")),
      Map.entry("pic", List.of("on", "auto")),
      Map.entry("i8042", List.of("on")),
      Map.entry("sata", List.of("on")),
      Map.entry("smbus", List.of("on")),
      Map.entry("cxl", List.of("off")),
      Map.entry("nvdimm", List.of("off")));

  /// Of ours: they are not properties of the machine's object, whose list of them is QEMU's.
  private static final Set<String> OWN = Set.of(CpuLimit.OPTION, CpuLimit.FEATURES, ClockRate.OPTION);

  /// @param memory bytes of RAM
  /// @param machine the machine's object, which gets the values
  /// @throws ConfigException with QEMU's text, or naming what is not supported
  static BoardOptions apply(Map<String, String> options, long memory, QomObject machine) {
    options.forEach((name, value) -> {
      if (!name.startsWith("boot.") && !OWN.contains(name)) {
        set(machine, name, value);
        switch (name) {
          case "max-fw-size" -> {}
          case "max-ram-below-4g" -> checkSplit(Long.parseUnsignedLong(value), memory);
          default -> checkSupported(name, value);
        }
      }
    });
    return new BoardOptions(
        !options.getOrDefault("acpi", "auto").equals("off"),
        !options.getOrDefault("hpet", "on").matches("off|no|n|false"),
        (Boolean) machine.get("usb"));
  }

  private static void set(QomObject machine, String name, String value) {
    try {
      machine.set(name, Input.ofOption(value));
    } catch (DeviceNotFoundException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /// Memory that ends below it does not notice.
  private static void checkSplit(long bytes, long memory) {
    if (memory >= bytes) {
      throw new ConfigException("-machine max-ram-below-4g=" + bytes + " is not supported for " + memory + " bytes of RAM");
    }
  }

  private static void checkSupported(String name, String value) {
    boolean fits = WITHOUT_EFFECT.contains(name)
        || name.equals("acpi")
        || name.equals("hpet")
        || name.equals("hmat")
        || name.equals("usb")
        || AS_IT_IS.getOrDefault(name, List.of()).contains(value);
    if (!fits) {
      throw new ConfigException("-machine " + name + "=" + value + " is not supported");
    }
  }
}
