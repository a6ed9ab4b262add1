package thespis.actors.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import thespis.actors.Machine;
import thespis.actors.MachineBuilder;
import thespis.actors.MachineException;
import thespis.actors.Preconfig;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.DescriptorSets;
import thespis.actors.chardev.Libc;
import thespis.actors.cli.CommandLine;
import thespis.actors.cli.HelpPages;
import thespis.actors.cli.OptionException;
import thespis.actors.cli.Options;
import thespis.actors.hmp.MonitorConsole;
import thespis.actors.hmp.MonitorContext;
import thespis.cpu.jit.PerfMap;
import thespis.cpu.run.EngineLog;
import thespis.cpu.run.Observation;
import thespis.cpu.state.DebugPoints;
import thespis.hotplug.Cause;
import thespis.hotplug.MachineEvent;
import thespis.machine.time.VirtualClock;

/// The process as an emulator: makes what the command line asks for, waits for the end of the machine, and gives
/// everything back. The order is QEMU's: character devices, pid file, machine, monitors.
public final class Emulator {
  /// Descriptor on which the launcher waits for us with `-daemonize`.
  private static final int READY_FD = 3;
  private static final long PATIENCE_SECONDS = 10;

  private final String program;
  private final Options options;
  private final Consumer<MachineEvent> listener;
  private final CompletableFuture<Integer> quit = new CompletableFuture<>();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private ChardevOperations operations;
  private final EngineLog log = new EngineLog(ProcessLog::write);
  private GdbServer gdb;
  private volatile Machine machine;

  /// The machine is being made because a QMP client says so: QEMU tells what is wrong without its own name then.
  private volatile boolean onCommand;

  /// @param program the name before messages
  /// @param listener hears what happens to the machine
  public Emulator(String program, Options options, Consumer<MachineEvent> listener) {
    this.program = program;
    this.options = options;
    this.listener = listener;
  }

  /// Runs until the end of the machine.
  ///
  /// @return the process's exit status
  public int run() {
    HostSignals.handle(this::signalled);
    try {
      options.process().name().ifPresent(Emulator::beCalled);
      options.process().descriptors().forEach(Emulator::inherit);
      options.process().denied().ifPresent(Sandbox::enter);
      options.process().logFile().ifPresent(ProcessLog::toFile);
      options.notes().forEach(this::report);
      return start();
    } catch (StartException e) {
      e.reports().forEach(this::report);
      return 1;
    } catch (ChardevException e) {
      report(e.getMessage());
      return 1;
    } finally {
      for (AutoCloseable resource : toClose.reversed()) {
        close(resource);
      }
    }
  }

  /// In lists of processes. proc(5) "/proc/pid/comm"; longer names are cut there.
  private static void beCalled(String name) {
    try {
      Files.writeString(Path.of("/proc/self/comm"), name);
    } catch (IOException e) {
      // It keeps the name that it has.
    }
  }

  private static void inherit(Options.Descriptor descriptor) {
    try {
      DescriptorSets.inherit(descriptor.set(), descriptor.fd(), descriptor.opaque());
    } catch (ChardevException e) {
      throw new StartException(descriptor.where() + ": " + e.getMessage());
    }
  }

  private int start() {
    Optional<Privileges.Identity> user = options.process().user().map(text -> Privileges.find(text).orElseThrow(
        () -> new StartException(
            "-runas " + text + ": User \"" + text + "\" doesn't exist (and is not <uid>:<gid>)")));
    boolean tested = options.process().tester().isPresent();
    Accelerators.Choice accelerator = Accelerators.pick(options.machine().accelerators(), tested, this::report);
    QmpMonitors qmp = own(new QmpMonitors(options));
    Chardevs chardevs = own(new Chardevs(System.out::println, this::report, options.process().escape(), this::userQuit));
    for (ChardevSpec spec : options.chardevs()) {
      open(spec, chardevs, qmp);
    }
    log.set(options.process().logItems());
    log.filter(options.process().logFilter());
    options.process().pidFile().ifPresent(path -> own(new PidFile(path)));
    MachineBuilder builder = MachineOptionsTo.builder(options.machine()).listener(this::warn).listener(listener)
        .listener(new HeapWatch()::see);
    accelerator.execution().ifPresent(builder::execution);
    Optional<VirtualClock> driven = accelerator.driven() ? Optional.of(new VirtualClock()) : Optional.empty();
    driven.ifPresent(builder::driven);
    DebugPoints points = new DebugPoints();
    gdb = new GdbServer(chardevs, points);
    builder.observation(
        new Observation(log, accelerator.perfMap() ? Optional.of(perfMap()) : Optional.empty(), points));
    if (accelerator.cache()) {
      UserCache.translations(accelerator.folder()).ifPresent(builder::translations);
    }
    connectSerials(builder, chardevs);
    connectDevices(builder, chardevs);
    connectParallels(builder, chardevs);
    qmp.objects().forEach(builder::chardev);
    chardevs.objects().forEach(builder::chardev);
    Supplier<List<Chardevs.Info>> devices = () -> chardevs.inOrder(qmp.list());
    operations = new ChardevOperations(chardevs, qmp::list, () -> machine);
    HostServices host = new HostServices(devices, operations);
    Runnable test = () -> options.process().tester().ifPresent(
        tester -> Tester.connect(tester, chardevs, () -> Optional.ofNullable(machine), driven));
    if (options.machine().preconfig()) {
      test.run();
      if (!wait(builder, qmp, chardevs, host, devices)) {
        return 0;
      }
    } else {
      machine = make(builder);
      own(machine);
      host.initialized(context(devices));
      test.run();
      qmp.serve(machine.system(), machine.board(), chardevs, host);
    }
    connectMonitors(chardevs, context(devices));
    for (Options.Debugger debugger : options.process().debuggers()) {
      openDebugger(debugger, context(devices));
    }
    options.process().root().ifPresent(Privileges::enter);
    user.ifPresent(Privileges::become);
    chardevs.begin();
    if (options.process().daemonize()) {
      detach();
    }
    quit.thenAccept(status -> machine.quit(Cause.HOST_UI));
    return machine.exit().toCompletableFuture().join();
  }

  private void open(ChardevSpec spec, Chardevs chardevs, QmpMonitors qmp) {
    try {
      if (qmp.open(spec, this::report)) {
        chardevs.elsewhere(spec.id());
      } else {
        chardevs.open(spec);
      }
    } catch (ChardevException e) {
      String where = spec.where();
      String port = where.startsWith("-serial ") ? "serial" : where.startsWith("-parallel ") ? "parallel" : null;
      if (spec.id().equals(Options.Tester.LABEL) && where.startsWith("-qtest ")) {
        throw new StartException(e.getMessage(), Options.Tester.failed(where.substring("-qtest ".length())));
      }
      String first = where + ": " + e.getMessage();
      throw port == null
          ? new StartException(first)
          : new StartException(first, where + ": could not connect " + port + " device to character backend '"
              + where.substring(where.indexOf(' ') + 1) + "'");
    }
  }

  /// A PC takes no notice of more than it has ports for.
  private void connectSerials(MachineBuilder builder, Chardevs chardevs) {
    for (int port = 0; port < Math.min(options.serials().size(), SerialDevices.MOST); port++) {
      Optional<String> label = options.serials().get(port);
      if (label.isPresent()) {
        SerialBridge bridge = new SerialBridge(label.get());
        chardevs.connect(label.get(), bridge, bridge::attach);
        builder.serial(port, bridge);
      }
    }
  }

  private void connectDevices(MachineBuilder builder, Chardevs chardevs) {
    boolean isa = !options.machine().type().equals("none");
    DebugDevices debug = new DebugDevices(builder, chardevs, isa);
    options.machine().devices().stream().filter(DebugDevices::knows).forEach(debug::add);
    List<Integer> first = IntStream.range(0, Math.min(options.serials().size(), SerialDevices.MOST))
        .filter(port -> options.serials().get(port).isPresent()).boxed().toList();
    SerialDevices serial = new SerialDevices(builder, chardevs, isa, first);
    options.machine().devices().stream().filter(SerialDevices::knows).forEach(serial::add);
  }

  private void connectParallels(MachineBuilder builder, Chardevs chardevs) {
    for (String label : options.parallels()) {
      chardevs.connect(label, new WriteOnly(), output -> builder.parallel(label, output::write));
    }
  }

  private PerfMap perfMap() {
    try {
      return own(new PerfMap(PerfMap.usual()));
    } catch (IOException e) {
      throw new StartException("Could not open " + PerfMap.usual() + ": " + e.getMessage());
    }
  }

  private Machine make(MachineBuilder builder) {
    try {
      return builder.start();
    } catch (MachineException e) {
      throw new StartException(e.getMessage());
    }
  }

  /// `--preconfig`: until a client has the machine made.
  ///
  /// @return false: a client wants the end instead
  private boolean wait(
      MachineBuilder builder,
      QmpMonitors qmp,
      Chardevs chardevs,
      HostServices host,
      Supplier<List<Chardevs.Info>> devices) {
    MachineBuilder.Waiting waiting = waiting(builder);
    own(() -> {
      waiting.system().terminate();
      waiting.system().getWhenTerminated().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    });
    CompletableFuture<Void> there = waiting.machine().thenAccept(made -> {
      machine = made;
      host.initialized(context(devices));
    });
    onCommand = true;
    qmp.serve(waiting.system(), waiting.board(), chardevs, host);
    try {
      there.join();
      onCommand = false;
      own(machine);
      return true;
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case Preconfig.QuitException _ -> {
          return false;
        }
        case MachineException refused -> throw new StartException(refused.getMessage());
        default -> throw e;
      }
    }
  }

  private MachineBuilder.Waiting waiting(MachineBuilder builder) {
    try {
      return builder.preconfig();
    } catch (MachineException e) {
      throw new StartException(e.getMessage());
    }
  }

  private void openDebugger(Options.Debugger debugger, MonitorContext context) {
    try {
      gdb.open(debugger.device(), context);
    } catch (ChardevException | OptionException e) {
      throw new StartException(debugger.where() + ": " + e.getMessage());
    }
  }

  private MonitorContext context(Supplier<List<Chardevs.Info>> devices) {
    return new MonitorContext(
        machine,
        options.machine().name().orElse(""),
        options.machine().uuid().map(Object::toString).orElse("00000000-0000-0000-0000-000000000000"),
        devices,
        operations,
        HelpPages.log(),
        log,
        Emulator::logTo,
        device -> gdb.command(device, context(devices)));
  }

  /// What is wrong with the file, or nothing.
  private static String logTo(String file) {
    try {
      ProcessLog.toFile(Path.of(file));
      return "";
    } catch (StartException e) {
      return String.join("\n", e.reports()) + "\n";
    }
  }

  private void connectMonitors(Chardevs chardevs, MonitorContext context) {
    for (Options.Monitor monitor : options.monitors()) {
      if (!monitor.control()) {
        boolean shared = chardevs.isShared(monitor.chardev());
        MonitorConsole console = new MonitorConsole(context, shared);
        try {
          chardevs.connect(monitor.chardev(), console, console::attach);
        } catch (ChardevException e) {
          throw new StartException(monitor.where() + ": " + e.getMessage());
        }
      }
    }
  }

  /// Ctrl-A x.
  private void userQuit() {
    quit.complete(0);
  }

  private void signalled(int number) {
    Machine now = machine;
    if (now == null) {
      Runtime.getRuntime().halt(0);
    }
    if (options.process().tester().isEmpty()) {
      report("terminating on signal " + number);
    }
    now.quit(Cause.HOST_SIGNAL);
    now.exit().toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).exceptionally(late -> {
      System.exit(1);
      return 1;
    });
  }

  /// Tells the launcher that everything is there, and lets go of the terminal.
  private void detach() {
    try (FileOutputStream ready = new FileOutputStream("/proc/self/fd/" + READY_FD)) {
      ready.write("ready\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new StartException("-daemonize needs the launcher script: " + e.getMessage());
    }
    Libc.detach(READY_FD);
  }

  private void warn(MachineEvent event) {
    switch (event) {
      case MachineEvent.Warning(String where, String text) ->
        report((where.isEmpty() ? "" : where + ": ") + "warning: " + text);
      case MachineEvent.CommandWarning(String text) -> System.err.println("warning: " + text);
      case MachineEvent.Reported(String text) -> report(text);
      default -> {}
    }
  }

  private void report(String text) {
    System.err.println(onCommand ? text : CommandLine.message(program, text));
  }

  private <T extends AutoCloseable> T own(T resource) {
    toClose.add(resource);
    return resource;
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // The process ends now; what is left is the kernel's to free.
    }
  }
}
