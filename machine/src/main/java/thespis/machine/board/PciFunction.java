package thespis.machine.board;

import thespis.cpu.run.GuestClock;
import thespis.machine.device.pci.PciDevice;

/// A PCI function that the user asked for, other than a root port.
///
/// @param port the root port that it is behind, by its name; null for bus 0
/// @param model makes it, when the board is made
public record PciFunction(String port, int devfn, Model model) {
  /// A kind of device with its settings.
  public interface Model {
    PciDevice create(GuestClock clock);
  }
}
