package thespis.machine.board;

import static thespis.machine.qom.MemoryRegion.EVERYTHING;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Property;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.CpuHotplugRegs;
import thespis.machine.acpi.SleepStates;
import thespis.machine.device.irq.IoApic;
import thespis.machine.device.pci.PciHotplugRegs;
import thespis.machine.device.timer.Hpet;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.MemoryRegion;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// The objects of a board's chips, with their buses, regions and interrupt lines, under the names and with the values that
/// QEMU 7.2 shows. They are made in QEMU's order, which numbers those of the board itself.
abstract class ChipObjects {
  private static final int SMBUS_EEPROMS = 8;
  private static final int FIRST_EEPROM = 0x50;

  /// What QEMU's HPET has beside those of the interrupt controllers; nothing is at the other ends.
  private static final int HPET_OUTPUTS = 32;

  /// "PC/AT Technical Reference": COM1 to COM4, LPT1 to LPT3.
  private static final long[] SERIAL_PORTS = {0x3F8, 0x2F8, 0x3E8, 0x2E8};
  private static final long[] SERIAL_IRQS = {4, 3, 4, 3};
  private static final long[] PARALLEL_PORTS = {0x378, 0x278, 0x3BC};

  protected final ObjectTree tree;
  protected final MachineSettings machine;
  protected final RamLayout ram;
  protected final QomObject unattached;
  protected final QomObject sysbus;
  protected final QomObject system;
  protected final QomObject io;
  protected ChipValues values = new ChipValues() {};
  final UsbObjects usb = new UsbObjects();

  private final List<QomObject> gsi = new ArrayList<>();
  private QomObject isa;

  ChipObjects(ObjectTree tree, MachineSettings machine, RamLayout ram) {
    this.tree = tree;
    this.machine = machine;
    this.ram = ram;
    unattached = tree.find("/machine/unattached");
    sysbus = unattached.child("sysbus");
    system = unattached.child("system[0]");
    io = unattached.child("io[0]");
  }

  /// The host bridge with its bus, and fw_cfg: they are there before the processors.
  abstract void addHost();

  abstract QomObject host();

  /// The other chips.
  abstract void addChips();

  final void add(ChipValues known) {
    values = known;
    QomObject root = tree.find("/machine");
    QomObject fwCfg = root.child("fw_cfg");
    fwCfg.plugInto(sysbus);
    if (acpi()) {
      addAcpiTables(fwCfg);
    }
    host().plugInto(sysbus);
    host().child("ioapic").plugInto(sysbus);
    root.own(Property.<QomObject>of("rtc-time", "struct tm", o -> values.clock(), (o, n, in) -> {
      throw new ConfigException("Property 'mc146818rtc.date' is not writable");
    }).always());
    addLink(root, "rtc_state", "isa-device");
    if (hasPowerManagement()) {
      addLink(root, "acpi-device", "hotplug-handler");
    }
    addLink(root, "smram", "memory-region");
    addChips();
    values.serials().stream().filter(ChipValues.SerialPort::users).forEach(port -> {
      QomObject device = tree.addPeripheral(device("isa-serial"), port.id());
      device.plugInto(isa);
      describe(device, port);
    });
  }

  /// QEMU makes it with the first local APIC.
  static QomObject addApicsCompanion(ObjectTree tree) {
    QomObject companion = tree.addUnattached(device("kvmvapic"));
    companion.plugInto(tree.find("/machine/unattached/sysbus"));
    MemoryRegion.map(MemoryRegion.add(companion, "kvmvapic[0]", 2), tree.find("/machine/unattached/io[0]"), 0x7E);
    return companion;
  }

  // ---- objects

  static QomObject plain(String type) {
    return new QomObject(ObjectTypes.find(type), null);
  }

  static QomObject device(String type) {
    QomObject device = new QomObject(ObjectTypes.find(type), new MachineSettings());
    device.setRealized(true);
    return device;
  }

  static MachineSettings settings(QomObject device) {
    return device.state(MachineSettings.class);
  }

  static QomObject addBus(QomObject owner, String name, String type) {
    return owner.add(name, new QomObject(ObjectTypes.find(type), new MachineSettings()));
  }

  protected final QomObject onBoard(String type, QomObject bus) {
    QomObject chip = tree.addUnattached(device(type));
    chip.plugInto(bus);
    return chip;
  }

  private QomObject onIsa(String type) {
    return onBoard(type, isa);
  }

  protected final QomObject ports(QomObject owner, String name, long first, long count) {
    QomObject region = MemoryRegion.add(owner, name, count);
    MemoryRegion.map(region, io, first);
    return region;
  }

  final QomObject over(QomObject owner, String name, QomObject container, long address, long size) {
    QomObject region = MemoryRegion.add(owner, name, size);
    MemoryRegion.map(region, container, () -> address, 1);
    return region;
  }

  private void place(QomObject owner, String region, long first) {
    MemoryRegion.map(owner.child(region), io, first);
  }

  /// A line of the board that no chip owns.
  protected final QomObject boardLine() {
    unattached.lines("non-qdev-gpio", 1);
    return unattached.children().stream().reduce((a, b) -> b).orElseThrow();
  }

  protected static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  protected static void number(QomObject device, String name, String type, Supplier<Object> value) {
    device.own(Property.readOnly(name, type, o -> value.get()));
  }

  // ---- what both boards have

  protected final void addFwCfg() {
    QomObject fwCfg = tree.find("/machine").add("fw_cfg", device("fw_cfg_io"));
    ports(fwCfg, "fwcfg[0]", Chipset.FW_CFG, 2);
    ports(fwCfg, "fwcfg.dma[0]", Chipset.FW_CFG + 4, 8);
  }

  private static void addLink(QomObject root, String name, String type) {
    root.own(Property.readOnly(name, "link<" + type + ">", o -> o.setting(name, "")));
  }

  /// The chip with ACPI's registers is there.
  protected boolean hasPowerManagement() {
    return true;
  }

  protected final boolean acpi() {
    return !tree.get("/machine", "acpi").equals("off");
  }

  /// The board has USB of its own.
  protected final boolean hasUsb() {
    return (Boolean) tree.get("/machine", "usb");
  }

  private static void addAcpiTables(QomObject fwCfg) {
    MemoryRegion.add(fwCfg, "\\x2from@etc\\x2facpi\\x2ftables[0]", 0x20000);
    MemoryRegion.add(fwCfg, "\\x2from@etc\\x2ftable-loader[0]", 0x1000);
    MemoryRegion.add(fwCfg, "\\x2from@etc\\x2facpi\\x2frsdp[0]", 20);
  }

  /// @param hole64 bytes above all RAM that belong to PCI
  protected final void addHoles(QomObject host, long hole64) {
    MemoryRegion.map(host.child("pci-conf-idx[0]"), io, 0xCF8);
    MemoryRegion.map(host.child("pci-conf-data[0]"), io, 0xCFC);
    long giga = 1L << 30;
    long start = ((4L << 30) + ram.above4g() + giga - 1) / giga * giga;
    settings(host)
        .put("pci-hole-start", ram.below4g()).put("pci-hole-end", IoApic.DEFAULT_BASE)
        .put("pci-hole64-start", start).put("pci-hole64-end", start + hole64);
  }

  protected final void addIoApic(QomObject host) {
    QomObject ioApic = host.add("ioapic", device("ioapic"));
    ioApic.lines("unnamed-gpio-in", IoApic.PINS);
    MemoryRegion.map(MemoryRegion.add(ioApic, "ioapic[0]", 0x1000), system, IoApic.DEFAULT_BASE);
  }

  /// "PAM0-PAM6" of both host bridges: what is read and written in 640 KiB to 1 MiB, by segment and by setting.
  protected final void addShadowRam(QomObject bridge) {
    for (int segment = 0; segment < 13; segment++) {
      long address = segment == 0 ? 0xF0000 : 0xBC000 + 0x4000L * segment;
      long size = segment == 0 ? 0x10000 : 0x4000;
      for (String view : List.of("pam-ram[*]", "pam-rom[*]", "pam-pci[*]", "pam-pci[*]")) {
        over(bridge, view, system, address, size);
      }
    }
  }

  protected final void addMemory() {
    MemoryRegion.map(MemoryRegion.add(unattached, "ram-below-4g[0]", ram.below4g()), system, 0);
    if (ram.above4g() > 0) {
      MemoryRegion.map(MemoryRegion.add(unattached, "ram-above-4g[0]", ram.above4g()), system, 4L << 30);
    }
    QomObject pci = unattached.child("pci[0]");
    long size = values.firmware();
    MemoryRegion.map(MemoryRegion.add(unattached, "pc.bios[0]", size), pci, (4L << 30) - size);
    long low = Math.min(size, 128 << 10);
    over(unattached, "isa-bios[0]", pci, (1 << 20) - low, low);
    over(unattached, "pc.rom[0]", pci, 0xC0000, 0x20000);
  }

  /// @param global a global system interrupt's line, of {@link IoApic#PINS}
  protected final void interrupts(List<QomObject> global) {
    gsi.addAll(global);
  }

  protected final QomObject onPci(String type, QomObject bus, int slot, int function, boolean multifunction) {
    QomObject chip = onBoard(type, bus);
    describePci(chip, slot, function, multifunction);
    return chip;
  }

  static void describePci(QomObject chip, int slot, int function, boolean multifunction) {
    settings(chip).put("addr", (long) (slot << 3 | function)).put("multifunction", multifunction)
        .put("legacy-addr", String.format("%02x.%x", slot, function));
    QomObject all = MemoryRegion.add(chip, "bus master container[0]", EVERYTHING);
    MemoryRegion.map(MemoryRegion.add(chip, "bus master[0]", EVERYTHING), all, 0);
  }

  /// @param bridge whose bus it is
  /// @param picOutput what the first interrupt controller drives
  /// @param hpetRoutes interrupts that the HPET's timers may use, a bit for each
  protected final void addIsa(QomObject bridge, QomObject picOutput, long hpetRoutes, boolean floppy) {
    isa = addBus(bridge, "isa.0", "ISA");
    addDma(0, 0, 0x80);
    addDma(0xC0, 1, 0x88);
    QomObject first = addPic(0x20, 0x4D0, 0xF8, true, picOutput);
    addPic(0xA0, 0x4D1, 0xDE, false, first.child("unnamed-gpio-in[2]"));
    QomObject hpet = values.hpet() ? addHpet(hpetRoutes) : null;
    addClock(hpet == null ? gsi.get(8) : hpet.child("unnamed-gpio-in[1]"));
    QomObject pit = onIsa("isa-pit");
    settings(pit).put("iobase", 0x40L);
    ports(pit, "pit[0]", 0x40, 4);
    pit.lines("unnamed-gpio-in", 1);
    pit.wire("unnamed-gpio-out[0]", hpet == null ? gsi.get(0) : hpet.child("unnamed-gpio-in[0]"));
    if (hpet != null) {
      hpet.wire("unnamed-gpio-out[0]", pit.child("unnamed-gpio-in[0]"));
    }
    QomObject speaker = onIsa("isa-pcspk");
    settings(speaker).put("pit", pit.path());
    place(speaker, "pcspk[0]", 0x61);
    addPorts();
    if (floppy) {
      addFloppies();
    }
    addKeyboard();
    ports(unattached, "ioport80[0]", 0x80, 1);
    ports(unattached, "ioportF0[0]", 0xF0, 1);
  }

  private void addDma(long base, int shift, long pages) {
    QomObject dma = onIsa("i8257");
    settings(dma).put("base", base).put("dshift", (long) shift).put("page-base", pages).put("pageh-base", -1L);
    ports(dma, "dma-chan[0]", base, 8L << shift);
    ports(dma, "dma-cont[0]", base + (8 << shift), 8L << shift);
    ports(dma, "dma-page[0]", pages + 1, 3);
    ports(dma, "dma-page[1]", pages + 7, 1);
  }

  private QomObject addPic(long base, long elcr, long elcrMask, boolean first, QomObject output) {
    QomObject pic = onIsa("isa-i8259");
    settings(pic).put("iobase", base).put("elcr_addr", elcr).put("elcr_mask", elcrMask).put("master", first);
    ports(pic, "pic[0]", base, 2);
    ports(pic, "elcr[0]", elcr, 1);
    pic.lines("unnamed-gpio-in", 8);
    pic.wire("unnamed-gpio-out[0]", output);
    return pic;
  }

  private QomObject addHpet(long routes) {
    QomObject hpet = onBoard("hpet", sysbus);
    settings(hpet).put("hpet-intcap", routes);
    MemoryRegion.map(hpet.child("hpet[0]"), system, Hpet.BASE);
    hpet.lines("unnamed-gpio-in", 2);
    for (int i = 0; i < HPET_OUTPUTS; i++) {
      hpet.wire("sysbus-irq[" + i + "]", i < gsi.size() ? gsi.get(i) : null);
    }
    return hpet;
  }

  private void addClock(QomObject output) {
    QomObject rtc = onIsa("mc146818rtc");
    settings(rtc).put("base_year", 0L);
    number(rtc, "date", "struct tm", values::clock);
    QomObject registers = ports(rtc, "rtc[0]", 0x70, 2);
    MemoryRegion.map(MemoryRegion.add(rtc, "rtc-index[0]", 1), registers, 0);
    rtc.wire("unnamed-gpio-out[0]", output);
    machine.put("rtc_state", rtc.path());
  }

  private void addPorts() {
    values.serials().stream().filter(port -> !port.users()).forEach(port -> describe(onIsa("isa-serial"), port));
    for (int i = 0; i < values.parallels().size(); i++) {
      QomObject port = onIsa("isa-parallel");
      settings(port).put("index", (long) i).put("iobase", PARALLEL_PORTS[i]).put("chardev", values.parallels().get(i));
      ports(port, "parallel[0]", PARALLEL_PORTS[i], 8);
    }
  }

  private void describe(QomObject device, ChipValues.SerialPort port) {
    int number = port.number();
    settings(device).put("index", (long) number).put("iobase", SERIAL_PORTS[number]).put("irq", SERIAL_IRQS[number]);
    QomObject uart = device.child("serial");
    uart.setRealized(true);
    settings(uart).put("chardev", port.chardev());
    ports(device, "serial[0]", SERIAL_PORTS[number], 8);
  }

  private void addFloppies() {
    QomObject controller = onIsa("isa-fdc");
    addBus(controller, "floppy-bus.0", "floppy-bus");
    ports(controller, "fdc[*]", 0x3F1, 5);
    ports(controller, "fdc[*]", 0x3F7, 1);
  }

  private void addKeyboard() {
    QomObject keyboard = onIsa("i8042");
    place(keyboard, "i8042-data[0]", 0x60);
    place(keyboard, "i8042-cmd[0]", 0x64);
    for (String part : List.of("kbd", "mouse")) {
      QomObject device = keyboard.child("ps2" + part);
      device.setRealized(true);
      device.plugInto(sysbus);
      device.wire("unnamed-gpio-out[0]", keyboard.child("ps2-" + part + "-input-irq[0]"));
    }
    keyboard.wire("unnamed-gpio-out[0]", gsi.get(1));
    keyboard.wire("unnamed-gpio-out[1]", gsi.get(12));
    QomObject vmport = onIsa("vmport");
    ports(vmport, "vmport[0]", 0x5658, 1);
    settings(onIsa("vmmouse")).put("i8042", keyboard.path());
    keyboard.wire("a20[0]", boardLine());
    QomObject port92 = onIsa("port92");
    place(port92, "port92[0]", 0x92);
    port92.wire("a20[0]", boardLine());
  }

  /// The ACPI registers that both south bridges have, in a block that the guest puts somewhere.
  protected final QomObject addPower(QomObject chip, Chipset chipset, String name, long size) {
    QomObject block = MemoryRegion.add(chip, name, size);
    MemoryRegion.map(block, io, values::powerBase, 0);
    register(chip, "acpi-evt[0]", block, 0, 4);
    register(chip, "acpi-cnt[0]", block, 4, 2);
    register(chip, "acpi-tmr[0]", block, 8, 4);
    ports(chip, "acpi-pci-hotplug[0]", chipset.pciHotplug, PciHotplugRegs.LENGTH);
    ports(chip, "acpi-cpu-hotplug[0]", chipset.cpuHotplug, CpuHotplugRegs.LEGACY_LENGTH);
    ports(chip, "apm-io[0]", Chipset.SMI_COMMAND, 2);
    number(chip, "acpi-pcihp-io-base", "uint16", () -> (long) chipset.pciHotplug);
    number(chip, "acpi-pcihp-io-len", "uint16", () -> (long) PciHotplugRegs.LENGTH);
    number(chip, "acpi_enable_cmd", "uint8", () -> (long) chipset.acpiEnable);
    number(chip, "acpi_disable_cmd", "uint8", () -> (long) chipset.acpiDisable);
    number(chip, "gpe0_blk_len", "uint32", () -> (long) chipset.gpeLength);
    number(chip, "pm_io_base", "uint32", values::powerBase);
    chip.own(Property.<QomObject>bool(
        "cpu-hotplug-legacy", o -> values.legacyCpuHotplug(), (o, on) -> setLegacyCpuHotplug(on)).always());
    SleepStates sleep = values.powerSettings().sleep();
    settings(chip)
        .put("disable_s3", sleep.s3() ? 0L : 1L)
        .put("disable_s4", sleep.s4() ? 0L : 1L)
        .put("s4_val", (long) sleep.s4Type());
    machine.put("acpi-device", chip.path());
    return block;
  }

  /// QEMU differs: true ends it with an assertion.
  private void setLegacyCpuHotplug(boolean on) {
    if (on && !values.legacyCpuHotplug()) {
      throw new ConfigException("Property 'cpu-hotplug-legacy' can only be turned off");
    }
    if (!on) {
      values.leaveLegacyCpuHotplug();
    }
  }

  static void register(QomObject chip, String name, QomObject block, long offset, long size) {
    MemoryRegion.map(MemoryRegion.add(chip, name, size), block, offset);
  }

  /// Where the descriptions of memory modules are.
  protected final void addEeproms(QomObject chip) {
    QomObject bus = addBus(chip, "i2c", "i2c-bus");
    for (int i = 0; i < SMBUS_EEPROMS; i++) {
      settings(onBoard("smbus-eeprom", bus)).put("address", (long) FIRST_EEPROM + i);
    }
  }
}
