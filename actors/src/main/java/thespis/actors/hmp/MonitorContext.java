package thespis.actors.hmp;

import java.util.List;
import java.util.function.Supplier;
import thespis.actors.Machine;
import thespis.actors.chardev.Chardevs;

/// What a human monitor can reach.
///
/// @param name the guest's name; empty if it has none
/// @param uuid the machine's
/// @param chardevs the process's character devices
public record MonitorContext(
    Machine machine, String name, String uuid, Supplier<List<Chardevs.Info>> chardevs) {}
