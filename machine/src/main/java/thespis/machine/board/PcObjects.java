package thespis.machine.board;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.prop.Property;
import thespis.machine.acpi.Chipset;
import thespis.machine.device.irq.IoApic;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.MemoryRegion;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.QomObject;

/// The objects of the `pc` board: 440FX host bridge, PIIX3, PIIX4's power management.
final class PcObjects extends ChipObjects {
  private static final long HPET_ROUTES = 0x4;
  private static final long SMBUS = 0xB100;
  private static final int SMBUS_LENGTH = 64;

  private QomObject host;

  PcObjects(ObjectTree tree, MachineSettings machine, RamLayout ram) {
    super(tree, machine, ram);
  }

  @Override
  void addHost() {
    addFwCfg();
    host = tree.find("/machine").add("i440fx", device("i440FX-pcihost"));
    addBus(host, "pci.0", "PCI");
    addHoles(host, Chipset.PC.hole64);
    addShadowRam(host);
    addIoApic(host);
  }

  @Override
  QomObject host() {
    return host;
  }

  @Override
  void addChips() {
    QomObject picOutput = boardLine();
    List<QomObject> global = new ArrayList<>();
    for (int i = 0; i < IoApic.PINS; i++) {
      global.add(boardLine());
    }
    interrupts(global);
    addMemory();
    QomObject bus = host.child("pci.0");
    QomObject bridge = onPci("i440FX", bus, 0, 0, false);
    QomObject smram = MemoryRegion.add(bridge, "smram[0]", 4L << 30);
    MemoryRegion.map(MemoryRegion.add(bridge, "smram-low[0]", 0x20000), smram, 0xA0000);
    over(bridge, "smram-region[0]", system, 0xA0000, 0x20000);
    machine.put("smram", smram.path());
    QomObject south = onPci("PIIX3", bus, 1, 0, true);
    MemoryRegion.map(MemoryRegion.add(south, "piix3-reset-control[0]", 1), io, () -> Chipset.RESET_CONTROL, 1);
    addIsa(south, picOutput, HPET_ROUTES, true);
    addIde(onPci("piix3-ide", bus, 1, 1, false));
    if (hasUsb()) {
      usb.describe(onPci("piix3-usb-uhci", bus, 1, 2, false));
    }
    if (acpi()) {
      bus.own(Property.readOnly("acpi-pcihp-bsel", "uint32", o -> 0L));
      addPower(onPci("PIIX4_PM", bus, 1, 3, false), bus, global.get(Chipset.SCI));
    }
    new UserPciObjects(this, bus, null).add(values.pciDevices());
  }

  private void addIde(QomObject ide) {
    QomObject all = MemoryRegion.add(ide, "piix-bmdma-container[0]", 16);
    for (int channel = 0; channel < 2; channel++) {
      addBus(ide, "ide." + channel, "IDE");
      register(ide, "piix-bmdma[" + channel + "]", all, channel * 8, 4);
      register(ide, "bmdma[" + channel + "]", all, channel * 8 + 4, 4);
      ports(unattached, "ide[*]", channel == 0 ? 0x1F0 : 0x170, 8);
      ports(unattached, "ide[*]", channel == 0 ? 0x3F6 : 0x376, 1);
    }
  }

  private void addPower(QomObject chip, QomObject bus, QomObject sci) {
    addPower(chip, Chipset.PC, "piix4-pm[0]", 64);
    ports(chip, "acpi-gpe0[0]", Chipset.PC.gpe, Chipset.PC.gpeLength);
    ports(chip, "pm-smbus[0]", SMBUS, SMBUS_LENGTH);
    settings(chip).put("smb_io_base", SMBUS).put("smm-enabled", true);
    number(chip, "gpe0_blk", "uint32", () -> (long) Chipset.PC.gpe);
    number(chip, "sci_int", "uint16", () -> (long) Chipset.SCI);
    chip.wire("smi-irq[0]", boardLine());
    chip.wire("unnamed-gpio-out[0]", sci);
    settings(bus).put("hotplug-handler", chip.path());
    addEeproms(chip);
  }

  @Override
  protected boolean hasPowerManagement() {
    return acpi();
  }
}
