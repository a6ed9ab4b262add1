package thespis.actors.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import thespis.actors.ClockChip;
import thespis.actors.HostMemory;
import thespis.actors.chardev.ChardevSpec;
import thespis.cpu.run.EngineLog;
import thespis.hotplug.WatchdogAction;
import thespis.machine.acpi.SmbiosFields;
import thespis.qmp.command.NumaOptions;
import thespis.qmp.command.ObjectOptions;

/// What the command line asks for, checked as far as it can be without making the machine.
///
/// @param machine what the machine is
/// @param chardevs every character device in the order in which they are to be opened
/// @param serials for each serial port the label of its character device, if it has one
/// @param parallels the label of each parallel port's character device
/// @param monitors in order
/// @param process manners of the process
/// @param notes warnings for standard error, without the program's name
public record Options(
    MachineOptions machine,
    List<ChardevSpec> chardevs,
    List<Optional<String>> serials,
    List<String> parallels,
    List<Monitor> monitors,
    ProcessOptions process,
    List<String> notes) {

  /// @param type a machine type, empty for the default
  /// @param properties what else `-machine` says, and `-no-acpi` and its like
  /// @param accelerators in order of preference, each with its properties
  /// @param smp the topology as after `-smp`
  /// @param memory bytes; 0 for the machine type's default
  /// @param incoming where another machine's state comes from
  public record MachineOptions(
      Optional<String> name,
      Optional<UUID> uuid,
      String type,
      Map<String, String> properties,
      List<Accelerator> accelerators,
      Optional<String> cpu,
      String smp,
      long memory,
      HostMemory hostMemory,
      Optional<Path> firmware,
      Optional<Path> kernel,
      Optional<Path> initrd,
      Optional<String> append,
      List<UserObject> objects,
      List<Numa> numa,
      List<Device> devices,
      List<Global> globals,
      ClockChip clock,
      List<FirmwareFile> firmwareFiles,
      SmbiosFields smbios,
      boolean defaults,
      boolean preconfig,
      boolean paused,
      Optional<String> incoming,
      boolean rebootEnds,
      boolean shutdownPauses,
      Optional<WatchdogAction> onWatchdog) {}

  /// A file of fw_cfg.
  public record FirmwareFile(String where, String name, byte[] content) {}

  public record Accelerator(String where, String name, Map<String, String> properties) {}

  public record UserObject(String where, ObjectOptions options) {}

  public record Numa(String where, NumaOptions options) {}

  /// @param arguments `driver`, perhaps `id`, and properties
  public record Device(String where, Map<String, Object> arguments) {}

  public record Global(String driver, String property, String value) {}

  /// @param control it speaks QMP; otherwise it is for humans
  /// @param where the option it comes from, as messages quote it
  public record Monitor(String chardev, boolean control, boolean pretty, String where) {}

  /// A descriptor that was left open, for a set of them.
  public record Descriptor(String where, long set, int fd, Optional<String> opaque) {}

  /// A place for a debugger, or `none`.
  public record Debugger(String where, String device) {}

  /// A test that drives the machine from outside.
  ///
  /// @param device what its character device is, as after `-serial`
  /// @param log the file in which its talk is written down, or `none`
  public record Tester(String device, Optional<String> log) {
    /// Of its character device.
    public static final String LABEL = "qtest";

    /// What is reported, after the reason, when the device cannot be opened.
    public static String failed(String device) {
      return "Failed to initialize device for qtest: \"" + device + "\"";
    }
  }

  /// What the process denies itself: system calls that nobody needs any more, that change who it is, that start
  /// processes, that take more of the host.
  public record Denied(boolean obsolete, boolean privileges, boolean spawn, boolean resources) {}

  /// @param logItems what of the processors is logged, and `logFilter` for which guest code
  /// @param root the folder that it sees in the end, and `user` who it is then
  /// @param escape the control character that the terminal's multiplexer listens to
  public record ProcessOptions(
      boolean daemonize,
      Optional<Path> pidFile,
      Optional<Path> logFile,
      Set<EngineLog.Item> logItems,
      List<EngineLog.Range> logFilter,
      int escape,
      boolean timestamps,
      Optional<String> name,
      List<Descriptor> descriptors,
      Optional<Denied> denied,
      Optional<Path> root,
      Optional<String> user,
      List<Debugger> debuggers,
      Optional<Tester> tester) {}
}
