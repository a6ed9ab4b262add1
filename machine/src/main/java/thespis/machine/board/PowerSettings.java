package thespis.machine.board;

import java.util.List;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.GlobalProperty;
import thespis.machine.acpi.SleepStates;
import thespis.machine.acpi.SmiFeatures;
import thespis.machine.device.pci.Mch;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// What `-global` says of the chip that has a board's power management, before there is one.
///
/// @param smi what firmware can ask for
public record PowerSettings(SleepStates sleep, SmiFeatures smi) {
  private static final int MOST_TSEG_MIB = 0xFFF;

  /// @param machine full name, as in `pc-i440fx-7.2`
  /// @throws ConfigException with QEMU's text
  public static PowerSettings of(String machine, List<GlobalProperty> globals) {
    boolean q35 = machine.startsWith(MachineVersions.Q35);
    QomObject chip = new QomObject(ObjectTypes.find(q35 ? "ICH9-LPC" : "PIIX4_PM"), new MachineSettings());
    Globals.apply(globals, chip, Globals::refuse);
    return new PowerSettings(
        new SleepStates(number(chip, "disable_s3") == 0, number(chip, "disable_s4") == 0, number(chip, "s4_val")),
        q35 ? smi(chip) : SmiFeatures.NONE);
  }

  /// The strap of `q35`'s watchdog.
  ///
  /// @throws ConfigException with QEMU's text
  public static boolean noReboot(List<GlobalProperty> globals) {
    QomObject chip = new QomObject(ObjectTypes.find("ICH9-LPC"), new MachineSettings());
    Globals.apply(globals, chip, Globals::refuse);
    return (Boolean) chip.get("noreboot");
  }

  /// What of `q35`'s memory firmware can close.
  ///
  /// @throws ConfigException with QEMU's text
  public static Mch.ManagementRam managementRam(List<GlobalProperty> globals) {
    QomObject chip = new QomObject(ObjectTypes.find("mch"), new MachineSettings());
    Globals.apply(globals, chip, Globals::refuse);
    int extended = number(chip, "extended-tseg-mbytes");
    if (extended > MOST_TSEG_MIB) {
      throw new ConfigException("invalid extended-tseg-mbytes value: " + extended);
    }
    return new Mch.ManagementRam((Boolean) chip.get("smbase-smram"), extended);
  }

  private static SmiFeatures smi(QomObject chip) {
    boolean plug = (Boolean) chip.get("x-smi-cpu-hotplug");
    boolean unplug = (Boolean) chip.get("x-smi-cpu-hotunplug");
    if (unplug && !plug) {
      throw new ConfigException("cpu hot-unplug requires cpu hot-plug");
    }
    return new SmiFeatures(((Boolean) chip.get("x-smi-broadcast") ? SmiFeatures.BROADCAST : 0)
        | (plug ? SmiFeatures.CPU_HOTPLUG : 0)
        | (unplug ? SmiFeatures.CPU_HOT_UNPLUG : 0));
  }

  private static int number(QomObject chip, String property) {
    return Math.toIntExact((Long) chip.get(property));
  }
}
