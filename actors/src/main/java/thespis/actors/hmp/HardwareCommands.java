package thespis.actors.hmp;

import java.util.List;
import thespis.actors.cli.HelpPages;

/// What the monitor does to the machine's hardware beside QMP: the order of boot devices, machine checks; and which devices
/// there are to choose from. Texts are QEMU 7.2's.
final class HardwareCommands {
  private static final int BANKS = 10;

  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("boot_set", "bootdevice:s", "bootdevice", "define new values for the boot device list",
          (s, a) -> HmpCommand.text(bootOrder(a.text("bootdevice")))),
      new HmpCommand("mce", "broadcast:-b,cpu:l,bank:l,status:l,mcgstatus:l,addr:l,misc:l",
          "[-b] cpu bank status mcgstatus addr misc",
          "inject a MCE on the given CPU [and broadcast to other CPUs with -b option]",
          (s, a) -> s.machine().cpus().thenApply(cpus -> cpus.stream().noneMatch(c -> c.slot().index() == a.number("cpu"))
              ? ""
              : machineCheck(a.number("bank"), a.number("status")))),
      new HmpCommand("sync-profile", "op:s?", "[on|off|reset]",
          "enable, disable or reset synchronization profiling. With no arguments, prints whether profiling is on or off.",
          (s, a) -> HmpCommand.text(profile(a.text("op")))));

  static final List<HmpCommand> INFO = List.of(
      HmpCommand.fixed("qdm", "", "", "show qdev device model list", HelpPages.devices()),
      HmpCommand.fixed("sync-profile", "[-m] [-n] [max]", "mean:-m,no_coalesce:-n,max:i?",
          "show synchronization profiling info, up to max entries (default: 10), sorted by total wait time."
              + " (-m: sort by mean wait time; -n: do not coalesce objects with the same call site)",
          "Type               Object  Call site  Wait Time (s)         Count  Average (us)\n"
              + ("-".repeat(79) + "\n").repeat(2)));

  private HardwareCommands() {}

  /// A PC has room for three of them: floppy disks, hard disk, CD-ROM and network.
  static String bootOrder(String devices) {
    for (int i = 0; i < devices.length(); i++) {
      char device = devices.charAt(i);
      if (device < 'a' || device > 'p') {
        return "Invalid boot device '" + device + "'\n";
      }
      if (devices.indexOf(device) < i) {
        return "Boot device '" + device + "' was given twice\n";
      }
    }
    if (devices.length() > 3) {
      return "Too many boot devices for PC\n";
    }
    for (char device : devices.toCharArray()) {
      if ("abcdn".indexOf(device) < 0) {
        return "Invalid boot device for PC: '" + device + "'\n";
      }
    }
    return "boot device list now set to " + devices + "\n";
  }

  /// SDM Vol. 3B "IA32_MCi_STATUS MSRS": bit 63 says that there is something.
  static String machineCheck(long bank, long status) {
    if (bank < 0 || bank >= BANKS) {
      return "Invalid MCE bank number\n";
    }
    return status >= 0 ? "Invalid MCE status code\n" : "Error: to inject a machine check is not supported yet\n";
  }

  private static String profile(String what) {
    return switch (what) {
      case null -> "sync-profile is off\n";
      case "off", "reset" -> "";
      case "on" -> "Error: synchronization profiling is not supported yet\n";
      default -> "Error: Invalid parameter '" + what + "'\n";
    };
  }
}
