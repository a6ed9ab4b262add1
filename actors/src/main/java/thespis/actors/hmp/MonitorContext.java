package thespis.actors.hmp;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import thespis.actors.Machine;
import thespis.actors.chardev.Chardevs;
import thespis.cpu.run.EngineLog;

/// What a human monitor can reach, and what all of a process's monitors share.
///
/// @param name the guest's name; empty if it has none
/// @param uuid the machine's
/// @param chardevs the process's character devices
/// @param actions what is done with them
/// @param logItems the list of what can be logged, as help shows it
/// @param log what is logged of the processors
/// @param logFile takes the name of the file that messages go to from now on; returns what is wrong with it, or nothing
/// @param gdb opens the device that is named for a debugger; returns what is to be said of it
/// @param formats how numbers are shown when nobody says how
/// @param singleStep what `singlestep` was set to
public record MonitorContext(
    Machine machine,
    String name,
    String uuid,
    Supplier<List<Chardevs.Info>> chardevs,
    ChardevActions actions,
    String logItems,
    EngineLog log,
    UnaryOperator<String> logFile,
    UnaryOperator<String> gdb,
    DumpFormat.Defaults formats,
    AtomicBoolean singleStep) {

  public MonitorContext(
      Machine machine, String name, String uuid, Supplier<List<Chardevs.Info>> chardevs, ChardevActions actions,
      String logItems, EngineLog log, UnaryOperator<String> logFile, UnaryOperator<String> gdb) {
    this(machine, name, uuid, chardevs, actions, logItems, log, logFile, gdb, new DumpFormat.Defaults(), new AtomicBoolean());
  }
}
