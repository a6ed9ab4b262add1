package thespis.machine.board;

import java.util.List;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.run.GuestClock;
import thespis.machine.acpi.Aml;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.PciAml;
import thespis.machine.acpi.PciBusAml;
import thespis.machine.device.misc.ResetControl;
import thespis.machine.device.pci.I440fx;
import thespis.machine.device.pci.Piix3;
import thespis.machine.device.pci.Piix3Ide;
import thespis.machine.device.pci.Piix4Pm;
import thespis.machine.loader.E820;

/// The `pc` board: Intel 440FX host bridge, and PIIX3 as south bridge with PIIX4's power management.
public final class PcBoard extends Board {
  /// GSI 2.
  private static final int HPET_ROUTES = 0x4;

  private static final int HOST = 0;
  private static final int SOUTH = 1;
  private static final int REMOVABLE_SLOTS = ~(1 << HOST | 1 << SOUTH);

  public PcBoard(BoardConfig config, GuestClock clock, ApicBus apics) {
    super(config, Chipset.PC, "Standard PC (i440FX + PIIX, 1996)", RamLayout.pc(config.ram()), clock, apics);
    addPci(HOST, 0, new I440fx(map, ram, false));
    Piix3 bridge = addPci(SOUTH, 0, new Piix3(irqs(16)));
    pci.interrupts(Piix3::wire, bridge::set);
    addPci(SOUTH, 1, new Piix3Ide());
    ports.map("ide0", 0x1F0, 8, Piix3Ide.emptyChannel());
    ports.map("ide0-control", 0x3F6, 1, Piix3Ide.emptyChannel());
    ports.map("ide1", 0x170, 8, Piix3Ide.emptyChannel());
    ports.map("ide1-control", 0x376, 1, Piix3Ide.emptyChannel());
    addIsa(HPET_ROUTES, ResetControl.piix3(this::requestReset));
    if (config.acpi()) {
      addPower(irq(Chipset.SCI), REMOVABLE_SLOTS);
      addPci(SOUTH, 3, new Piix4Pm(power().block(), config.serial().size(), !config.parallel().isEmpty()));
    }
    addPciFunctions();
    addFwCfg();
  }

  /// QEMU names host bridge and ISA bridge; the other slots can be filled.
  @Override
  protected PciBusAml pciAml() {
    return PciBusAml.hotplug(0, List.of(
        PciBusAml.Slot.fixed(HOST << 3, Aml.all()),
        PciBusAml.Slot.fixed(SOUTH << 3, PciAml.piix3(SOUTH, isa().aml(true)))));
  }

  @Override
  protected List<E820.Entry> reservedRanges() {
    return List.of();
  }
}
