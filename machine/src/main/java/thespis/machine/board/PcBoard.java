package thespis.machine.board;

import java.util.List;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.run.GuestClock;
import thespis.machine.device.misc.ResetControl;
import thespis.machine.device.pci.I440fx;
import thespis.machine.device.pci.Piix3;
import thespis.machine.device.pci.Piix3Ide;
import thespis.machine.loader.E820;

/// The `pc` board: Intel 440FX host bridge, and PIIX3 as south bridge with PIIX4's power management.
public final class PcBoard extends Board {
  /// GSI 2.
  private static final int HPET_ROUTES = 0x4;

  public PcBoard(BoardConfig config, GuestClock clock, ApicBus apics) {
    super(config, RamLayout.pc(config.ram()), clock, apics);
    addPci(0, 0, new I440fx(map, ram, false));
    Piix3 isa = addPci(1, 0, new Piix3(irqs(16)));
    pci.interrupts(Piix3::wire, isa::set);
    addPci(1, 1, new Piix3Ide());
    ports.map("ide0", 0x1F0, 8, Piix3Ide.emptyChannel());
    ports.map("ide0-control", 0x3F6, 1, Piix3Ide.emptyChannel());
    ports.map("ide1", 0x170, 8, Piix3Ide.emptyChannel());
    ports.map("ide1-control", 0x376, 1, Piix3Ide.emptyChannel());
    addIsa(HPET_ROUTES, ResetControl.piix3(this::requestReset));
  }

  @Override
  protected List<E820.Entry> reservedRanges() {
    return List.of();
  }
}
