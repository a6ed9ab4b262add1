package thespis.actors;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import thespis.cpu.jit.TranslationFolder;
import thespis.cpu.prop.GlobalProperty;
import thespis.cpu.run.Execution;
import thespis.cpu.run.Observation;
import thespis.hotplug.RebootAction;
import thespis.hotplug.ShutdownAction;
import thespis.hotplug.WatchdogAction;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.acpi.SmbiosFields;
import thespis.machine.board.ChardevObject;
import thespis.machine.board.MachineVersions;
import thespis.machine.time.VirtualClock;
import thespis.machine.qom.ObjectType;
import thespis.machine.qom.ObjectTypes;
import thespis.qmp.command.NumaOptions;

/// What a machine is made of, as its builder collected it. Immutable, but for the back ends, which go over to the machine.
///
/// @param board a machine type: `pc`, `q35`, `none`, or a versioned name
/// @param cpu a model and its items, as after `-cpu`; empty for the machine type's own
/// @param smp the topology, as after `-smp`
/// @param memory bytes of RAM; 0 for what the machine type has by itself
/// @param hostMemory where the host's memory for it comes from
/// @param chardevs the process's character devices by their labels
/// @param objects what `-object` says, in order
/// @param numa what `-numa` says, in order
/// @param devices what `-device` says, in order
/// @param globals default properties by type, in order
/// @param boardOptions what `-machine` says beyond the type
/// @param serials what is plugged into the serial ports, by port number; ports that are not named are not there
/// @param serialDevices those of the serial ports that are devices of the user's, by port number, with their ids
/// @param debugPorts ports that testers and firmware talk to
/// @param execution how guest code is executed; empty for what the host is best at
/// @param translations where translations of guest code are kept on disk; nowhere if empty
/// @param observation who watches the processors
/// @param printers what the parallel ports print to, from the first port on
/// @param clock what the clock chip shows
/// @param firmwareFiles files of fw_cfg, beside the board's own
/// @param smbios what SMBIOS says instead of what it would
/// @param driven no processor runs: somebody drives the chips and this clock from outside
/// @param paused do not start the CPUs before `cont`
/// @param incoming where another machine's state comes from, or `defer`: a client will say
/// @param frozen the machine that it goes on from
/// @param onReboot what a reset does
/// @param onShutdown what the end of the guest does
/// @param onWatchdog what its watchdog does that it has not fed
record MachineConfig(
    Optional<String> name,
    Optional<UUID> uuid,
    String board,
    Optional<String> cpu,
    String smp,
    long memory,
    HostMemory hostMemory,
    Optional<Path> firmware,
    Optional<Path> kernel,
    Optional<Path> initrd,
    String append,
    Map<String, ChardevObject> chardevs,
    List<UserObject> objects,
    List<NumaOption> numa,
    List<Device> devices,
    List<Global> globals,
    Map<String, String> boardOptions,
    Map<Integer, SerialLine> serials,
    Map<Integer, Optional<String>> serialDevices,
    List<DebugPort> debugPorts,
    Optional<Execution> execution,
    Optional<TranslationFolder> translations,
    Observation observation,
    List<Printer> printers,
    ClockChip clock,
    Map<String, byte[]> firmwareFiles,
    SmbiosFields smbios,
    Optional<VirtualClock> driven,
    boolean paused,
    Optional<String> incoming,
    Optional<FrozenMachine> frozen,
    RebootAction onReboot,
    ShutdownAction onShutdown,
    WatchdogAction onWatchdog,
    Backends backends) {

  /// The same machine with what was learnt since, and waiting for `cont`.
  MachineConfig with(
      List<UserObject> newObjects, List<NumaOption> newNuma, RebootAction reboot, ShutdownAction shutdown,
      WatchdogAction watchdog) {
    return with(
        name, uuid, List.copyOf(newObjects), List.copyOf(newNuma), serials, debugPorts, printers, true, incoming, frozen,
        reboot, shutdown, watchdog, backends);
  }

  /// The same, which goes on from another machine that is no more.
  MachineConfig from(FrozenMachine other) {
    return with(
        name, uuid, objects, numa, serials, debugPorts, printers, paused, Optional.empty(), Optional.of(other), onReboot,
        onShutdown, onWatchdog, backends);
  }

  /// Another machine of the same parts, which goes on from there. What this one said to the host it says to nobody.
  MachineConfig fork(FrozenMachine from, String newName, UUID newId, Map<Integer, SerialLine> lines, boolean waits) {
    return with(
        Optional.of(newName), Optional.of(newId), objects, numa, lines, debugPorts.stream().map(DebugPort::forked).toList(),
        printers.stream().map(printer -> new Printer(printer.label(), ByteSink.NONE)).toList(), waits, Optional.empty(),
        Optional.of(from), onReboot, onShutdown, onWatchdog, Backends.none());
  }

  private MachineConfig with(
      Optional<String> newName,
      Optional<UUID> newId,
      List<UserObject> newObjects,
      List<NumaOption> newNuma,
      Map<Integer, SerialLine> lines,
      List<DebugPort> ports,
      List<Printer> newPrinters,
      boolean waits,
      Optional<String> from,
      Optional<FrozenMachine> other,
      RebootAction reboot,
      ShutdownAction shutdown,
      WatchdogAction watchdog,
      Backends behind) {
    return new MachineConfig(
        newName,
        newId,
        board,
        cpu,
        smp,
        memory,
        hostMemory,
        firmware,
        kernel,
        initrd,
        append,
        chardevs,
        newObjects,
        newNuma,
        devices,
        globals,
        boardOptions,
        lines,
        serialDevices,
        ports,
        execution,
        translations,
        observation,
        newPrinters,
        clock,
        firmwareFiles,
        smbios,
        driven,
        waits,
        from,
        other,
        reboot,
        shutdown,
        watchdog,
        behind);
  }

  /// Its state comes from another machine.
  boolean awaitsState() {
    return incoming.isPresent() || frozen.isPresent();
  }

  /// QEMU's isa-debug-exit, isa-debugcon and pc-testdev.
  sealed interface DebugPort {
    /// The same in a machine that has nobody to talk to.
    default DebugPort forked() {
      return this;
    }
  }

  /// A write ends the machine.
  record ExitPort(int base, int length) implements DebugPort {}

  /// What is written goes to a sink; a read gives `answer`.
  record ConsolePort(int base, int answer, ByteSink sink) implements DebugPort {
    @Override
    public DebugPort forked() {
      return new ConsolePort(base, answer, ByteSink.NONE);
    }
  }

  record TestDevice() implements DebugPort {}

  /// Something that a parallel port prints to.
  record Printer(String label, ByteSink sink) {}

  /// Devices that come with a `pc` and in no other way.
  private static final Set<String> OF_PC = Set.of("i440FX", "pci-piix3", "PIIX3", "piix3-ide", "PIIX4_PM");

  record NumaOption(String where, NumaOptions options) {}

  record UserObject(String where, String type, String id, Map<String, Object> properties) {}

  record Device(String where, Map<String, Object> arguments) {}

  record Global(String type, String property, String value) {}

  /// As the object model takes them.
  List<GlobalProperty> globalProperties() {
    return globals.stream().map(g -> new GlobalProperty(g.type(), g.property(), g.value())).toList();
  }

  /// Warns of those that nothing can ever have.
  void checkGlobals(Consumer<String> warnings) {
    for (Global global : globals) {
      ObjectType type = ObjectTypes.find(global.type());
      if (type == null || !type.isA("device")) {
        warnings.accept("global " + global.type() + "." + global.property() + " has invalid class name");
      } else if (OF_PC.contains(global.type()) && !MachineType.find(board).name().startsWith(MachineVersions.PC)) {
        warnings.accept("global " + global.type() + "." + global.property() + "=" + global.value() + " not used");
      }
    }
  }
}
