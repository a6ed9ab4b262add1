package thespis.machine.board;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.MemoryRegion;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;
import thespis.machine.qom.UserObjects;

/// The object tree of a machine, under the paths that QEMU 7.2 gives its objects. The board's own devices are
/// numbered in the order in which QEMU makes them: the boot processors first, so the chips come after them.
public final class MachineObjects {
  private static final String PC = "pc-i440fx";
  private static final String Q35 = "pc-q35";

  private final String machine;
  private final MachineSettings settings = new MachineSettings();
  private final ObjectTree tree = new ObjectTree();
  private final UserObjects userObjects;
  private final List<RamPart> ramParts = new ArrayList<>();
  private Optional<ChipObjects> chips = Optional.empty();

  /// The tree before there are processors and chips.
  ///
  /// @param machine full name, as in `pc-i440fx-7.2`
  public MachineObjects(String machine, Topology topology) {
    this.machine = machine;
    userObjects = new UserObjects(tree, topology.cpus());
    tree.addMachine(new QomObject(ObjectTypes.find(machine + "-machine"), settings));
    QomObject unattached = tree.find("/machine/unattached");
    unattached.add("sysbus", new QomObject(ObjectTypes.find("System"), new MachineSettings().put("realized", false)));
    MemoryRegion.add(unattached, "system[0]", MemoryRegion.EVERYTHING);
    MemoryRegion.add(unattached, "io[0]", 1 << 16);
    settings.put("smp", smp(topology));
    if (isPc()) {
      settings.put("boot", Map.of("order", "cad")).put("firmware", "bios-256k.bin");
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
  public void addChardev(String label, ChardevObject device) {
    addChardev(tree, label, device);
  }

  /// One that came later.
  public static void addChardev(ObjectTree tree, String label, ChardevObject device) {
    MachineSettings live = new MachineSettings();
    device.live().forEach(live::put);
    tree.find("/chardevs").add(label, new QomObject(ObjectTypes.find("chardev-" + device.kind()), live));
  }

  /// The machine's memory: that of a backend, or memory of its own.
  ///
  /// @param backend id; null for none
  /// @throws ConfigException with QEMU's text
  public void memory(String backend, long ram) {
    memory(backend, ram, null, false);
  }

  /// @param path of the file or folder that memory of its own is in; null for none
  /// @param prealloc it is to be taken at once
  public void memory(String backend, long ram, String path, boolean prealloc) {
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
      memory = userObjects.add(path == null ? "memory-backend-ram" : "memory-backend-file", own,
          path == null ? Map.of("size", ram, "prealloc", prealloc)
              : Map.of("size", ram, "prealloc", prealloc, "mem-path", path));
    }
    if (memory != null) {
      userObjects.use(memory, "machine");
      ramParts.add(RamPart.of(memory));
      settings.put("memory-backend", memory.path());
    }
  }

  /// The machine's memory: that of its nodes' backends.
  public void nodeMemory(List<String> backends, long ram) {
    settings.put("memory", Map.of("size", ram));
    MemoryRegion.add(tree.find("/machine"), "pc.ram[0]", ram);
    backends.forEach(backend -> {
      userObjects.use(userObjects.find(backend), "numa");
      ramParts.add(RamPart.of(userObjects.find(backend)));
    });
  }

  /// What the memory is made of, once that is settled.
  public List<RamPart> ramParts() {
    return List.copyOf(ramParts);
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

  /// The chips that are there before the processors, once the memory is known.
  public void addHost() {
    QomObject unattached = tree.find("/machine/unattached");
    MemoryRegion.map(MemoryRegion.add(unattached, "pci[0]", MemoryRegion.EVERYTHING),
        unattached.child("system[0]"), () -> 0, -1);
    long bytes = (Long) ((Map<?, ?>) tree.get("/machine", "memory")).get("size");
    chips = Optional.of(machine.startsWith(Q35)
        ? new Q35Objects(tree, settings, RamLayout.q35(bytes))
        : new PcObjects(tree, settings, RamLayout.pc(bytes)));
    chips.get().addHost();
  }

  /// What comes with the first local APIC.
  public static void addApicsCompanion(ObjectTree tree) {
    ChipObjects.addApicsCompanion(tree);
  }

  /// The chips, once the boot processors are in the tree.
  public void addChips(ChipValues values) {
    chips.orElseThrow().add(values);
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
}
