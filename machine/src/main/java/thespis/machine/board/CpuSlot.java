package thespis.machine.board;

/// A place where a processor can be: its index in the machine, its APIC ID and what that is made of.
///
/// @param nodeId NUMA node, or {@link CpuAddress#UNSET} on a machine without nodes
public record CpuSlot(int index, int apicId, int socketId, int dieId, int coreId, int threadId, int nodeId) {}
