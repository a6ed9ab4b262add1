package thespis.machine.board;

import java.util.List;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.GlobalProperty;
import thespis.machine.acpi.SleepStates;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// What `-global` says of the chip that has a board's power management, before there is one.
public final class PowerSettings {
  private PowerSettings() {}

  /// @param machine full name, as in `pc-i440fx-7.2`
  /// @throws ConfigException with QEMU's text
  public static SleepStates sleepStates(String machine, List<GlobalProperty> globals) {
    String type = machine.startsWith(MachineVersions.Q35) ? "ICH9-LPC" : "PIIX4_PM";
    QomObject chip = new QomObject(ObjectTypes.find(type), new MachineSettings());
    Globals.apply(globals, chip, Globals::refuse);
    return new SleepStates(number(chip, "disable_s3") == 0, number(chip, "disable_s4") == 0, number(chip, "s4_val"));
  }

  private static int number(QomObject chip, String property) {
    return Math.toIntExact((Long) chip.get(property));
  }
}
