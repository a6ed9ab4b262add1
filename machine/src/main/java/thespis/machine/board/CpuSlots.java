package thespis.machine.board;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuTopology;

/// All processors a machine can have, by index, and the rules for placing a new one among them: QEMU's checks before a
/// CPU is plugged, in QEMU's order and words. Who sits where is the caller's knowledge.
public final class CpuSlots {
  private final Topology topology;
  private final CpuTopology layout;
  private final List<CpuSlot> slots;

  /// Slots of a machine without NUMA nodes.
  public static CpuSlots of(Topology topology) {
    return of(topology, index -> CpuAddress.UNSET);
  }

  /// @param nodeOf NUMA node of the slot with this index
  public static CpuSlots of(Topology topology, IntUnaryOperator nodeOf) {
    CpuTopology layout = topology.layout();
    List<CpuSlot> slots = new ArrayList<>(topology.maxCpus());
    for (int index = 0; index < topology.maxCpus(); index++) {
      int id = layout.apicIdOf(index);
      slots.add(new CpuSlot(index, id, layout.socketOf(id), layout.dieOf(id), layout.coreOf(id), layout.threadOf(id),
          nodeOf.applyAsInt(index)));
    }
    return new CpuSlots(topology, layout, List.copyOf(slots));
  }

  private CpuSlots(Topology topology, CpuTopology layout, List<CpuSlot> slots) {
    this.topology = topology;
    this.layout = layout;
    this.slots = slots;
  }

  /// By index; APIC IDs ascend too.
  public List<CpuSlot> all() {
    return slots;
  }

  public Topology topology() {
    return topology;
  }

  /// The slot a new processor goes to.
  ///
  /// @param taken tells by index whether a slot is occupied
  /// @throws ConfigException with QEMU's text
  public CpuSlot place(CpuAddress asked, IntPredicate taken) {
    int apicId = asked.apicId() != CpuAddress.UNSET ? asked.apicId() : apicIdOf(asked);
    CpuSlot slot = byApicId(apicId);
    if (slot == null) {
      throw new ConfigException("Invalid CPU [socket: " + Integer.toUnsignedString(layout.socketOf(apicId)) + ", die: "
          + layout.dieOf(apicId) + ", core: " + layout.coreOf(apicId) + ", thread: " + layout.threadOf(apicId)
          + "] with APIC ID " + Integer.toUnsignedString(apicId) + ", valid index range 0:" + (slots.size() - 1));
    }
    if (taken.test(slot.index())) {
      throw new ConfigException("CPU[" + slot.index() + "] with APIC ID " + slot.apicId() + " exists");
    }
    if (asked.apicId() != CpuAddress.UNSET) {
      checkAgree("socket-id", asked.socketId(), slot.socketId(), slot);
      checkAgree("die-id", asked.dieId(), slot.dieId(), slot);
      checkAgree("core-id", asked.coreId(), slot.coreId(), slot);
      checkAgree("thread-id", asked.threadId(), slot.threadId(), slot);
    }
    int node = Math.max(slot.nodeId(), 0);
    if (asked.nodeId() != CpuAddress.UNSET && asked.nodeId() != node) {
      throw new ConfigException("invalid node-id, must be " + node);
    }
    return slot;
  }

  /// Null if no slot has this APIC ID.
  public CpuSlot byApicId(int apicId) {
    for (CpuSlot slot : slots) {
      if (slot.apicId() == apicId) {
        return slot;
      }
    }
    return null;
  }

  private int apicIdOf(CpuAddress asked) {
    int lastSocket = (topology.maxCpus() - 1) / layout.threadsPerPackage();
    int die = asked.dieId() < 0 && topology.dies() == 1 ? 0 : asked.dieId();
    return layout.apicId(
        inRange("socket-id", asked.socketId(), lastSocket),
        inRange("die-id", die, topology.dies() - 1),
        inRange("core-id", asked.coreId(), topology.cores() - 1),
        inRange("thread-id", asked.threadId(), topology.threads() - 1));
  }

  private static int inRange(String name, int value, int last) {
    if (value < 0) {
      throw new ConfigException("CPU " + name + " is not set");
    }
    if (value > last) {
      throw new ConfigException("Invalid CPU " + name + ": " + value + " must be in range 0:" + last);
    }
    return value;
  }

  /// Beside an `apic-id` only -1 means "not set"; other negative ids disagree with it.
  private static void checkAgree(String name, int asked, int actual, CpuSlot slot) {
    if (asked != CpuAddress.UNSET && asked != actual) {
      throw new ConfigException("property " + name + ": " + Integer.toUnsignedString(asked)
          + " doesn't match set apic-id: 0x" + Integer.toHexString(slot.apicId()) + " (" + name + ": " + actual + ")");
    }
  }
}
