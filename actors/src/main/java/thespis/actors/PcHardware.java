package thespis.actors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.apic.LocalApics;
import thespis.cpu.jit.TranslationCache;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuOption;
import thespis.cpu.model.CpuidTable;
import thespis.cpu.model.ModelFeatures;
import thespis.cpu.prop.GlobalProperty;
import thespis.cpu.run.CodeMap;
import thespis.cpu.run.Core;
import thespis.cpu.run.Execution;
import thespis.cpu.run.VcpuCore;
import thespis.cpu.state.BootState;
import thespis.hotplug.Cause;
import thespis.machine.acpi.Numa;
import thespis.machine.acpi.SmiFeatures;
import thespis.machine.acpi.WakeReason;
import thespis.machine.board.Board;
import thespis.machine.board.BoardConfig;
import thespis.machine.board.BoardGlobals;
import thespis.machine.board.BoardValues;
import thespis.machine.board.BootChoice;
import thespis.machine.board.ChipValues;
import thespis.machine.board.CpuFacts;
import thespis.machine.board.CpuObjects;
import thespis.machine.board.CpuSlot;
import thespis.machine.board.CpuSlots;
import thespis.machine.board.MachineObjects;
import thespis.machine.board.MachineVersions;
import thespis.machine.board.NumaNodes;
import thespis.machine.board.PcBoard;
import thespis.machine.board.PowerSettings;
import thespis.machine.board.Q35Board;
import thespis.machine.board.RamPart;
import thespis.machine.board.Topology;
import thespis.machine.bus.Device;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.device.virtio.VirtioBalloon;
import thespis.machine.device.virtio.VirtioPci;
import thespis.machine.migrate.MachineImage;
import thespis.machine.migrate.MachineShape;
import thespis.machine.migrate.RamBlock;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.QomObject;
import thespis.machine.qom.UserObjects;
import thespis.machine.qom.VirtioBalloonObject;
import thespis.machine.time.HostClock;
import thespis.machine.time.MachineClock;
import thespis.machine.time.VirtualClock;

/// A `pc` or `q35` board with its clock and its local APICs, and the cores that are made for it.
final class PcHardware implements Hardware {
  private static final long DEFAULT_MEMORY = 128L << 20;
  private static final Map<String, String> BUSES = Map.of(
      "main-system-bus", "System", "pci.0", "PCI", "pcie.0", "PCIE", "isa.0", "ISA", "ide.0", "IDE", "ide.1", "IDE",
      "i2c", "i2c-bus");

  private final String name;
  private final CpuSlots slots;
  private final CpuObjects cpus;
  private final MachineObjects objects;
  private final MachineMemory memory;
  private final Numa numa;
  private final List<String> buses = new ArrayList<>();
  private final MachineClock clock;
  private final boolean executes;
  private final LocalApics apics;
  private final Board board;
  private final Core.Board coreBoard;
  private final Optional<TranslationCache> translations;
  private final MachineShape shape;
  private final int serials;
  private final BoardValues values;
  private final UserPciDevices pciDevices;
  private final Entropy entropy = new Entropy();
  private volatile GuestRequests guestRequests;
  private volatile Optional<BootState> start = Optional.empty();

  /// @throws ConfigException with QEMU's text if something does not fit; then nothing is left behind
  PcHardware(MachineConfig config, MachineType type, Consumer<String> warnings) {
    name = config.name().orElse(type.name());
    clock = clock(config);
    executes = config.driven().isEmpty();
    if (type.deprecated()) {
      warnings.accept(
          "Machine type '" + type.name() + "' is deprecated: old and unattended - use a newer version instead");
    }
    Topology topology = CpuLimit.topology(config, type, warnings);
    Accelerator accelerator = CpuLimit.accelerator(config, topology);
    apics = new LocalApics(topology.needsX2Apic());
    CpuOption option = CpuOption.parse(config.cpu().or(type::defaultCpu).orElseThrow());
    option.warnings().forEach(warnings);
    cpus = new CpuObjects(option, globals(config, type), accelerator, topology.layout());
    objects = new MachineObjects(type.name(), topology);
    config.chardevs().forEach(objects::addChardev);
    MachineMemory.addObjects(config, objects.userObjects());
    NumaNodes nodes = NumaSetup.of(config, topology, type, objects.userObjects());
    memory = MachineMemory.of(config, objects, nodes.backends(), DEFAULT_MEMORY);
    objects.addHost();
    PcOptions.checkMemory(memory.size());
    PcOptions.checkFirmwareFiles(config);
    BootChoice boot = PcOptions.boot(config.boardOptions());
    numa = nodes.complete(memory.size(), warnings);
    slots = nodes.slots();
    BoardOptions options = BoardOptions.apply(memory.options(), memory.size(), objects.tree().find("/machine"));
    describe(config);
    boolean q35 = type.family() == MachineType.Family.Q35;
    pciDevices = UserPciDevices.of(config, buses(q35), options, globals(config, type),
        new VirtioFunctions(objects.userObjects(), memory.size(), entropy, warnings));
    CpuConfig sample = sampleCpu(warnings);
    translations = translations(config, sample, warnings);
    BoardConfig boardConfig = boardConfig(config, sample, type, options, boot);
    serials = boardConfig.serial().size();
    board = build(boardConfig, type);
    CodeMap code = new CodeMap(board.ram());
    coreBoard =
        new Core.Board(board.map(), board.ram(), board.bus(), clock, apics, code,
            config.execution().orElseGet(Execution::byDefault), translations, config.observation());
    shape = shape(type, sample, boardConfig.ramParts());
    values = new BoardValues(board, serialPorts(config),
        config.printers().stream().map(MachineConfig.Printer::label).toList(), pciDevices.objects());
    board.memory().onWrite(code::writtenByDevice);
    attachBalloon();
    config.debugPorts().forEach(
        port -> DebugPorts.map(board, port, status -> guestRequests.asked(Cause.HOST_ERROR, status)));
    config.serials().forEach((port, line) -> line.attached(new UartPort(board.serial(port))));
  }

  /// It stands until the machine runs.
  private static MachineClock clock(MachineConfig config) {
    config.driven().ifPresent(VirtualClock::pause);
    return config.driven().<MachineClock>map(driven -> driven).orElseGet(() -> new HostClock(ClockRate.of(config)));
  }

  @Override
  public boolean executes() {
    return executes;
  }

  /// Leaves of CPUID that tell of features; in those of the extended state, sub-leaves too.
  private static final int[][] FEATURE_LEAVES =
      {{0, 0}, {1, 0}, {7, 0}, {7, 1}, {0xD, 0}, {0xD, 1}, {0x8000_0001, 0}, {0x8000_0007, 0}, {0x8000_0008, 0}};

  private MachineShape shape(MachineType type, CpuConfig sample, List<RamPart> parts) {
    CpuidTable cpuid = new CpuidTable(sample, slots.topology().layout(), 0);
    List<Integer> answers = new ArrayList<>();
    int[] out = new int[4];
    for (int[] leaf : FEATURE_LEAVES) {
      cpuid.lookup(leaf[0], leaf[1], 0, 1, out);
      for (int word : out) {
        answers.add(word);
      }
    }
    List<RamBlock> blocks = new ArrayList<>();
    long offset = 0;
    for (RamPart part : parts.isEmpty() ? List.of(new RamPart("pc.ram", memory.size())) : parts) {
      blocks.add(new RamBlock(part.backend(), offset, part.bytes()));
      offset += part.bytes();
    }
    return new MachineShape(
        type.name(), cpus.typeName(), answers.stream().mapToInt(n -> n).toArray(), blocks, slots.all().size(), Map.of());
  }

  private void attachBalloon() {
    balloon().ifPresent(device -> pciDevices.objects().stream()
        .filter(user -> user.object().type().isA(VirtioFunctions.BALLOON))
        .forEach(user -> VirtioBalloonObject.attach(user.object().child("virtio-backend"), device)));
  }

  @Override
  public Optional<VirtioBalloon> balloon() {
    return board.pci().all().stream()
        .filter(VirtioPci.class::isInstance)
        .map(function -> ((VirtioPci) function).device())
        .filter(VirtioBalloon.class::isInstance)
        .map(VirtioBalloon.class::cast)
        .findAny();
  }

  /// What the user can read of the machine's object.
  private void describe(MachineConfig config) {
    config.kernel().ifPresent(file -> objects.settings().put("kernel", file.toString()));
    config.initrd().ifPresent(file -> objects.settings().put("initrd", file.toString()));
    objects.settings().put("append", config.append());
    config.firmware().ifPresent(file -> objects.settings().put("firmware", file.toString()));
  }

  private static List<ChipValues.SerialPort> serialPorts(MachineConfig config) {
    List<ChipValues.SerialPort> ports = new ArrayList<>();
    new TreeMap<>(config.serials()).forEach((number, line) -> {
      boolean users = config.serialDevices().containsKey(number);
      String id = users ? config.serialDevices().get(number).orElse(null) : null;
      ports.add(new ChipValues.SerialPort(number, line.label(), users, id));
    });
    return ports;
  }

  /// They are read while the rest of the machine is made.
  private Optional<TranslationCache> translations(MachineConfig config, CpuConfig cpu, Consumer<String> warnings) {
    if (!config.execution().orElseGet(Execution::byDefault).translated()) {
      return Optional.empty();
    }
    return config.translations()
        .map(folder -> SharedTranslations.of(folder, features(cpu, 0), warnings))
        .or(() -> config.frozen().map(from -> from.translations(features(cpu, 0))));
  }

  private ModelFeatures features(CpuConfig cpu, int apicId) {
    return new ModelFeatures(cpu, slots.topology().layout(), apicId);
  }

  private BoardConfig boardConfig(
      MachineConfig config, CpuConfig sample, MachineType type, BoardOptions options, BootChoice boot) {
    ClockChip.Running chip = config.clock().start(clock::nanos);
    BoardGlobals.check(type.name(), options.hpet(), config.globalProperties());
    PowerSettings power = PowerSettings.of(type.name(), globals(config, type));
    BoardConfig.Builder builder = BoardConfig.builder()
        .machine(type.name())
        .ram(memory.size())
        .ramParts(objects.ramParts())
        .slots(slots)
        .numa(numa)
        .commandLine(config.append())
        .smbios(config.smbios())
        .firmwareFiles(config.firmwareFiles())
        .utcNanos(chip.nanos())
        .utcAhead(chip.ahead())
        .acpi(options.acpi())
        .hpet(options.hpet())
        .boot(boot)
        .sleep(power.sleep())
        .smi(power.smi())
        .noReboot(PowerSettings.noReboot(globals(config, type)))
        .managementRam(PowerSettings.managementRam(globals(config, type)))
        .incoming(config.awaitsState())
        .driven(config.driven().isPresent())
        .rootPorts(pciDevices.ports())
        .pciFunctions(pciDevices.functions())
        .cpu(CpuFacts.of(new CpuidTable(sample, slots.topology().layout(), 0)));
    config.frozen().ifPresent(from -> builder.ramImage(PcOptions.ram(from, memory.size())));
    config.uuid().ifPresent(builder::uuid);
    config.firmware().ifPresent(builder::firmware);
    config.kernel().ifPresent(builder::kernel);
    config.initrd().ifPresent(file -> builder.initrd(file.toString()));
    int ports = config.serials().keySet().stream().mapToInt(port -> port + 1).max().orElse(0);
    for (int port = 0; port < ports; port++) {
      SerialLine line = config.serials().get(port);
      builder.serial(line == null ? ByteSink.NONE : line::sent);
    }
    config.printers().forEach(printer -> builder.parallel(printer.sink()));
    return builder.build();
  }

  /// The board wants to know what its processors are like before there are any. What is to be said of them is said when
  /// they are made, unless this is already the end.
  private CpuConfig sampleCpu(Consumer<String> warnings) {
    QomObject cpu = cpus.create(cpus.typeName());
    List<String> heard = new ArrayList<>();
    try {
      return cpus.realize(cpu, slots.all().getFirst(), heard::add);
    } catch (ConfigException e) {
      heard.forEach(warnings);
      throw e;
    }
  }

  private Board build(BoardConfig config, MachineType type) {
    try {
      return type.family() == MachineType.Family.Q35
          ? new Q35Board(config, clock, apics)
          : new PcBoard(config, clock, apics);
    } catch (OutOfMemoryError e) {
      throw new ConfigException("cannot set up guest memory 'pc.ram': Cannot allocate memory");
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CpuSlots slots() {
    return slots;
  }

  @Override
  public int bootCpus() {
    return slots.topology().cpus();
  }

  @Override
  public CpuObjects cpus() {
    return cpus;
  }

  @Override
  public ObjectTree objects() {
    return objects.tree();
  }

  @Override
  public UserObjects userObjects() {
    return objects.userObjects();
  }

  @Override
  public Optional<Board> chips() {
    return Optional.of(board);
  }

  @Override
  public SmiFeatures smiFeatures() {
    return new SmiFeatures(board.smiFeatures());
  }

  @Override
  public void bootCpusAdded() {
    objects.addChips(values);
  }

  @Override
  public Optional<String> busType(String bus) {
    return pciDevices.hasBus(bus)
        ? Optional.of("PCIE")
        : Optional.ofNullable(buses(board instanceof Q35Board).get(bus));
  }

  /// Those of the machine type, then the user's.
  private static List<GlobalProperty> globals(MachineConfig config, MachineType type) {
    List<GlobalProperty> all = new ArrayList<>(
        MachineVersions.find(type.name()).map(MachineVersions::properties).orElse(List.of()));
    all.addAll(config.globalProperties());
    return all;
  }

  private static Map<String, String> buses(boolean q35) {
    Map<String, String> buses = new TreeMap<>(BUSES);
    buses.remove(q35 ? "pci.0" : "pcie.0");
    return buses;
  }

  @Override
  public boolean hasAcpi() {
    return board.powerManaged();
  }

  @Override
  public long memory() {
    return memory.size();
  }

  @Override
  public List<PciDevice> pciDevices() {
    return board.pci().devices();
  }

  @Override
  public HotplugRegisters hotplugRegisters(HotplugRegisters.Listener listener) {
    return SlotRegisters.of(board, listener);
  }

  @Override
  public VcpuCore realize(CpuSlot slot, CpuConfig config) {
    return new Core(slot.index(), slot.apicId(), slot.index() == 0, features(config, slot.apicId()), coreBoard);
  }

  /// The core's own end takes it off the buses.
  @Override
  public void unrealize(int slot) {}

  @Override
  public void present(int slot, boolean here) {
    board.present(slot, here);
  }

  @Override
  public void raiseGpe(int bit) {
    board.power().raiseGpe(bit);
  }

  @Override
  public void pressPowerButton() {
    if (board.powerManaged()) {
      board.power().pressPowerButton();
    }
  }

  @Override
  public void injectNmi() {
    apics.deliver(ApicBus.BROADCAST, false, ApicBus.NMI, 0, false);
  }

  @Override
  public void resume() {
    clock.resume();
  }

  @Override
  public void pause() {
    clock.pause();
    flushSerials();
  }

  private void flushSerials() {
    for (int port = 0; port < serials; port++) {
      board.serial(port).flush();
    }
  }

  @Override
  public void reset() {
    start = board.reset();
  }

  @Override
  public void wake(WakeReason reason) {
    start = board.wake(reason);
  }

  @Override
  public void reset(VcpuCore core) {
    core.reset();
    start.ifPresent(boot -> {
      if (core.index() == 0) {
        ((Core) core).start(boot);
      } else {
        ((Core) core).writeMsrs(boot.msrs());
      }
    });
  }

  @Override
  public void onGuestRequest(GuestRequests listener) {
    guestRequests = listener;
    board.onRequest(new RequestRelay(listener));
  }

  @Override
  public MachineImage image() {
    List<Device> devices = new ArrayList<>();
    devices.add(clock);
    devices.addAll(board.saved());
    return new MachineImage(shape, Optional.of(board.ram()), devices, coreBoard.code()::closePages);
  }

  @Override
  public void stateLoaded() {
    board.stateLoaded();
  }

  @Override
  public void close() {
    flushSerials();
    entropy.close();
    clock.close();
    board.close();
    translations.ifPresent(TranslationCache::close);
  }
}
