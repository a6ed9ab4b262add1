package thespis.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import thespis.cpu.jit.TranslationFolder;
import thespis.cpu.model.ConfigException;
import thespis.cpu.run.Execution;
import thespis.cpu.run.Observation;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Failure;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RebootAction;
import thespis.hotplug.ShutdownAction;
import thespis.hotplug.WatchdogAction;
import thespis.machine.acpi.SmbiosFields;
import thespis.machine.board.ChardevObject;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.time.VirtualClock;
import thespis.qmp.QmpServer;
import thespis.qmp.command.NumaOptions;

/// Collects what a machine is to be. Nothing is checked and nothing happens before {@link #start}.
public final class MachineBuilder {
  private Optional<String> name = Optional.empty();
  private Optional<UUID> uuid = Optional.empty();
  private String board = "pc";
  private Optional<String> cpu = Optional.empty();
  private String smp = "1";
  private long memory;
  private HostMemory hostMemory = HostMemory.PLAIN;
  private Optional<Path> firmware = Optional.empty();
  private Optional<Path> kernel = Optional.empty();
  private Optional<Path> initrd = Optional.empty();
  private String append = "";
  private final Map<String, ChardevObject> chardevs = new LinkedHashMap<>();
  private final List<MachineConfig.UserObject> objects = new ArrayList<>();
  private final List<MachineConfig.NumaOption> numa = new ArrayList<>();
  private final List<MachineConfig.Device> devices = new ArrayList<>();
  private final List<MachineConfig.Global> globals = new ArrayList<>();
  private final Map<String, String> boardOptions = new LinkedHashMap<>();
  private final Map<Integer, SerialLine> serials = new TreeMap<>();
  private final Map<Integer, Optional<String>> serialDevices = new TreeMap<>();
  private final List<MachineConfig.DebugPort> debugPorts = new ArrayList<>();
  private Optional<Execution> execution = Optional.empty();
  private Optional<TranslationFolder> translations = Optional.empty();
  private Observation observation = Observation.none();
  private final List<MachineConfig.Printer> printers = new ArrayList<>();
  private ClockChip clock = ClockChip.UTC;
  private final Map<String, byte[]> firmwareFiles = new LinkedHashMap<>();
  private SmbiosFields smbios = SmbiosFields.NONE;
  private Optional<VirtualClock> driven = Optional.empty();
  private boolean paused;
  private Optional<String> incoming = Optional.empty();
  private RebootAction onReboot = RebootAction.RESET;
  private ShutdownAction onShutdown = ShutdownAction.POWEROFF;
  private WatchdogAction onWatchdog = WatchdogAction.RESET;
  private final List<Consumer<MachineEvent>> listeners = new ArrayList<>();
  private Optional<ActorSystem<?>> system = Optional.empty();

  MachineBuilder() {}

  /// Shown by `query-name`, in thread names and in logs.
  public MachineBuilder name(String name) {
    this.name = Optional.of(name);
    return this;
  }

  public MachineBuilder uuid(UUID uuid) {
    this.uuid = Optional.of(uuid);
    return this;
  }

  /// `pc`, `q35`, `none`, or a versioned name such as `pc-i440fx-7.2`.
  public MachineBuilder board(String type) {
    this.board = type;
    return this;
  }

  /// What follows the type in `-machine`: `usb=off` and the like.
  public MachineBuilder boardOption(String name, String value) {
    boardOptions.put(name, value);
    return this;
  }

  /// A model name and its items: `qemu64,+sse4.1`.
  public MachineBuilder cpu(String modelAndItems) {
    this.cpu = Optional.of(modelAndItems);
    return this;
  }

  /// `present` CPUs at power-on, slots for `max`.
  public MachineBuilder smp(int present, int max) {
    return smp(present + ",maxcpus=" + max);
  }

  /// The whole topology, as after `-smp`.
  public MachineBuilder smp(String topology) {
    this.smp = topology;
    return this;
  }

  public MachineBuilder memory(long bytes) {
    this.memory = bytes;
    return this;
  }

  /// Where the host's memory for the guest comes from, as `-mem-path` and `-mem-prealloc` say it.
  public MachineBuilder hostMemory(HostMemory place) {
    hostMemory = place;
    return this;
  }

  public MachineBuilder firmware(Path image) {
    this.firmware = Optional.of(image);
    return this;
  }

  public MachineBuilder kernel(Path image) {
    this.kernel = Optional.of(image);
    return this;
  }

  public MachineBuilder initrd(Path image) {
    this.initrd = Optional.of(image);
    return this;
  }

  public MachineBuilder append(String commandLine) {
    this.append = commandLine;
    return this;
  }

  /// A character device of the process, for the machine's tree of objects to show.
  public MachineBuilder chardev(String label, ChardevObject device) {
    chardevs.put(label, device);
    return this;
  }

  /// An object for the machine to use: `memory-backend-ram` and the like.
  ///
  /// @param where begins what is said about it: the option it came from
  /// @param properties as JSON has them
  public MachineBuilder object(String where, String type, String id, Map<String, Object> properties) {
    objects.add(new MachineConfig.UserObject(where, type, id, new LinkedHashMap<>(properties)));
    return this;
  }

  /// A NUMA node, or more about one.
  ///
  /// @param where begins what is said about it: the option it came from
  public MachineBuilder numa(String where, NumaOptions options) {
    numa.add(new MachineConfig.NumaOption(where, options));
    return this;
  }

  /// A device present at power-on: `driver`, perhaps `id`, and properties.
  public MachineBuilder device(Map<String, Object> arguments) {
    return device("", arguments);
  }

  /// The same, with a name for it that errors about it begin with: the option it came from.
  public MachineBuilder device(String where, Map<String, Object> arguments) {
    devices.add(new MachineConfig.Device(where, new LinkedHashMap<>(arguments)));
    return this;
  }

  /// A default of a property for all devices of a type, hot-added ones too.
  public MachineBuilder global(String type, String property, String value) {
    globals.add(new MachineConfig.Global(type, property, value));
    return this;
  }

  /// Gives the machine a serial port, 0 for COM1, with this at its other end.
  public MachineBuilder serial(int port, SerialLine line) {
    serials.put(port, line);
    return this;
  }

  /// The same, as a device of its own in the tree of objects, by this id or nameless.
  public MachineBuilder serialDevice(int port, Optional<String> id, SerialLine line) {
    serialDevices.put(port, id);
    return serial(port, line);
  }

  /// QEMU's isa-debug-exit: a write of `value` there ends the machine with the status `value * 2 + 1`.
  public MachineBuilder debugExit(int port, int length) {
    debugPorts.add(new MachineConfig.ExitPort(port, length));
    return this;
  }

  /// QEMU's isa-debugcon: bytes written to the port go to the sink; a read gives `answer`.
  public MachineBuilder debugConsole(int port, int answer, ByteSink sink) {
    debugPorts.add(new MachineConfig.ConsolePort(port, answer, sink));
    return this;
  }

  /// QEMU's pc-testdev, for test programs that set interrupt lines.
  public MachineBuilder testDevice() {
    MachineConfig.DebugPort device = new MachineConfig.TestDevice();
    if (!debugPorts.contains(device)) {
      debugPorts.add(device);
    }
    return this;
  }

  /// How guest code is executed, if not as the host is best at.
  public MachineBuilder execution(Execution execution) {
    this.execution = Optional.of(execution);
    return this;
  }

  /// Keeps translated guest code there for machines to come, and takes what earlier ones have left.
  public MachineBuilder translations(TranslationFolder folder) {
    this.translations = Optional.of(folder);
    return this;
  }

  /// Who watches what the processors do.
  public MachineBuilder observation(Observation observation) {
    this.observation = observation;
    return this;
  }

  /// Gives the machine one more parallel port (there are places for three), with a printer at its other end.
  ///
  /// @param label what the printer is called
  public MachineBuilder parallel(String label, ByteSink printer) {
    printers.add(new MachineConfig.Printer(label, printer));
    return this;
  }

  /// What the clock chip shows, if not the host's time in UTC.
  public MachineBuilder clock(ClockChip clock) {
    this.clock = clock;
    return this;
  }

  /// How fast the guest's time passes beside the host's, from 0.01 to 100: at 10 a guest's second takes a tenth of one.
  public MachineBuilder clockRate(double rate) {
    boardOptions.put(ClockRate.OPTION, Double.toString(rate));
    return this;
  }

  /// A file that the guest can read through fw_cfg; names of one's own begin with `opt/`.
  public MachineBuilder firmwareFile(String name, byte[] content) {
    firmwareFiles.put(name, content.clone());
    return this;
  }

  /// What SMBIOS says of the machine.
  public MachineBuilder smbios(SmbiosFields fields) {
    this.smbios = fields;
    return this;
  }

  /// No processor ever runs, and there is no firmware: somebody drives the chips and this clock from outside, as QEMU's
  /// accelerator qtest has it.
  public MachineBuilder driven(VirtualClock clock) {
    this.driven = Optional.of(clock);
    return this;
  }

  /// Wait for {@link Machine#cont} before the first instruction.
  public MachineBuilder paused() {
    this.paused = true;
    return this;
  }

  /// Takes over the state of another machine, which is made of the same parts: from an address as `-incoming` has it, or
  /// `defer` for one that `migrate-incoming` says.
  public MachineBuilder incoming(String uri) {
    this.incoming = Optional.of(uri);
    return this;
  }

  /// A reset ends the machine.
  public MachineBuilder noReboot() {
    this.onReboot = RebootAction.SHUTDOWN;
    return this;
  }

  /// A guest that powers off leaves the machine there, stopped.
  public MachineBuilder noShutdown() {
    this.onShutdown = ShutdownAction.PAUSE;
    return this;
  }

  /// What is done when the guest has not fed its watchdog, if not a reset.
  public MachineBuilder onWatchdog(WatchdogAction action) {
    this.onWatchdog = action;
    return this;
  }

  /// Hears every event from the very first. Called on an actor's thread: it must return soon.
  public MachineBuilder listener(Consumer<MachineEvent> listener) {
    listeners.add(listener);
    return this;
  }

  /// Use this actor system; without it the machine makes one and ends it.
  public MachineBuilder system(ActorSystem<?> system) {
    this.system = Optional.of(system);
    return this;
  }

  MachineConfig config() {
    return new MachineConfig(
        name,
        uuid,
        board,
        cpu,
        smp,
        memory,
        hostMemory,
        firmware,
        kernel,
        initrd,
        append,
        new LinkedHashMap<>(chardevs),
        List.copyOf(objects),
        List.copyOf(numa),
        List.copyOf(devices),
        List.copyOf(globals),
        Map.copyOf(boardOptions),
        Map.copyOf(serials),
        new TreeMap<>(serialDevices),
        List.copyOf(debugPorts),
        execution,
        translations,
        observation,
        List.copyOf(printers),
        clock,
        new LinkedHashMap<>(firmwareFiles),
        smbios,
        driven,
        paused,
        incoming,
        Optional.empty(),
        onReboot,
        onShutdown,
        onWatchdog,
        Backends.none());
  }

  /// Makes the machine and starts its CPUs. Throws {@link MachineException} with QEMU's wording if something does not
  /// fit; then nothing is left behind.
  public Machine start() {
    return start(MachineBuilder::hardware);
  }

  Machine start(Hardware.Factory factory) {
    return Machine.start(config(), factory, List.copyOf(listeners), system);
  }

  /// Makes the machine only when a client of QMP says so (`--preconfig`). Throws {@link MachineException} if something
  /// does not fit already. The system that is given back is the caller's to end.
  public Waiting preconfig() {
    ActorSystem<?> own = system.orElseGet(MachineSystem::create);
    CompletableFuture<Machine> made = new CompletableFuture<>();
    try {
      Preconfig.Start start = Preconfig.check(config());
      return new Waiting(
          own,
          own.systemActorOf(
              Preconfig.create(
                  start, c -> Machine.start(c, MachineBuilder::hardware, List.copyOf(listeners), Optional.of(own)), made),
              "preconfig",
              QmpServer.PLACE),
          made);
    } catch (ConfigException e) {
      own.terminate();
      throw new MachineException(Failure.generic(e.getMessage()));
    }
  }

  /// Before there is a machine.
  ///
  /// @param board for QMP's servers, now and later
  /// @param machine completed when it is there, or with why it can't be
  public record Waiting(
      ActorSystem<?> system, ActorRef<BoardProtocol.Message> board, CompletableFuture<Machine> machine) {}

  static Hardware hardware(MachineConfig config, Consumer<String> warnings) {
    MachineType type = MachineType.of(config);
    return type == MachineType.NONE ? new NoHardware(config) : new PcHardware(config, type, warnings);
  }
}
