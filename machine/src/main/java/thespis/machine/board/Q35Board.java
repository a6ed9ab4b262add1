package thespis.machine.board;

import java.util.List;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.run.GuestClock;
import thespis.machine.device.misc.ResetControl;
import thespis.machine.device.pci.Ich9Ahci;
import thespis.machine.device.pci.Ich9Smbus;
import thespis.machine.device.pci.Mch;
import thespis.machine.loader.E820;

/// The `q35` board: Intel Q35 host bridge (MCH) and ICH9 south bridge.
public final class Q35Board extends Board {
  /// GSI 2, 8 and 16 to 23.
  private static final int HPET_ROUTES = 0xFF_0104;

  public Q35Board(BoardConfig config, GuestClock clock, ApicBus apics) {
    super(config, RamLayout.q35(config.ram()), clock, apics);
    addPci(0, 0, new Mch(map, ram, false));
    addPci(31, 2, new Ich9Ahci());
    addPci(31, 3, new Ich9Smbus());
    addIsa(HPET_ROUTES, ResetControl.ich9(this::requestReset));
  }

  @Override
  protected List<E820.Entry> reservedRanges() {
    return List.of(
        new E820.Entry(FirmwareSetup.MMCONFIG_BASE, FirmwareSetup.MMCONFIG_SIZE, E820.RESERVED),
        new E820.Entry(FirmwareSetup.RCBA_BASE, FirmwareSetup.RCBA_SIZE, E820.RESERVED));
  }
}
