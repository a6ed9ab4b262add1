package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import thespis.cpu.model.ConfigException;
import thespis.machine.acpi.Numa;
import thespis.machine.board.NumaNodes.Backend;
import thespis.machine.board.NumaNodes.CpuSelector;

/// What QEMU 7.2 says to the same `-numa` options.
class NumaNodesTest {
  private static final long MIB = 1 << 20;
  private static final CpuSelector ANY = core(null);

  private final NumaNodes nodes = new NumaNodes(new Topology(2, 4, 1, 1, 4, 1), false);
  private final List<String> warnings = new ArrayList<>();

  @Test
  void ramGoesByBackendsAndCpusByWhatWasSaid() {
    twoNodes();
    nodes.cpu(Optional.of(0L), core(0L));
    nodes.cpu(Optional.of(0L), core(1L));
    nodes.cpu(Optional.of(1L), core(2L));
    nodes.cpu(Optional.of(1L), core(3L));
    assertEquals(new Numa(List.of(64 * MIB, 64 * MIB), List.of()), complete());
    assertEquals(List.of(0, 0, 1, 1), nodesOfSlots());
    assertEquals(List.of(), warnings);
  }

  @Test
  void cpusThatNobodySpokeOfAreInNode0WithAWarning() {
    twoNodes();
    nodes.cpu(Optional.of(1L), core(0L));
    complete();
    assertEquals(List.of(1, 0, 0, 0), nodesOfSlots());
    assertEquals(
        "CPU(s) not present in any NUMA nodes: CPU 1 [socket-id: 0, core-id: 1, thread-id: 0],"
            + " CPU 2 [socket-id: 0, core-id: 2, thread-id: 0], CPU 3 [socket-id: 0, core-id: 3, thread-id: 0]",
        warnings.getFirst());
  }

  @Test
  void withoutAWordOfCpusSocketsGoRound() {
    NumaNodes sockets = new NumaNodes(new Topology(4, 4, 4, 1, 1, 1), true);
    sockets.node(Optional.empty(), List.of(), Optional.of(40 * MIB), Optional.empty());
    sockets.node(Optional.empty(), List.of(), Optional.of(60 * MIB), Optional.empty());
    Numa numa = sockets.complete(100 * MIB, warnings::add);
    assertEquals(List.of(40 * MIB, 60 * MIB), numa.ram());
    assertEquals(List.of(0, 1, 0, 1), sockets.slots().all().stream().map(CpuSlot::nodeId).toList());
  }

  @Test
  void oneDirectionOfADistanceStandsForBothUnlessAPairDiffers() {
    twoNodes();
    nodes.distance(0, 1, 20);
    assertEquals(List.of(List.of(10, 20), List.of(20, 10)), complete().distances());
    NumaNodes three = new NumaNodes(new Topology(1, 1, 1, 1, 1, 1), true);
    for (int i = 0; i < 3; i++) {
      three.node(Optional.empty(), List.of(), i == 0 ? Optional.of(100 * MIB) : Optional.empty(), Optional.empty());
    }
    three.distance(0, 1, 20);
    three.distance(1, 0, 30);
    three.distance(0, 2, 30);
    assertEquals(
        "The distance between node 1 and 2 is missing, at least one distance value between each nodes should be"
            + " provided.",
        failure(() -> three.complete(100 * MIB, warnings::add)));
    three.distance(1, 2, 40);
    assertEquals(
        "At least one asymmetrical pair of distances is given, please provide distances for both directions of all node"
            + " pairs.",
        failure(() -> three.complete(100 * MIB, warnings::add)));
  }

  @Test
  void sizesAndBackendsDoNotMixEvenIfASizeIsZero() {
    NumaNodes old = new NumaNodes(new Topology(1, 1, 1, 1, 1, 1), true);
    old.node(Optional.empty(), List.of(), Optional.of(0L), Optional.empty());
    assertEquals(
        "numa configuration should use either mem= or memdev=,mixing both is not allowed",
        failure(() -> old.node(Optional.empty(), List.of(), Optional.empty(), Optional.of(new Backend("m", MIB)))));
  }

  @Test
  void whatDoesNotFitIsSaidInQemusWords() {
    assertEquals("Max number of NUMA nodes reached: 200", failure(() -> node(200L)));
    assertEquals(
        "Invalid node-id=1, NUMA node must be defined with -numa node,nodeid=ID before it's used with"
            + " -numa cpu,node-id=ID",
        failure(() -> nodes.cpu(Optional.of(1L), ANY)));
    twoNodes();
    assertEquals("Duplicate NUMA nodeid: 0", failure(() -> node(0L)));
    assertEquals("Missing mandatory node-id property", failure(() -> nodes.cpu(Optional.empty(), core(0L))));
    assertEquals("no match found", failure(() -> nodes.cpu(Optional.of(0L), core(9L))));
    nodes.cpu(Optional.of(0L), core(0L));
    assertEquals("CPU is already assigned to node-id: 0", failure(() -> nodes.cpu(Optional.of(1L), core(0L))));
    assertEquals(
        "NUMA distance (5) is invalid, it shouldn't be less than 10.", failure(() -> nodes.distance(0, 1, 5)));
    assertEquals(
        "Parameter 'dst' expects an integer between 0 and 127", failure(() -> nodes.distance(0, 200, 20)));
    assertEquals("Local distance of node 0 should be 10.", failure(() -> nodes.distance(0, 0, 20)));
    assertEquals(
        "Source/Destination NUMA node is missing. Please use '-numa node' option to declare it first.",
        failure(() -> nodes.distance(0, 5, 20)));
    assertEquals(
        "total memory for NUMA nodes (0x8000000) should equal RAM size (0x10000000)",
        failure(() -> nodes.complete(256 * MIB, warnings::add)));
  }

  private void twoNodes() {
    nodes.node(Optional.of(0L), List.of(), Optional.empty(), Optional.of(new Backend("m0", 64 * MIB)));
    nodes.node(Optional.of(1L), List.of(), Optional.empty(), Optional.of(new Backend("m1", 64 * MIB)));
  }

  private void node(long id) {
    nodes.node(Optional.of(id), List.of(), Optional.empty(), Optional.empty());
  }

  private Numa complete() {
    return nodes.complete(128 * MIB, warnings::add);
  }

  private List<Integer> nodesOfSlots() {
    return nodes.slots().all().stream().map(CpuSlot::nodeId).toList();
  }

  private static CpuSelector core(Long core) {
    return new CpuSelector(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.ofNullable(core), Optional.empty());
  }

  private static String failure(Runnable work) {
    return assertThrows(ConfigException.class, work::run).getMessage();
  }
}
