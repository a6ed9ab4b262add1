package thespis.machine.acpi;

import static thespis.machine.acpi.Aml.*;

import java.util.List;

/// What PCI functions add to their entry in the DSDT: the ISA bridges their route control registers and the devices
/// behind them, a display its power states.
public final class PciAml {
  private static final int ROUTE_CONTROL = 0x60;

  private PciAml() {}

  /// 82371SB "PIRQRC[A:D]".
  ///
  /// @param slot where the bridge is
  public static Aml piix3(int slot, List<Aml> isaDevices) {
    return all(
        operationRegion("P40C", Space.PCI_CONFIG, ROUTE_CONTROL, 4),
        scope("\\_SB",
            field("PCI0.S%02X.P40C".formatted(slot << 3), Access.BYTE, Update.PRESERVE,
                bits("PRQ0", 8),
                bits("PRQ1", 8),
                bits("PRQ2", 8),
                bits("PRQ3", 8))),
        all(isaDevices));
  }

  /// ICH9 "PIRQ[n]_ROUT": A to D, a gap, E to H.
  ///
  /// @param slot where the bridge is
  public static Aml ich9Lpc(int slot, List<Aml> isaDevices) {
    return all(
        operationRegion("PIRQ", Space.PCI_CONFIG, ROUTE_CONTROL, 12),
        scope("\\_SB",
            field("PCI0.S%02X.PIRQ".formatted(slot << 3), Access.BYTE, Update.PRESERVE,
                bits("PRQA", 8),
                bits("PRQB", 8),
                bits("PRQC", 8),
                bits("PRQD", 8),
                gap(32),
                bits("PRQE", 8),
                bits("PRQF", 8),
                bits("PRQG", 8),
                bits("PRQH", 8))),
        all(isaDevices));
  }

  /// ACPI 6.5 "_SxD (Sx Device State)": works in all of them.
  public static Aml display() {
    return all(
        method("_S1D", 0, giveBack(integer(0))),
        method("_S2D", 0, giveBack(integer(0))),
        method("_S3D", 0, giveBack(integer(0))));
  }
}
