package thespis.machine.board;

import java.util.List;
import java.util.Map;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.SleepStates;
import thespis.machine.acpi.SmiFeatures;

/// What the objects of a board's chips tell that only the board knows. Those that a guest can change are asked for when
/// somebody looks. The defaults are those of a board that nothing has run on.
public interface ChipValues {
  /// @param number from 0, for COM1
  /// @param chardev its character device
  /// @param users it is a device that the user asked for
  /// @param id that device's; null for none
  record SerialPort(int number, String chardev, boolean users, String id) {}

  default boolean hpet() {
    return true;
  }

  default List<SerialPort> serials() {
    return List.of();
  }

  /// The character device of each parallel port.
  default List<String> parallels() {
    return List.of();
  }

  /// PCI devices that the user asked for, in order.
  default List<UserDevice> pciDevices() {
    return List.of();
  }

  /// Year, month and so on of the clock chip, as C's `struct tm` names them.
  default Map<String, Object> clock() {
    return Map.of();
  }

  /// How large the firmware's image is.
  default long firmware() {
    return 256 << 10;
  }

  /// Where the guest has put the power management registers; 0 for nowhere.
  default long powerBase() {
    return 0;
  }

  /// CPU hotplug registers are still the bitmap of old.
  default boolean legacyCpuHotplug() {
    return true;
  }

  /// From now on they are not.
  default void leaveLegacyCpuHotplug() {}

  default PowerSettings powerSettings() {
    return new PowerSettings(SleepStates.ALL, SmiFeatures.ALL);
  }

  /// What firmware and board have agreed on, a bit for each feature.
  default long smiFeatures() {
    return 0;
  }

  /// Where PCI Express configuration space is in memory; -1 for nowhere.
  default long mmconfig() {
    return -1;
  }

  default long mmconfigSize() {
    return mmconfig() == -1 ? 0 : Chipset.MMCONFIG_SIZE;
  }
}
