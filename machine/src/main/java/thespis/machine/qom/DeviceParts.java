package thespis.machine.qom;

import java.util.List;
import java.util.Map;
import thespis.cpu.prop.Property;

/// What objects have from the moment they are made, beside their type's properties: parts, lines, and properties that
/// only objects tell of. `qom-list-properties` shows them, since QEMU makes an object to find out.
final class DeviceParts {
  private DeviceParts() {}

  /// @param type of the object, or one above that; each is asked once, the uppermost first
  static void add(QomObject o, String type) {
    switch (type) {
      case "bus" -> addBus(o);
      case "acpi-ged" -> {
        MemoryRegion.add(o, "acpi-ged-regs[0]", 3);
        MemoryRegion.add(o, "memhp container[0]", 24);
        o.wire("sysbus-irq[0]", null);
        MemoryRegion.add(o, "acpi-ged[0]", 4);
      }
      case "i8042" -> {
        o.wire("a20[0]", null);
        MemoryRegion.add(o, "i8042-cmd[0]", 1);
        MemoryRegion.add(o, "i8042-data[0]", 1);
        o.lines("ps2-kbd-input-irq", 1);
        o.lines("ps2-mouse-input-irq", 1);
        o.add("ps2kbd", device("ps2-kbd"));
        o.add("ps2mouse", device("ps2-mouse"));
        o.wire("unnamed-gpio-out[0]", null);
        o.wire("unnamed-gpio-out[1]", null);
      }
      case "ps2-kbd", "ps2-mouse" -> o.wire("unnamed-gpio-out[0]", null);
      case "isa-pcspk" -> MemoryRegion.add(o, "pcspk[0]", 1);
      case "isa-serial" -> addSerial(o);
      case "port92" -> {
        o.wire("a20[0]", null);
        MemoryRegion.add(o, "port92[0]", 1);
      }
      case "hpet" -> MemoryRegion.add(o, "hpet[0]", 0x400);
      case "ich9-ahci" -> {
        MemoryRegion.add(o, "ahci-idp[0]", 32);
        MemoryRegion.add(o, "ahci[0]", 0x1000);
      }
      case "pci-ehci-usb" -> {
        QomObject all = MemoryRegion.add(o, "ehci[0]", 0x1000);
        MemoryRegion.map(MemoryRegion.add(o, "capabilities[0]", 0x10), all, 0);
        MemoryRegion.map(MemoryRegion.add(o, "operational[0]", 0x44), all, 0x20);
        MemoryRegion.map(MemoryRegion.add(o, "ports[0]", 0x18), all, 0x64);
      }
      case "qemu-xhci" -> addPart(o, "xhci-core", "base-xhci");
      case "virtio-balloon-pci-base" -> addPart(o, "virtio-backend", "virtio-balloon-device");
      case "virtio-rng-pci-base" -> addPart(o, "virtio-backend", "virtio-rng-device");
      case "virtio-balloon-device" -> VirtioBalloonObject.describe(o);
      case "PIIX4_PM" -> {
        o.wire("unnamed-gpio-out[0]", null);
        o.wire("smi-irq[0]", null);
      }
      case "ICH9-LPC" -> addLpc(o);
      case "i440FX-pcihost" -> addHost(o);
      case "q35-pcihost" -> {
        addHost(o);
        o.add("mch", device("mch"));
        MemoryRegion.add(o, "pcie-mmcfg-mmio[0]", 1 << 28);
        number(o, "mcfg_size", "uint64");
      }
      case "machine" -> {
        o.add("peripheral", new QomObject(ObjectTypes.find("container"), null));
        o.add("peripheral-anon", new QomObject(ObjectTypes.find("container"), null));
      }
      default -> {}
    }
  }

  private static void addBus(QomObject bus) {
    bus.own(Property.readOnly("hotplug-handler", "link<hotplug-handler>", o -> o.setting("hotplug-handler", "")));
    bus.own(Property.readOnly("realized", "bool", o -> o.setting("realized", true)));
  }

  /// Its UART has the properties that a user would look for on the port.
  private static void addSerial(QomObject port) {
    QomObject uart = port.add("serial", device("serial"));
    for (Property<QomObject> p : ObjectTypes.find("serial").properties()) {
      if (List.of("baudbase", "chardev", "wakeup").contains(p.name())) {
        port.own(p.on(o -> uart));
      }
    }
  }

  /// A device inside another, whose settings are those of the outer one too.
  private static void addPart(QomObject owner, String name, String type) {
    QomObject part = owner.add(name, device(type));
    part.properties().stream()
        .filter(p -> ObjectTypes.find("device").property(p.name()) == null && !p.name().startsWith("legacy-"))
        .forEach(p -> owner.own(alias(p, name)));
  }

  /// What is wrong with a value is the part's to say.
  private static Property<QomObject> alias(Property<QomObject> p, String part) {
    Property<QomObject> alias = Property.<QomObject>of(p.name(), p.type(), o -> o.child(part).get(p.name()),
        (o, name, in) -> o.child(part).set(p.name(), in)).always().withDefault(p.defaultValue());
    return p.description() == null ? alias : alias.described(p.description());
  }

  /// Registers of its power management that are properties, and switches that QEMU 7.2 allows to be set at any time.
  private static void addLpc(QomObject lpc) {
    Map<String, Object> switches = Map.of("acpi-pci-hotplug-with-bridge-support", true, "enable_tco", true,
        "memory-hotplug-support", true, "x-keep-pci-slot-hpc", true);
    switches.forEach((name, on) -> lpc.own(Property.<QomObject>of(name, "bool", o -> o.setting(name, on),
        (o, n, in) -> o.state(MachineSettings.class).put(name, in.bool(n))).always()));
    Map<String, Long> bytes = Map.of("disable_s3", 0L, "disable_s4", 0L, "s4_val", 2L);
    bytes.forEach((name, value) -> lpc.own(Property.<QomObject>of(name, "uint8", o -> o.setting(name, value),
        (o, n, in) -> o.state(MachineSettings.class).put(name, in.uint64(n) & 0xFF)).always()));
    lpc.own(Property.readOnly("cpu-hotplug-legacy", "bool", o -> o.setting("cpu-hotplug-legacy", true)));
    number(lpc, "acpi_disable_cmd", "uint8");
    number(lpc, "acpi_enable_cmd", "uint8");
    number(lpc, "gpe0_blk", "uint32");
    number(lpc, "gpe0_blk_len", "uint32");
    number(lpc, "pm_io_base", "uint32");
    number(lpc, "sci_int", "uint8");
    number(lpc, "x-smi-negotiated-features", "uint64");
  }

  private static void addHost(QomObject host) {
    MemoryRegion.add(host, "pci-conf-data[0]", 4);
    MemoryRegion.add(host, "pci-conf-idx[0]", 4);
    number(host, "pci-hole-start", "uint32");
    number(host, "pci-hole-end", "uint32");
    number(host, "pci-hole64-start", "uint64");
    number(host, "pci-hole64-end", "uint64");
  }

  /// One that the object's settings hold and nobody can write.
  static void number(QomObject object, String name, String type) {
    object.own(Property.readOnly(name, type, o -> o.setting(name, 0L)));
  }

  static QomObject device(String type) {
    return new QomObject(ObjectTypes.find(type), new MachineSettings());
  }
}
