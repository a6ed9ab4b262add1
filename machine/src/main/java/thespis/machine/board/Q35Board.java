package thespis.machine.board;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.run.GuestClock;
import thespis.machine.acpi.Aml;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.PciAml;
import thespis.machine.acpi.PciBusAml;
import thespis.machine.device.irq.IoApic;
import thespis.machine.device.misc.ResetControl;
import thespis.machine.device.pci.Ich9Ahci;
import thespis.machine.device.pci.Ich9Lpc;
import thespis.machine.device.pci.Ich9Smbus;
import thespis.machine.device.pci.Mch;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.loader.E820;

/// The `q35` board: Intel Q35 host bridge (MCH) and ICH9 south bridge.
public final class Q35Board extends Board {
  /// GSI 2, 8 and 16 to 23.
  private static final int HPET_ROUTES = 0xFF_0104;

  private static final int HOST = 0;
  private static final int SOUTH = 31;
  private static final int REMOVABLE_SLOTS = -1;

  public Q35Board(BoardConfig config, GuestClock clock, ApicBus apics) {
    super(config, Chipset.Q35, "Standard PC (Q35 + ICH9, 2009)", RamLayout.q35(config.ram()), clock, apics);
    addPci(HOST, 0, new Mch(map, ram, memory.below4g(), false, config.managementRam()));
    Ich9Lpc lpc = addPci(SOUTH, 0, new Ich9Lpc(irqs(IoApic.PINS)));
    pci.interrupts(lpc::wire, lpc::set);
    addPci(SOUTH, 2, new Ich9Ahci());
    addPci(SOUTH, 3, new Ich9Smbus());
    for (PcieRootPort.Settings port : config.rootPorts()) {
      addPci(port.devfn() >>> 3, port.devfn() & 7, new PcieRootPort(port));
    }
    addPciFunctions();
    addIsa(HPET_ROUTES, ResetControl.ich9(this::requestReset));
    addPower(lpc.sci(), REMOVABLE_SLOTS);
    lpc.powerManagement(power().block());
    power().noReboot(() -> config.noReboot() || lpc.noReboot());
    addFwCfg();
  }

  /// QEMU names host bridge, LPC bridge, SMBus and each user's function 0; nothing can be plugged into the root bus, but
  /// behind its ports.
  @Override
  protected PciBusAml pciAml() {
    List<PciBusAml.Slot> slots = new ArrayList<>();
    slots.add(PciBusAml.Slot.fixed(HOST << 3, Aml.all()));
    for (int i = 0; i < config.rootPorts().size(); i++) {
      int number = config.rootPorts().size() - 1 - i;
      PcieRootPort.Settings port = config.rootPorts().get(i);
      List<PciBusAml.Slot> behind = config.pciFunctions().stream()
          .filter(f -> f.devfn() != 0 && f.port() != null && f.port().equals(port.id()))
          .map(f -> PciBusAml.Slot.fixed(f.devfn(), Aml.all()))
          .toList();
      slots.add(PciBusAml.Slot.bridge(port.devfn(), PciBusAml.expressPort(number, behind)));
    }
    config.pciFunctions().stream().filter(f -> f.port() == null && (f.devfn() & 7) == 0)
        .forEach(f -> slots.add(PciBusAml.Slot.fixed(f.devfn(), Aml.all())));
    slots.add(PciBusAml.Slot.fixed(SOUTH << 3, PciAml.ich9Lpc(SOUTH, isa().aml(false))));
    slots.add(PciBusAml.Slot.fixed(SOUTH << 3 | 3, Aml.all()));
    return PciBusAml.fixed(slots);
  }

  @Override
  protected List<E820.Entry> reservedRanges() {
    return List.of(
        new E820.Entry(FirmwareSetup.MMCONFIG_BASE, FirmwareSetup.MMCONFIG_SIZE, E820.RESERVED),
        new E820.Entry(FirmwareSetup.RCBA_BASE, FirmwareSetup.RCBA_SIZE, E820.RESERVED));
  }
}
