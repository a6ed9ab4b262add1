package thespis.hotplug;

import java.util.Optional;

/// The last request to remove the CPU of a slot. It is remembered until the slot has another CPU.
///
/// @param device the CPU's id, if it has one
/// @param requests how often it was asked for since it was last settled
/// @param ostStatus what the guest's `_OST` last said of it. ACPI 6.5 "_OST (OSPM Status Indication)"
public record UnplugInfo(
    int slot, Optional<String> device, String qomPath, UnplugState state, int requests, Optional<Long> ostStatus) {}
