package thespis.machine.board;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertLinesMatch;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuOption;
import thespis.machine.qom.BusTree;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// The object tree of both boards against that of QEMU 7.2 (`qom-list` and `qom-get` of everything, at the start of
/// `-S -m 128 -smp 2,maxcpus=4`). A line is an object, or below it a property.
class ChipObjectsTest {
  /// Compared elsewhere: what is above the devices, and the processors' settings.
  private static final Set<String> LEFT_OUT =
      Set.of("/", "/machine", "/chardevs", "/objects", "/objects/pc.ram");

  @ParameterizedTest
  @CsvSource({
      "pc-i440fx-7.2, auto, qom-tree-pc.txt", "pc-i440fx-7.2, off, qom-tree-pc-no-acpi.txt",
      "pc-q35-7.2, auto, qom-tree-q35.txt"})
  void allDevicesAreThoseOfQemu(String machine, String acpi, String golden) throws IOException {
    try (InputStream in = getClass().getResourceAsStream(golden)) {
      assertLinesMatch(
          new String(in.readAllBytes(), UTF_8).lines(), dump(machine(machine, acpi, 128 << 20, new ChipValues() {})).lines());
    }
  }

  @ParameterizedTest
  @CsvSource({"pc-i440fx-7.2, auto, true", "pc-i440fx-7.2, off, false", "pc-q35-7.2, off, true"})
  void aMachineKnowsItsPowerManagement(String machine, String acpi, boolean there) {
    ObjectTree tree = machine(machine, acpi, 128 << 20, new ChipValues() {});
    assertEquals(there, tree.list("/machine").stream().anyMatch(p -> p.get("name").equals("acpi-device")));
    assertEquals("Property 'mc146818rtc.date' is not writable",
        assertThrows(ConfigException.class, () -> tree.set("/machine", "rtc-time", 5L)).getMessage());
  }

  /// `info qtree`, without what is read from PCI configuration space.
  @ParameterizedTest
  @CsvSource({"pc-i440fx-7.2, qtree-pc.txt", "pc-q35-7.2, qtree-q35.txt"})
  void busesAndSettingsAreThoseOfQemu(String machine, String golden) throws IOException {
    try (InputStream in = getClass().getResourceAsStream(golden)) {
      assertLinesMatch(
          new String(in.readAllBytes(), UTF_8).lines(),
          BusTree.text(machine(machine, 128 << 20, new ChipValues() {}), device -> List.of()).lines());
    }
  }

  /// Those of QEMU 7.2 with `-device pcie-root-port,id=p1,addr=1.0,multifunction=on,port=8,chassis=1 -device
  /// pcie-root-port,id=p2,addr=1.1,chassis=2,port=9`.
  @Test
  void rootPortsAreThoseOfQemu() throws IOException {
    List<QomObject> ports = List.of(rootPort("p1", 8, 8, 1, true), rootPort("p2", 9, 9, 2, false));
    ObjectTree tree = machine("pc-q35-7.2", 128 << 20, new ChipValues() {
      @Override
      public List<UserDevice> pciDevices() {
        return ports.stream().map(port -> new UserDevice(port, null)).toList();
      }
    });
    try (InputStream in = getClass().getResourceAsStream("qom-tree-root-ports.txt")) {
      boolean[] among = {false};
      assertLinesMatch(new String(in.readAllBytes(), UTF_8).lines(), dump(tree).lines().filter(line -> {
        among[0] = line.startsWith("  ") ? among[0] : line.startsWith("/machine/peripheral/");
        return among[0];
      }));
    }
    assertEquals("/machine/peripheral/p2", tree.get("/machine/q35/pcie.0", "child[5]"));
  }

  private static QomObject rootPort(String id, long devfn, long port, long chassis, boolean multifunction) {
    QomObject object = new QomObject(ObjectTypes.find("pcie-root-port"), new MachineSettings()
        .put("addr", devfn).put("port", port).put("chassis", chassis).put("multifunction", multifunction));
    object.setId(id);
    return object;
  }

  /// Those of QEMU 7.2 with `-object rng-builtin,id=r -device pcie-root-port,id=p1,addr=2.0,chassis=1` and so on to p3,
  /// then the devices below.
  @Test
  void virtioAndUsbDevicesAreThoseOfQemu() throws IOException {
    List<UserDevice> devices = List.of(
        new UserDevice(rootPort("p1", 16, 0, 1, false), null),
        new UserDevice(rootPort("p2", 24, 0, 2, false), null),
        new UserDevice(rootPort("p3", 32, 0, 3, false), null),
        new UserDevice(device("qemu-xhci", "usb", 0, "on"), "p1"),
        new UserDevice(device("virtio-balloon-pci", "b0", 0, "on"), "p2"),
        new UserDevice(device("virtio-rng-pci", "rg2", 8, "off"), null),
        new UserDevice(device("qemu-xhci", null, 40, "on"), null),
        new UserDevice(device("virtio-rng-pci", null, 0, "off"), "p3"));
    ObjectTree tree = machine("pc-q35-7.2", 128 << 20, new ChipValues() {
      @Override
      public List<UserDevice> pciDevices() {
        return devices;
      }
    });
    try (InputStream in = new GZIPInputStream(getClass().getResourceAsStream("qom-tree-virtio.txt.gz"))) {
      boolean[] among = {false};
      assertLinesMatch(new String(in.readAllBytes(), UTF_8).lines(), dump(tree).lines().filter(line -> {
        among[0] = line.startsWith("  ") ? among[0] : line.matches("/machine/peripheral(-anon)?/.*");
        return among[0];
      }));
    }
  }

  /// Those of QEMU 7.2's `pc` and then `q35` with `-usb`.
  @Test
  void usbControllersOfTheBoardAreThoseOfQemu() throws IOException {
    String pc = dump(machine("pc-i440fx-7.2", "auto", true, 128 << 20, new ChipValues() {}));
    String q35 = dump(machine("pc-q35-7.2", "auto", true, 128 << 20, new ChipValues() {}));
    try (InputStream in = getClass().getResourceAsStream("qom-tree-usb.txt")) {
      assertLinesMatch(new String(in.readAllBytes(), UTF_8).lines(), Stream.concat(
          below(pc, "/machine/unattached/device\\[19].*"), below(q35, "/machine/unattached/device\\[(17|18|19|20)].*")));
    }
  }

  private static Stream<String> below(String dump, String path) {
    boolean[] among = {false};
    return dump.lines().filter(line -> {
      among[0] = line.startsWith("  ") ? among[0] : line.matches(path);
      return among[0];
    });
  }

  private static QomObject device(String type, String id, long devfn, String disableLegacy) {
    QomObject object = new QomObject(ObjectTypes.find(type), new MachineSettings()
        .put("addr", devfn).put("disable-legacy", disableLegacy).put("vectors", 2L));
    if (id != null && id.startsWith("rg")) {
      object.child("virtio-backend").state(MachineSettings.class).put("rng", "/objects/r");
    }
    object.setId(id);
    return object;
  }

  @Test
  void ramAbove4GibMovesTheHolesForPci() {
    ObjectTree tree = machine("pc-q35-7.2", 5L << 30, new ChipValues() {});
    assertEquals(7L << 30, tree.get("/machine/q35", "pci-hole64-start"));
    assertEquals(3L << 30, tree.get("/machine/unattached/ram-above-4g[0]", "size"));
  }

  @Test
  void valuesThatTheGuestChangesAreAskedFor() {
    long[] base = {0};
    ObjectTree tree = machine("pc-i440fx-7.2", 128 << 20, new ChipValues() {
      @Override
      public long powerBase() {
        return base[0];
      }
    });
    base[0] = 0x600;
    assertEquals(0x600L, tree.get("/machine/unattached/device[19]", "pm_io_base"));
    assertEquals(0x600L, tree.get("/machine/unattached/device[19]/piix4-pm[0]", "addr"));
  }

  @Test
  void portsAreNumberedAndNameTheirCharacterDevices() {
    ObjectTree tree = machine("pc-i440fx-7.2", 128 << 20, new ChipValues() {
      @Override
      public List<SerialPort> serials() {
        return List.of(new SerialPort(0, "serial0", false, null), new SerialPort(1, "com", false, null),
            new SerialPort(3, "mine", true, "s"));
      }
    });
    assertEquals("com", tree.get("/machine/unattached/device[14]", "chardev"));
    assertEquals(0x2F8L, tree.get("/machine/unattached/device[14]", "iobase"));
    assertEquals(0x2F8L, tree.get("/machine/unattached/device[14]/serial[0]", "addr"));
    assertEquals("mine", tree.get("/machine/peripheral/s", "chardev"));
    assertEquals("/machine/unattached/device[4]/isa.0", tree.get("/machine/peripheral/s", "parent_bus"));
  }

  private static ObjectTree machine(String name, long ram, ChipValues values) {
    return machine(name, "auto", ram, values);
  }

  private static ObjectTree machine(String name, String acpi, long ram, ChipValues values) {
    return machine(name, acpi, false, ram, values);
  }

  private static ObjectTree machine(String name, String acpi, boolean usb, long ram, ChipValues values) {
    Topology topology = new Topology(2, 4, 1, 1, 4, 1);
    MachineObjects objects = new MachineObjects(name, topology);
    objects.settings().put("acpi", acpi).put("usb", usb);
    objects.memory(null, ram);
    objects.addHost();
    CpuObjects cpus =
        new CpuObjects(CpuOption.parse("qemu64"), List.of(), Accelerator.qemuTcg(), topology.layout());
    for (int i = 0; i < topology.cpus(); i++) {
      QomObject cpu = objects.tree().addUnattached(cpus.create(cpus.typeName()));
      cpus.realize(cpu, CpuSlots.of(topology).all().get(i), warning -> {});
      if (i == 0) {
        MachineObjects.addApicsCompanion(objects.tree());
      }
    }
    objects.addChips(values);
    return objects.tree();
  }

  /// Or told at length.
  private static final Set<String> UNREADABLE =
      Set.of("type", "date", "legacy-i8042", "legacy-host", "legacy-rng", "legacy-iothread", "guest-stats");

  private static String dump(ObjectTree tree) {
    Map<String, List<String>> lines = new TreeMap<>();
    add(lines, tree.root());
    StringBuilder out = new StringBuilder();
    lines.values().forEach(object -> object.forEach(line -> out.append(line).append('\n')));
    return out.toString();
  }

  private static void add(Map<String, List<String>> lines, QomObject object) {
    String path = object.path();
    String type = object.type().name();
    if (type.equals("memory-region")) {
      lines.put(path, List.of(path.replace(' ', '~') + " memory-region addr=" + object.get("addr") + " size="
          + object.get("size") + " priority=" + object.get("priority") + " container=" + object.get("container")));
    } else if (!LEFT_OUT.contains(path) && !type.endsWith("-cpu")) {
      List<String> own = new ArrayList<>();
      object.list().stream()
          .filter(p -> !p.get("type").toString().startsWith("child<"))
          .filter(p -> !UNREADABLE.contains(p.get("name")))
          .sorted(Comparator.comparing(p -> p.get("name").toString()))
          .map(p -> "  " + p.get("name") + " " + p.get("type") + " " + object.get(p.get("name").toString()))
          .map(String::stripTrailing)
          .forEach(own::add);
      own.addFirst(path + " " + type);
      lines.put(path, own);
    }
    object.children().forEach(child -> add(lines, child));
  }
}
