package thespis.machine.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import thespis.cpu.model.ConfigException;
import thespis.machine.acpi.Hmat;
import thespis.machine.acpi.Numa;

/// The machine's NUMA nodes as they are told of one by one, with QEMU's checks in QEMU's words, and what they come to in
/// the end: which slot is in which node, how RAM is divided, how far nodes are apart. QEMU's invocation, `-numa`.
public final class NumaNodes {
  private static final int MOST = 128;
  private static final int LOCAL = 10;
  private static final int UNREACHABLE = 255;
  /// @param memory bytes, 0 if nothing was said
  /// @param backend the memory object it is, if it is one
  /// @param initiator the node whose processors are nearest, if that was said
  private record Node(long memory, Optional<String> backend, Optional<Integer> initiator) {}

  private final Topology topology;
  private final boolean sizesAllowed;
  private final TreeMap<Integer, Node> nodes = new TreeMap<>();
  private final int[] nodeOf;
  private final int[][] distances = new int[MOST][MOST];
  private boolean anyDistance;
  private boolean anyCpu;
  private boolean anySize;
  private boolean anyBackend;

  /// Null if the machine does not tell of them.
  private final MemoryAttributes attributes;
  private final TreeSet<Integer> withCpus = new TreeSet<>();

  public NumaNodes(Topology topology, boolean sizesAllowed) {
    this(topology, sizesAllowed, false);
  }

  /// @param sizesAllowed memory may be given to nodes as a number of bytes: old machine types
  /// @param hmat the machine tells how fast memory is reached
  public NumaNodes(Topology topology, boolean sizesAllowed, boolean hmat) {
    attributes = hmat ? new MemoryAttributes() : null;
    this.topology = topology;
    this.sizesAllowed = sizesAllowed;
    nodeOf = new int[topology.maxCpus()];
    Arrays.fill(nodeOf, CpuAddress.UNSET);
  }

  public boolean any() {
    return !nodes.isEmpty();
  }

  /// `node`.
  ///
  /// @param id or the next one
  /// @param cpus indices of slots
  /// @param memory bytes
  /// @param backend a memory object and its size
  public void node(Optional<Long> id, List<Long> cpus, Optional<Long> memory, Optional<Backend> backend) {
    node(id, cpus, memory, backend, Optional.empty());
  }

  /// @param initiator the node whose processors are nearest to its memory
  public void node(
      Optional<Long> id, List<Long> cpus, Optional<Long> memory, Optional<Backend> backend, Optional<Long> initiator) {
    int node = Math.toIntExact(id.orElse((long) nodes.size()));
    if (node >= MOST) {
      throw new ConfigException("Max number of NUMA nodes reached: " + node);
    }
    if (nodes.containsKey(node)) {
      throw new ConfigException("Duplicate NUMA nodeid: " + node);
    }
    initiator.ifPresent(this::checkInitiator);
    for (long cpu : cpus) {
      if (cpu >= topology.maxCpus()) {
        throw new ConfigException(
            "CPU index (" + cpu + ") should be smaller than maxcpus (" + topology.maxCpus() + ")");
      }
      checkFree((int) cpu, node);
      checkNearest(node, initiator.map(Long::intValue));
    }
    checkMemory(memory, backend);
    nodes.put(node, new Node(
        memory.or(() -> backend.map(Backend::size)).orElse(0L), backend.map(Backend::id),
        initiator.map(Long::intValue)));
    cpus.forEach(cpu -> assign(cpu.intValue(), node));
  }

  private void checkInitiator(long initiator) {
    checkAttributes();
    if (initiator >= MOST) {
      throw new ConfigException(
          "The initiator id " + initiator + " expects an integer between 0 and " + (MOST - 1));
    }
  }

  private void checkMemory(Optional<Long> memory, Optional<Backend> backend) {
    anySize |= memory.isPresent();
    anyBackend |= backend.isPresent();
    boolean mixed = memory.isPresent() && anyBackend || backend.isPresent() && anySize;
    if (mixed) {
      throw new ConfigException("numa configuration should use either mem= or memdev=,mixing both is not allowed");
    }
    if (memory.isPresent() && !sizesAllowed) {
      throw new ConfigException(
          "Parameter -numa node,mem is not supported by this machine type\nUse -numa node,memdev instead");
    }
  }

  /// A node with processors is nearest to itself.
  private void checkNearest(int node, Optional<Integer> initiator) {
    if (attributes != null && initiator.isPresent() && initiator.get() != node) {
      throw new ConfigException(
          "The initiator of CPU NUMA node " + node + " should be itself (got " + initiator.get() + ")");
    }
  }

  private void checkAttributes() {
    if (attributes == null) {
      throw new ConfigException("ACPI Heterogeneous Memory Attribute Table (HMAT) is disabled, enable it with -machine"
          + " hmat=on before using any of hmat specific options");
    }
  }

  /// `hmat-lb`: numbers as ACPI has them, one of latency (nanoseconds) and bandwidth (bytes per second).
  public void latencyOrBandwidth(
      int initiator, int target, int hierarchy, int dataType, Optional<Long> latency, Optional<Long> bandwidth) {
    checkAttributes();
    attributes.add(
        new MemoryAttributes.Sample(initiator, target, hierarchy, dataType, latency, bandwidth),
        nodes.size(), withCpus::contains, nodes::containsKey);
  }

  /// `hmat-cache`: numbers as ACPI has them.
  public void sideCache(long node, int level, long size, int associativity, int policy, int line) {
    checkAttributes();
    attributes.add(new MemoryAttributes.Cache(node, level, size, associativity, policy, line), nodes.size());
  }

  /// A memory object.
  public record Backend(String id, long size) {}

  /// `dist`.
  public void distance(int from, int to, int value) {
    checkNumber("src", from);
    checkNumber("dst", to);
    if (!nodes.containsKey(from) || !nodes.containsKey(to)) {
      throw new ConfigException("Source/Destination NUMA node is missing. Please use '-numa node' option to declare it"
          + " first.");
    }
    if (value < LOCAL) {
      throw new ConfigException("NUMA distance (" + value + ") is invalid, it shouldn't be less than 10.");
    }
    if (from == to && value != LOCAL) {
      throw new ConfigException("Local distance of node " + from + " should be 10.");
    }
    distances[from][to] = value;
    anyDistance = true;
  }

  private static void checkNumber(String name, int node) {
    if (node >= MOST) {
      throw new ConfigException("Parameter '" + name + "' expects an integer between 0 and " + (MOST - 1));
    }
  }

  /// `cpu`: every slot that fits what is given of its address.
  public void cpu(Optional<Long> node, CpuSelector which) {
    if (node.isEmpty()) {
      throw new ConfigException("Missing mandatory node-id property");
    }
    if (node.get() < 0 || node.get() >= MOST || !nodes.containsKey(node.get().intValue())) {
      throw new ConfigException("Invalid node-id=" + node.get()
          + ", NUMA node must be defined with -numa node,nodeid=ID before it's used with -numa cpu,node-id=ID");
    }
    if (which.dieId().isPresent() && topology.dies() == 1) {
      throw new ConfigException("die-id is not supported");
    }
    if (which.clusterId().isPresent()) {
      throw new ConfigException("cluster-id is not supported");
    }
    List<CpuSlot> fitting = CpuSlots.of(topology).all().stream().filter(which::fits).toList();
    if (fitting.isEmpty()) {
      throw new ConfigException("no match found");
    }
    fitting.forEach(slot -> checkFree(slot.index(), node.get().intValue()));
    checkNearest(node.get().intValue(), nodes.get(node.get().intValue()).initiator);
    fitting.forEach(slot -> assign(slot.index(), node.get().intValue()));
  }

  /// What `-numa cpu` says of slots beyond the node.
  public record CpuSelector(
      Optional<Long> socketId,
      Optional<Long> dieId,
      Optional<Long> clusterId,
      Optional<Long> coreId,
      Optional<Long> threadId) {
    boolean fits(CpuSlot slot) {
      return fits(socketId, slot.socketId())
          && fits(dieId, slot.dieId())
          && fits(coreId, slot.coreId())
          && fits(threadId, slot.threadId());
    }

    private static boolean fits(Optional<Long> asked, int actual) {
      return asked.isEmpty() || asked.get() == actual;
    }
  }

  private void checkFree(int cpu, int node) {
    if (nodeOf[cpu] != CpuAddress.UNSET && nodeOf[cpu] != node) {
      throw new ConfigException("CPU is already assigned to node-id: " + nodeOf[cpu]);
    }
  }

  private void assign(int cpu, int node) {
    nodeOf[cpu] = node;
    anyCpu = true;
    withCpus.add(node);
  }

  /// The memory objects of the nodes, in the order of nodes.
  public List<String> backends() {
    return nodes.values().stream().flatMap(node -> node.backend.stream()).toList();
  }

  /// The slots as they are known so far.
  public CpuSlots slots() {
    return CpuSlots.of(topology, index -> nodeOf[index]);
  }

  /// The end of telling.
  ///
  /// @param ram bytes of the machine
  /// @throws ConfigException with QEMU's text
  public Numa complete(long ram, Consumer<String> warnings) {
    if (nodes.isEmpty()) {
      return Numa.NONE;
    }
    for (int node = nodes.lastKey(); node >= 0; node--) {
      if (!nodes.containsKey(node)) {
        throw new ConfigException("numa: Node ID missing: " + node);
      }
    }
    List<Long> memory = memory(ram);
    Set<String> seen = new HashSet<>();
    for (String backend : backends()) {
      if (!seen.add(backend)) {
        throw new ConfigException("memory backend " + backend + " can't be used multiple times.");
      }
    }
    List<List<Integer>> apart = distances();
    placeTheRest(warnings);
    return new Numa(memory, apart, Optional.ofNullable(attributes).map(this::complete));
  }

  private Hmat complete(MemoryAttributes known) {
    List<Integer> initiatorOf = new ArrayList<>();
    nodes.forEach((number, node) -> {
      Optional<Integer> initiator = withCpus.contains(number) ? Optional.of(number) : node.initiator;
      initiator.ifPresent(nearest -> checkExists(number, nearest));
      initiatorOf.add(initiator.orElse(Hmat.NONE));
    });
    return known.complete(List.copyOf(initiatorOf), List.copyOf(withCpus));
  }

  private void checkExists(int node, int initiator) {
    if (!nodes.containsKey(initiator)) {
      throw new ConfigException(
          "NUMA node " + initiator + " is missing, use '-numa node' option to declare it first");
    }
    if (!withCpus.contains(initiator)) {
      throw new ConfigException("The initiator of NUMA node " + node + " is invalid");
    }
  }

  private List<Long> memory(long ram) {
    List<Long> memory = nodes.values().stream().map(Node::memory).toList();
    long total = memory.stream().mapToLong(Long::longValue).sum();
    if (total != ram) {
      throw new ConfigException("total memory for NUMA nodes (0x" + Long.toHexString(total)
          + ") should equal RAM size (0x" + Long.toHexString(ram) + ")");
    }
    return memory;
  }

  /// One direction stands for both unless a pair has different ones; then all have to be given.
  private List<List<Integer>> distances() {
    if (!anyDistance) {
      return List.of();
    }
    boolean asymmetric = false;
    for (int from = 0; from < nodes.size(); from++) {
      for (int to = from + 1; to < nodes.size(); to++) {
        int there = distances[from][to];
        int back = distances[to][from];
        if (there == 0 && back == 0) {
          throw new ConfigException("The distance between node " + from + " and " + to
              + " is missing, at least one distance value between each nodes should be provided.");
        }
        asymmetric |= there != 0 && back != 0 && there != back;
      }
    }
    List<List<Integer>> rows = new ArrayList<>();
    for (int from = 0; from < nodes.size(); from++) {
      List<Integer> row = new ArrayList<>();
      for (int to = 0; to < nodes.size(); to++) {
        row.add(distance(from, to, asymmetric));
      }
      rows.add(row);
    }
    return rows;
  }

  private int distance(int from, int to, boolean asymmetric) {
    if (from == to) {
      return LOCAL;
    }
    if (distances[from][to] == 0 && asymmetric) {
      throw new ConfigException("At least one asymmetrical pair of distances is given, please provide distances for both"
          + " directions of all node pairs.");
    }
    return Math.min(UNREACHABLE, distances[from][to] == 0 ? distances[to][from] : distances[from][to]);
  }

  /// Sockets in turn, if no CPU was told of. QEMU has a warning for the others, and node 0.
  private void placeTheRest(Consumer<String> warnings) {
    List<CpuSlot> rest =
        CpuSlots.of(topology).all().stream().filter(slot -> nodeOf[slot.index()] == CpuAddress.UNSET).toList();
    boolean told = anyCpu;
    rest.forEach(slot -> {
      int node = told ? 0 : slot.socketId() % nodes.size();
      checkNearest(node, nodes.get(node).initiator);
      assign(slot.index(), node);
    });
    if (told && !rest.isEmpty()) {
      warnings.accept("CPU(s) not present in any NUMA nodes: "
          + rest.stream().map(this::described).collect(Collectors.joining(", ")));
      warnings.accept("All CPU(s) up to maxcpus should be described in NUMA config, ability to start up with partial"
          + " NUMA mappings is obsoleted and will be removed in future");
    }
    anyCpu = true;
  }

  private String described(CpuSlot slot) {
    return "CPU " + slot.index() + " [socket-id: " + slot.socketId()
        + (topology.dies() > 1 ? ", die-id: " + slot.dieId() : "")
        + ", core-id: " + slot.coreId() + ", thread-id: " + slot.threadId() + "]";
  }
}
