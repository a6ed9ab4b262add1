package thespis.actors;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PcieRootPort;
import thespis.qmp.command.PciCommands.PciBridgeInfo;
import thespis.qmp.command.PciCommands.PciBusInfo;
import thespis.qmp.command.PciCommands.PciClass;
import thespis.qmp.command.PciCommands.PciDeviceInfo;
import thespis.qmp.command.PciCommands.PciId;
import thespis.qmp.command.PciCommands.PciInfo;
import thespis.qmp.command.PciCommands.PciMemoryRange;
import thespis.qmp.command.PciCommands.PciRegion;

/// `query-pci`: what is in the configuration spaces now.
final class PciQueries {
  private static final int VENDOR = 0;
  private static final int DEVICE = 2;
  private static final long UNMAPPED = -1;

  /// Names of base class and subclass. PCI Local Bus Specification 3.0 "Class Codes".
  private static final Map<Integer, String> CLASSES = Map.ofEntries(
      Map.entry(0x0100, "SCSI controller"),
      Map.entry(0x0101, "IDE controller"),
      Map.entry(0x0106, "SATA controller"),
      Map.entry(0x0200, "Ethernet controller"),
      Map.entry(0x0300, "VGA controller"),
      Map.entry(0x0401, "Audio controller"),
      Map.entry(0x0600, "Host bridge"),
      Map.entry(0x0601, "ISA bridge"),
      Map.entry(0x0604, "PCI bridge"),
      Map.entry(0x0680, "Bridge"),
      Map.entry(0x0C03, "USB controller"),
      Map.entry(0x0C05, "SMBus"));

  private PciQueries() {}

  /// @param devices of bus 0; none where there is no bus
  static List<PciInfo> buses(List<PciDevice> devices) {
    return devices.isEmpty()
        ? List.of()
        : List.of(new PciInfo(0, devices.stream().map(PciQueries::device).toList()));
  }

  private static PciDeviceInfo device(PciDevice d) {
    int code = word(d, PciDevice.CLASS + 1);
    int pin = d.readConfig(PciDevice.INTERRUPT_PIN, 1);
    return new PciDeviceInfo(
        d.bus().number(),
        d.devfn() >> 3,
        d.devfn() & 7,
        new PciClass(Optional.ofNullable(CLASSES.get(code)), code),
        new PciId(
            word(d, DEVICE),
            word(d, VENDOR),
            subsystem(d, PciDevice.SUBSYSTEM),
            subsystem(d, PciDevice.SUBSYSTEM_VENDOR)),
        pin == 0 ? Optional.empty() : Optional.of((long) d.readConfig(PciDevice.INTERRUPT_LINE, 1)),
        pin,
        d.id(),
        d instanceof PcieRootPort port ? Optional.of(bridge(port)) : Optional.empty(),
        d.bars().stream().map(PciQueries::region).toList());
  }

  private static Optional<Long> subsystem(PciDevice d, int register) {
    return d instanceof PcieRootPort ? Optional.empty() : Optional.of((long) word(d, register));
  }

  private static PciBridgeInfo bridge(PcieRootPort port) {
    int secondary = port.readConfig(PcieRootPort.SECONDARY_BUS, 1);
    PciBusInfo bus = new PciBusInfo(port.readConfig(PcieRootPort.PRIMARY_BUS, 1), secondary,
        port.readConfig(PcieRootPort.SUBORDINATE_BUS, 1), range(port.ports()), range(port.memory()),
        range(port.prefetchable()));
    return new PciBridgeInfo(bus, secondary == 0
        ? Optional.empty()
        : Optional.of(port.behind().devices().stream().map(PciQueries::device).toList()));
  }

  private static PciMemoryRange range(PcieRootPort.Range range) {
    return new PciMemoryRange(range.base(), range.limit());
  }

  private static PciRegion region(PciDevice.BarInfo bar) {
    long at = bar.address() < 0 ? UNMAPPED : bar.address();
    return bar.io()
        ? new PciRegion(bar.index(), "io", at, bar.size(), Optional.empty(), Optional.empty())
        : new PciRegion(bar.index(), "memory", at, bar.size(), Optional.of(bar.prefetchable()), Optional.of(bar.wide()));
  }

  private static int word(PciDevice device, int offset) {
    return device.readConfig(offset, 2) & 0xFFFF;
  }
}
