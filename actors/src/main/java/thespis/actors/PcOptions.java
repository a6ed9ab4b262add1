package thespis.actors;

import java.util.Map;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.machine.acpi.FirmwareFiles;
import thespis.machine.board.RamImage;

/// What only a PC can say against a user's options, each in QEMU's words.
final class PcOptions {
  private static final long LEAST_MEMORY = 1L << 20;
  private static final int MOST_FIRMWARE_FILES = 16;

  /// As many as the CMOS has room for.
  private static final int MOST_BOOT_DEVICES = 3;

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

  /// Drives of a PC are floppy disks, hard disk, CD-ROM and network.
  static void checkBoot(Map<String, String> options) {
    String once = options.getOrDefault("boot.once", "");
    checkBoot(once.isEmpty() ? options.getOrDefault("boot.order", "") : once);
  }

  private static void checkBoot(String drives) {
    if (drives.length() > MOST_BOOT_DEVICES) {
      throw new ConfigException("Too many boot devices for PC");
    }
    for (char drive : drives.toCharArray()) {
      if ("abcdn".indexOf(drive) < 0) {
        throw new ConfigException("Invalid boot device for PC: '" + drive + "'");
      }
    }
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
