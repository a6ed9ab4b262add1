package thespis.hotplug;

import java.util.Optional;
import thespis.machine.board.CpuSlot;

/// A present CPU.
///
/// @param id the device's id, if it was given one
/// @param order counts CPUs as they were created
/// @param online the guest has started it (it left wait-for-SIPI; the boot processor starts by itself)
/// @param threadId the host's number for the thread that runs it; 0 while it has none, as when it is halted for long
public record CpuInfo(
    CpuSlot slot,
    String type,
    Optional<String> id,
    String qomPath,
    int order,
    boolean hotplugged,
    boolean online,
    long threadId) {}
