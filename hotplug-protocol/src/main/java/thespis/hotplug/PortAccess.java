package thespis.hotplug;

/// A guest's IN or OUT to a register that belongs to an actor.
public record PortAccess(int port, int size, boolean write, int value) {}
