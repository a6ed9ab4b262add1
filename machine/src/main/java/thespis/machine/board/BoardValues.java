package thespis.machine.board;

import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import thespis.machine.device.pci.Ich9Lpc;
import thespis.machine.device.pci.Mch;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.Piix4Pm;

/// What a real board's chips say of themselves.
///
/// @param parallels the character device of each parallel port
/// @param pciDevices devices that the user asked for
public record BoardValues(Board board, List<SerialPort> serials, List<String> parallels, List<UserDevice> pciDevices)
    implements ChipValues {
  private static final int POWER_BASE = 0xFFC0;
  private static final long BAR = 0xF_F000_0000L;

  @Override
  public boolean hpet() {
    return board.config().hpet();
  }

  @Override
  public Map<String, Object> clock() {
    LocalDateTime now = board.rtc().dateTime();
    Map<String, Object> tm = new LinkedHashMap<>();
    tm.put("tm_year", (long) now.getYear() - 1900);
    tm.put("tm_mon", (long) now.getMonthValue() - 1);
    tm.put("tm_mday", (long) now.getDayOfMonth());
    tm.put("tm_hour", (long) now.getHour());
    tm.put("tm_min", (long) now.getMinute());
    tm.put("tm_sec", (long) now.getSecond());
    return tm;
  }

  @Override
  public long firmware() {
    return board.map().ranges().stream()
        .filter(range -> range.name().equals("bios"))
        .mapToLong(range -> range.bytes())
        .findAny().orElseGet(ChipValues.super::firmware);
  }

  @Override
  public long powerBase() {
    return chip("PIIX4_PM", Piix4Pm.PMBASE) + chip("ICH9-LPC", Ich9Lpc.PMBASE) & POWER_BASE;
  }

  @Override
  public boolean legacyCpuHotplug() {
    return board.cpuHotplug().isLegacy();
  }

  @Override
  public void leaveLegacyCpuHotplug() {
    board.cpuHotplug().leaveLegacyMode();
  }

  @Override
  public PowerSettings powerSettings() {
    return new PowerSettings(board.config().sleep(), board.config().smi());
  }

  @Override
  public long smiFeatures() {
    return board.smiFeatures();
  }

  @Override
  public long mmconfig() {
    long low = chip("mch", Mch.PCIEXBAR) & 0xFFFF_FFFFL;
    return (low & 1) == 0 ? -1 : (low | (long) chip("mch", Mch.PCIEXBAR + 4) << 32) & BAR;
  }

  private int chip(String name, int register) {
    for (PciDevice device : board.pci().devices()) {
      if (device.name().equals(name)) {
        return device.readConfig(register, 4);
      }
    }
    return 0;
  }
}
