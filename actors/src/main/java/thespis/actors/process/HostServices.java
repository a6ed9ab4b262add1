package thespis.actors.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import thespis.actors.Version;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.DescriptorSets;
import thespis.actors.chardev.NamedDescriptors;
import thespis.actors.chardev.ReceivedDescriptors;
import thespis.actors.cli.OptionParameters;
import thespis.actors.hmp.HumanMonitor;
import thespis.actors.hmp.MonitorContext;
import thespis.hotplug.ErrorClass;
import thespis.qmp.QmpHost;
import thespis.qmp.QmpReply;
import thespis.qmp.command.ChardevCommands;
import thespis.qmp.command.ChardevCommands.ChardevBackendInfo;
import thespis.qmp.command.ChardevCommands.ChardevInfo;
import thespis.qmp.command.DescriptorCommands;
import thespis.qmp.command.DescriptorCommands.AddfdInfo;
import thespis.qmp.command.DescriptorCommands.FdsetFdInfo;
import thespis.qmp.command.DescriptorCommands.FdsetInfo;
import thespis.qmp.command.MonitorCommands.CommandLineOptionInfo;
import thespis.qmp.command.MonitorCommands.CommandLineParameterInfo;
import thespis.qmp.command.MonitorCommands.CommandLineParameterType;
import thespis.qmp.command.MonitorCommands.HumanMonitorCommand;
import thespis.qmp.command.MonitorCommands.VersionInfo;
import thespis.qmp.command.MonitorCommands.VersionTriple;

/// What the process does for its monitors: says its version, runs lines of the human monitor, knows its devices.
final class HostServices implements QmpHost {
  private final Supplier<List<Chardevs.Info>> devices;
  private final ChardevOperations operations;
  private volatile MonitorContext context;

  HostServices(Supplier<List<Chardevs.Info>> devices, ChardevOperations operations) {
    this.devices = devices;
    this.operations = operations;
  }

  /// The machine is there.
  void initialized(MonitorContext made) {
    context = made;
  }

  @Override
  public VersionInfo version() {
    return new VersionInfo(new VersionTriple(Version.MICRO, Version.MINOR, Version.MAJOR), Version.own());
  }

  @Override
  public boolean initialized() {
    return context != null;
  }

  @Override
  public CompletionStage<QmpReply> human(HumanMonitorCommand command) {
    if (command.cpuIndex().isEmpty()) {
      return new HumanMonitor(context).run(command.commandLine()).thenApply(QmpReply.Ok::new);
    }
    long index = command.cpuIndex().get();
    return context.machine().cpus().thenCompose(cpus -> cpus.stream().anyMatch(c -> c.slot().index() == index)
        ? new HumanMonitor(context, (int) index, List::of).run(command.commandLine()).thenApply(QmpReply.Ok::new)
        : CompletableFuture.completedStage(QmpReply.fail("Parameter 'cpu-index' expects a CPU number")));
  }

  @Override
  public List<ChardevBackendInfo> chardevBackends() {
    return ChardevSpec.BACKENDS.stream().map(ChardevBackendInfo::new).toList();
  }

  @Override
  public List<ChardevInfo> chardevs() {
    List<ChardevInfo> list = new ArrayList<>();
    for (Chardevs.Info info : devices.get()) {
      list.add(new ChardevInfo(info.label(), info.filename(), info.frontendOpen()));
    }
    return list;
  }

  @Override
  public CompletionStage<QmpReply> chardev(ChardevCommands.Operation<?> operation) {
    return operations.start(operation);
  }

  @Override
  public void drop(int descriptor) {
    ReceivedDescriptors.close(descriptor);
  }

  @Override
  public QmpReply descriptor(DescriptorCommands<?> command, OptionalInt handed) {
    return switch (command) {
      case DescriptorCommands.Getfd _, DescriptorCommands.AddFd _ when handed.isEmpty() ->
        QmpReply.fail("No file descriptor supplied via SCM_RIGHTS");
      case DescriptorCommands.Getfd(String name) -> named(name, handed.getAsInt());
      case DescriptorCommands.AddFd(var set, var opaque) -> inSet(set, handed.getAsInt(), opaque);
      case DescriptorCommands.Closefd(String name) -> NamedDescriptors.close(name)
          ? QmpReply.done()
          : QmpReply.fail("File descriptor named '" + name + "' not found");
      case DescriptorCommands.RemoveFd(long set, var fd) -> DescriptorSets.remove(set, fd)
          ? QmpReply.done()
          : QmpReply.fail("File descriptor named 'fdset-id:" + set + fd.map(number -> ", fd:" + number).orElse("")
              + "' not found");
      case DescriptorCommands.AddClient c -> NamedDescriptors.close(c.fdname())
          ? noServer(c.protocol())
          : QmpReply.fail("File descriptor named '" + c.fdname() + "' has not been found");
      case DescriptorCommands.QueryFdsets _ -> new QmpReply.Ok(DescriptorSets.all().entrySet().stream()
          .map(set -> new FdsetInfo(set.getKey(), set.getValue().stream()
              .map(member -> new FdsetFdInfo(member.fd(), member.opaque())).toList()))
          .toList());
    };
  }

  /// Nobody here takes a client that comes this way; a screen that is not there takes any.
  private QmpReply noServer(String protocol) {
    return switch (protocol) {
      case "vnc" -> QmpReply.done();
      case "spice" -> new QmpReply.Fail(ErrorClass.DEVICE_NOT_ACTIVE, "SPICE is not in use");
      case "@dbus-display" -> new QmpReply.Fail(ErrorClass.DEVICE_NOT_ACTIVE, "D-Bus display is not in use");
      default -> QmpReply.fail(chardevs().stream().anyMatch(c -> c.label().equals(protocol))
          ? "failed to add client"
          : "protocol '" + protocol + "' is invalid");
    };
  }

  private QmpReply named(String name, int fd) {
    if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
      drop(fd);
      return QmpReply.fail("Parameter 'fdname' expects a name not starting with a digit");
    }
    NamedDescriptors.put(name, fd);
    return QmpReply.done();
  }

  private QmpReply inSet(Optional<Long> set, int fd, Optional<String> opaque) {
    if (set.isPresent() && set.get() < 0) {
      drop(fd);
      return QmpReply.fail("Parameter 'fdset-id' expects a non-negative value");
    }
    return new QmpReply.Ok(new AddfdInfo(DescriptorSets.add(set, fd, opaque), fd));
  }

  @Override
  public List<String> yankable() {
    Set<String> sockets = chardevs().stream().filter(ChardevInfo::isSocket).map(ChardevInfo::label)
        .collect(Collectors.toSet());
    return operations.asTheyCame().stream().filter(sockets::contains).toList();
  }

  @Override
  public QmpReply yank(List<String> labels) {
    return operations.yank(labels);
  }

  @Override
  public List<CommandLineOptionInfo> commandLineOptions() {
    List<CommandLineOptionInfo> list = new ArrayList<>();
    OptionParameters.all().forEach((option, parameters) -> list.add(new CommandLineOptionInfo(
        option,
        parameters.stream()
            .map(p -> new CommandLineParameterInfo(
                p.name(), CommandLineParameterType.valueOf(p.type().toUpperCase(Locale.ROOT)),
                Optional.ofNullable(p.help()), Optional.ofNullable(p.initial())))
            .toList())));
    return list;
  }
}
