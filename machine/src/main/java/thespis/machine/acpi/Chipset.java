package thespis.machine.acpi;

/// Where the two boards keep their ACPI registers, and what their FADT says of them. Ports and values as QEMU 7.2 has
/// them, seen in its tables.
public enum Chipset {
  /// PIIX4 power management on the i440FX board.
  PC(0xAFE0, 4, 0xAF00, 0xAE00, 0xF1, 0xF0, 2L << 30),

  /// ICH9 LPC on Q35.
  Q35(0x620, 16, 0xCD8, 0xCC0, 0x02, 0x03, 32L << 30);

  /// Where firmware programs the power management registers to be: with tables of the board's, and with its own.
  public static final int PM_BASE = 0x600;
  public static final int PM_BASE_OF_FIRMWARE = 0xB000;

  public static final int SMI_COMMAND = 0xB2;
  public static final int SCI = 9;

  /// PCI's chip sets share it: value 0x0F resets.
  public static final int RESET_CONTROL = 0xCF9;

  public static final int FW_CFG = 0x510;
  public static final long HPET = 0xFED0_0000L;

  /// Intel, legacy replacement, 64-bit counter, three comparators, revision 1.
  public static final long HPET_ID = 0x8086_A201L;

  public static final long MMCONFIG = 0xB000_0000L;
  public static final long MMCONFIG_SIZE = 0x1000_0000L;

  /// First port of GPE block 0: half status, half enable.
  public final int gpe;

  public final int gpeLength;

  /// CPU hotplug registers.
  public final int cpuHotplug;

  /// PCI hotplug registers.
  public final int pciHotplug;

  /// Values for {@link #SMI_COMMAND} by which an OS takes the events from firmware and gives them back.
  public final int acpiEnable;

  public final int acpiDisable;

  /// Addresses above RAM that belong to PCI.
  public final long hole64;

  Chipset(int gpe, int gpeLength, int cpuHotplug, int pciHotplug, int acpiEnable, int acpiDisable, long hole64) {
    this.gpe = gpe;
    this.gpeLength = gpeLength;
    this.cpuHotplug = cpuHotplug;
    this.pciHotplug = pciHotplug;
    this.acpiEnable = acpiEnable;
    this.acpiDisable = acpiDisable;
    this.hole64 = hole64;
  }
}
