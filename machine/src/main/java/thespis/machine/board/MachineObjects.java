package thespis.machine.board;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import thespis.cpu.model.ConfigException;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;
import thespis.machine.qom.UserObjects;

/// The object tree of a machine, under the paths that QEMU 7.2 gives its objects. The board's own devices are
/// numbered in the order in which QEMU makes them: the boot processors first, so the chips come after them.
public final class MachineObjects {
  private static final String PC = "pc-i440fx";
  private static final String Q35 = "pc-q35";

  /// In the order of their numbers.
  private static final List<String> PC_CHIPS = List.of(
      "i440FX", "PIIX3", "i8257", "i8257", "isa-i8259", "isa-i8259", "hpet", "mc146818rtc", "isa-pit", "isa-pcspk",
      "isa-fdc", "i8042", "vmport", "vmmouse", "port92", "piix3-ide", "PIIX4_PM");

  private static final List<String> Q35_CHIPS = List.of(
      "ICH9-LPC", "i8257", "i8257", "isa-i8259", "isa-i8259", "hpet", "mc146818rtc", "isa-pit", "isa-pcspk", "i8042",
      "vmport", "vmmouse", "port92", "ich9-ahci", "ICH9-SMB");

  private static final int SMBUS_EEPROMS = 8;

  private final String machine;
  private final MachineSettings settings = new MachineSettings();
  private final ObjectTree tree = new ObjectTree();
  private final UserObjects userObjects = new UserObjects(tree);

  /// The tree before there are processors: the machine, its host bridge.
  ///
  /// @param machine full name, as in `pc-i440fx-7.2`
  public MachineObjects(String machine, Topology topology) {
    this.machine = machine;
    QomObject root = tree.addMachine(new QomObject(ObjectTypes.find(machine + "-machine"), settings));
    QomObject unattached = tree.find("/machine/unattached");
    unattached.add("sysbus", plain("System"));
    unattached.add("system[0]", plain("memory-region"));
    unattached.add("io[0]", plain("memory-region"));
    settings.put("smp", smp(topology));
    if (isPc()) {
      root.add("fw_cfg", device("fw_cfg_io"));
      settings.put("boot", Map.of("order", "cad")).put("firmware", "bios-256k.bin");
    }
    if (machine.startsWith(PC)) {
      QomObject host = root.add("i440fx", device("i440FX-pcihost"));
      host.add("pci.0", plain("PCI"));
      host.add("ioapic", device("ioapic"));
    } else if (machine.startsWith(Q35)) {
      QomObject host = root.add("q35", device("q35-pcihost"));
      host.add("pcie.0", plain("PCIE"));
      host.add("mch", device("mch")).add("smram[0]", plain("memory-region"));
      host.add("ioapic", device("ioapic"));
      settings.put("max-ram-below-4g", 1L << 32).put("smram", "/machine/q35/mch/smram[0]");
    }
  }

  public ObjectTree tree() {
    return tree;
  }

  /// What the user made with `-object`, and the backends of the machine's memory.
  public UserObjects userObjects() {
    return userObjects;
  }

  /// A character device of the process.
  ///
  /// @param kind `socket` and so on
  public void addChardev(String label, String kind) {
    addChardev(tree, label, kind);
  }

  /// One that came later.
  public static void addChardev(ObjectTree tree, String label, String kind) {
    tree.find("/chardevs").add(label, plain("chardev-" + kind));
  }

  /// The machine's memory: that of a backend, or memory of its own.
  ///
  /// @param backend id; null for none
  /// @throws ConfigException with QEMU's text
  public void memory(String backend, long ram) {
    settings.put("memory", Map.of("size", ram));
    String own = isPc() ? "pc.ram" : "ram";
    QomObject memory = userObjects.find(backend == null ? own : backend);
    boolean isMemory = memory != null && memory.type().isA("memory-backend");
    if (backend == null && memory != null) {
      throw new ConfigException("object name '" + own + "' is reserved for the default RAM backend, it can't be used for"
          + " any other purposes. Change the object's 'id' to something else");
    }
    if (backend != null && !isMemory) {
      throw new ConfigException("Memory backend '" + backend + "' not found");
    }
    if (backend != null && (Long) memory.get("size") != ram) {
      throw new ConfigException("Machine memory size does not match the size of the memory backend");
    }
    if (memory == null && ram > 0) {
      memory = userObjects.add("memory-backend-ram", own, Map.of("size", ram));
    }
    if (memory != null) {
      userObjects.use(memory, "machine");
      settings.put("memory-backend", memory.path());
    }
  }

  /// The machine's memory: that of its nodes' backends.
  public void nodeMemory(List<String> backends, long ram) {
    settings.put("memory", Map.of("size", ram));
    backends.forEach(backend -> userObjects.use(userObjects.find(backend), "numa"));
  }

  /// The size of a backend, for a machine that is not told how much memory it has.
  public Optional<Long> sizeOf(String backend) {
    return Optional.ofNullable(userObjects.find(backend))
        .filter(object -> object.type().isA("memory-backend"))
        .map(object -> (Long) object.get("size"));
  }

  /// The machine's own properties: kernel, append and so on.
  public MachineSettings settings() {
    return settings;
  }

  /// The chips, once the boot processors are in the tree.
  ///
  /// @param serialPorts how many UARTs are among them
  /// @param parallelPorts likewise
  /// @param clock year, month and so on of the clock chip, as C's `struct tm` names them
  public void addChips(int serialPorts, int parallelPorts, Supplier<Map<String, Object>> clock) {
    for (String type : machine.startsWith(PC) ? PC_CHIPS : machine.startsWith(Q35) ? Q35_CHIPS : List.<String>of()) {
      QomObject chip = tree.addUnattached(device(type));
      switch (type) {
        case "mc146818rtc" -> settings.put("rtc_state", chip.path()).put("rtc-time", clock);
        case "PIIX4_PM", "ICH9-LPC" -> settings.put("acpi-device", chip.path());
        case "i440FX" -> settings.put("smram", chip.add("smram[0]", plain("memory-region")).path());
        case "PIIX3" -> chip.add("isa.0", plain("ISA"));
        case "piix3-ide" -> {
          chip.add("ide.0", plain("IDE"));
          chip.add("ide.1", plain("IDE"));
        }
        case "isa-pcspk" -> addPorts(serialPorts, parallelPorts);
        default -> {}
      }
      if (type.equals("ICH9-LPC")) {
        chip.add("isa.0", plain("ISA"));
      } else if (type.equals("PIIX4_PM") || type.equals("ICH9-SMB")) {
        chip.add("i2c", plain("i2c-bus"));
        for (int i = 0; i < SMBUS_EEPROMS; i++) {
          tree.addUnattached(device("smbus-eeprom"));
        }
      }
    }
  }

  /// A serial port that is a device of the user's.
  ///
  /// @param id null for none
  public void addSerialPort(String id) {
    tree.addPeripheral(device("isa-serial"), id).add("serial", device("serial"));
  }

  private void addPorts(int serial, int parallel) {
    for (int i = 0; i < serial; i++) {
      tree.addUnattached(device("isa-serial")).add("serial", device("serial"));
    }
    for (int i = 0; i < parallel; i++) {
      tree.addUnattached(device("isa-parallel"));
    }
  }

  private boolean isPc() {
    return machine.startsWith(PC) || machine.startsWith(Q35);
  }

  private static Map<String, Object> smp(Topology topology) {
    Map<String, Object> smp = new LinkedHashMap<>();
    smp.put("cpus", (long) topology.cpus());
    smp.put("maxcpus", (long) topology.maxCpus());
    smp.put("sockets", (long) topology.sockets());
    smp.put("dies", (long) topology.dies());
    smp.put("clusters", 1L);
    smp.put("cores", (long) topology.cores());
    smp.put("threads", (long) topology.threads());
    return smp;
  }

  private static QomObject plain(String type) {
    return new QomObject(ObjectTypes.find(type), null);
  }

  private static QomObject device(String type) {
    QomObject device = plain(type);
    device.setRealized(true);
    return device;
  }
}
