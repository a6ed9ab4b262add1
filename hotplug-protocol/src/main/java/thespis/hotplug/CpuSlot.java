package thespis.hotplug;

/// A place a CPU can be plugged into: one of the machine's possible CPUs, in ascending order of APIC ID. The index is
/// the ACPI processor ID, `slot` in `_OST` reports and `cpu-index` in QMP.
public record CpuSlot(int index, int apicId, CpuPlace place) {}
