package thespis.machine.board;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.SmiFeatures;
import thespis.machine.device.irq.IoApic;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.MemoryRegion;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.QomObject;

/// The objects of the `q35` board: Q35 host bridge (MCH) and ICH9 south bridge.
final class Q35Objects extends ChipObjects {
  private static final int SOUTH = 31;
  private static final int USB = 29;
  private static final long HPET_ROUTES = 0xFF_0104;
  private static final int SATA_PORTS = 6;
  private static final int SMBUS_LENGTH = 64;

  private QomObject host;
  private QomObject mch;

  Q35Objects(ObjectTree tree, MachineSettings machine, RamLayout ram) {
    super(tree, machine, ram);
  }

  @Override
  void addHost() {
    addFwCfg();
    host = tree.find("/machine").add("q35", device("q35-pcihost"));
    addBus(host, "pcie.0", "PCIE");
    addHoles(host, Chipset.Q35.hole64);
    mch = host.child("mch");
    mch.setRealized(true);
    describePci(mch, 0, 0, false);
    addShadowRam(mch);
    addManagementRam();
    addIoApic(host);
    machine.put("max-ram-below-4g", 1L << 32);
  }

  @Override
  QomObject host() {
    return host;
  }

  /// "SMRAM", "ESMRAMC", "TSEG"; and QEMU's window at SMBASE.
  private void addManagementRam() {
    QomObject smram = MemoryRegion.add(mch, "smram[0]", 4L << 30);
    over(mch, "smram-region[0]", system, 0xA0000, 0x20000);
    over(mch, "smram-open-high[0]", system, 0xFEDA_0000L, 0x20000);
    register(mch, "smram-low[0]", smram, 0xA0000, 0x20000);
    register(mch, "smram-high[0]", smram, 0xFEDA_0000L, 0x20000);
    over(mch, "tseg-blackhole[0]", system, ram.below4g(), 0);
    register(mch, "tseg-window[0]", smram, ram.below4g(), 0);
    over(mch, "smbase-blackhole[0]", system, 0x30000, 0x20000);
    register(mch, "smbase-window[0]", smram, 0x30000, 0x20000);
    machine.put("smram", smram.path());
  }

  @Override
  void addChips() {
    List<QomObject> global = new ArrayList<>();
    for (int i = 0; i < IoApic.PINS; i++) {
      global.add(boardLine());
    }
    interrupts(global);
    addMemory();
    describeHost();
    QomObject bus = host.child("pcie.0");
    mch.plugInto(bus);
    QomObject lpc = onPci("ICH9-LPC", bus, SOUTH, 0, true);
    for (int i = 0; i < IoApic.PINS; i++) {
      lpc.wire("gsi[" + i + "]", global.get(i));
    }
    MemoryRegion.add(lpc, "lpc-rcrb-mmio[0]", 0x4000);
    MemoryRegion.map(MemoryRegion.add(lpc, "lpc-reset-control[0]", 1), io, () -> Chipset.RESET_CONTROL, 1);
    addPower(lpc);
    addIsa(lpc, boardLine(), HPET_ROUTES, false);
    QomObject sata = onPci("ich9-ahci", bus, SOUTH, 2, true);
    for (int port = 0; port < SATA_PORTS; port++) {
      addBus(sata, "ide." + port, "IDE");
    }
    if (hasUsb()) {
      addUsb(bus);
    }
    QomObject smbus = onPci("ICH9-SMB", bus, SOUTH, 3, true);
    MemoryRegion.add(smbus, "pm-smbus[0]", SMBUS_LENGTH);
    addEeproms(smbus);
    new UserPciObjects(this, bus, lpc).add(values.pciDevices());
  }

  /// The controller and its companions, which come second.
  private void addUsb(QomObject bus) {
    QomObject enhanced = onPci("ich9-usb-ehci1", bus, USB, 7, true);
    usb.describe(enhanced);
    for (int i = 0; i < 3; i++) {
      QomObject companion = onPci("ich9-usb-uhci" + (i + 1), bus, USB, i, true);
      settings(companion).put("masterbus", "usb-bus.0").put("firstport", 2L * i);
      usb.describe(companion);
    }
  }

  private void describeHost() {
    settings(host)
        .put("below-4g-mem-size", ram.below4g()).put("above-4g-mem-size", ram.above4g())
        .put("io-mem", io.path()).put("system-mem", system.path()).put("pci-mem", unattached.child("pci[0]").path());
    QomObject memory = tree.at("/objects/pc.ram/pc.ram[0]");
    settings(host).put("ram-mem", memory == null ? "" : memory.path());
    settings(host).put("MCFG", (Supplier<Object>) () -> unsigned(values.mmconfig()));
    number(host, "mcfg_size", "uint64", values::mmconfigSize);
  }

  private void addPower(QomObject lpc) {
    QomObject block = addPower(lpc, Chipset.Q35, "ich9-pm[0]", 128);
    register(lpc, "acpi-gpe0[0]", block, 0x20, Chipset.Q35.gpeLength);
    register(lpc, "acpi-smi[0]", block, 0x30, 8);
    register(lpc, "sm-tco[0]", block, 0x60, 32);
    number(lpc, "gpe0_blk", "uint32", () -> values.powerBase() + 0x20);
    number(lpc, "sci_int", "uint8", () -> (long) Chipset.SCI);
    number(lpc, "x-smi-negotiated-features", "uint64", values::smiFeatures);
    long smi = values.powerSettings().smi().bits();
    settings(lpc)
        .put("x-smi-broadcast", (smi & SmiFeatures.BROADCAST) != 0)
        .put("x-smi-cpu-hotplug", (smi & SmiFeatures.CPU_HOTPLUG) != 0)
        .put("x-smi-cpu-hotunplug", (smi & SmiFeatures.CPU_HOT_UNPLUG) != 0);
  }
}
