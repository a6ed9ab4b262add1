package thespis.actors;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import thespis.cpu.model.ConfigException;
import thespis.machine.acpi.FirmwareFiles;
import thespis.machine.board.BootChoice;
import thespis.machine.board.RamImage;

/// What only a PC can say against a user's options, each in QEMU's words.
final class PcOptions {
  private static final long LEAST_MEMORY = 1L << 20;
  private static final int MOST_FIRMWARE_FILES = 16;

  private PcOptions() {}

  static void checkMemory(long bytes) {
    if (bytes < LEAST_MEMORY) {
      throw new ConfigException("a PC needs at least 1 MiB of memory");
    }
  }

  static void checkFirmwareFiles(MachineConfig config) {
    if (config.firmwareFiles().size() > MOST_FIRMWARE_FILES) {
      throw new ConfigException("there is room for " + MOST_FIRMWARE_FILES + " fw_cfg files beside the machine's own");
    }
    for (String name : config.firmwareFiles().keySet()) {
      if (FirmwareFiles.NAMES.contains(name)) {
        throw new ConfigException("duplicate fw_cfg file name: " + name);
      }
    }
  }

  /// What `-boot` and its like tell firmware.
  static BootChoice boot(Map<String, String> options) {
    BootChoice usual = BootChoice.USUAL;
    return new BootChoice(
        options.getOrDefault("boot.order", usual.order()),
        Optional.ofNullable(options.get("boot.once")).filter(drives -> !drives.isEmpty()),
        options.getOrDefault("boot.menu", "off").matches("on|y|yes|true"),
        options.getOrDefault("boot.floppy-check", "on").equals("on"),
        Integer.decode(options.getOrDefault("boot.reboot-timeout", "-1")),
        options.containsKey("boot.splash-time")
            ? OptionalInt.of(Integer.decode(options.get("boot.splash-time")))
            : OptionalInt.empty());
  }

  /// The memory of another machine, if it is as large as this one's is to be. As for a stream.
  static RamImage ram(FrozenMachine from, long expected) {
    Optional<RamImage> there = from.ram();
    long bytes = there.map(RamImage::bytes).orElse(0L);
    if (bytes != expected) {
      throw new ConfigException("Size mismatch: pc.ram: 0x" + Long.toHexString(bytes) + " != 0x"
          + Long.toHexString(expected) + ": Invalid argument");
    }
    return there.orElseThrow();
  }
}
