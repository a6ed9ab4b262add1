package thespis.actors;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import thespis.actors.block.BlockHost;
import thespis.actors.block.BlockLayer;
import thespis.cpu.model.ConfigException;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.Answer;
import thespis.hotplug.Cause;
import thespis.hotplug.RebootAction;
import thespis.hotplug.RunState;
import thespis.hotplug.ShutdownAction;
import thespis.machine.device.misc.I8042;
import thespis.machine.device.misc.KeyCode;
import thespis.qmp.BoardReplies;
import thespis.machine.acpi.WakeReason;
import thespis.qmp.QmpEvent;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.command.BitmapCommands;
import thespis.qmp.command.BlockCommands;
import thespis.qmp.command.CpuCommands;
import thespis.qmp.command.CpuModelCommands;
import thespis.qmp.command.DeviceCommands;
import thespis.qmp.command.DirtyRateCommands;
import thespis.qmp.command.DisplayCommands;
import thespis.qmp.command.DriveCommands;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.command.InputCommands;
import thespis.qmp.command.InspectCommands;
import thespis.qmp.command.JobCommands;
import thespis.qmp.command.MachineCommands;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.command.MigrationCommands;
import thespis.qmp.command.NetworkCommands;
import thespis.qmp.command.NodeCommands;
import thespis.qmp.command.ObjectCommands;
import thespis.qmp.command.PciCommands;
import thespis.qmp.command.QmpCommand;
import thespis.qmp.command.ReplayCommands;
import thespis.qmp.command.ReplicationCommands;
import thespis.qmp.command.SecurityCommands;
import thespis.qmp.command.SnapshotCommands;
import thespis.qmp.command.StatusCommands;
import thespis.qmp.command.TraceCommands;
import thespis.qmp.command.TransactionCommands;
import thespis.qmp.command.UnplugCommands;
import thespis.qmp.command.VirtioCommands;

/// QMP's commands, as what the board can do. Part of the board, on its thread; each request is answered once.
final class QmpHandler {
  /// Of who waits for the guest without saying how long.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// How long a key is held down if nobody says otherwise.
  private static final long HOLD_MILLIS = 100;

  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final Board board;
  private final MachineConfig config;
  private final BoardReplies replies;
  private final ObjectQueries objects;
  private final Absent absent;
  private final Migration migration;
  private final BlockLayer blocks;
  private final DirtyRate dirtyRate;
  private final DevicesState devicesState;
  private final Hardware hardware;
  private final MemoryFiles memoryFiles;
  private final MemoryDump dump;
  private final KeyPresses keyboard;
  private final InputEvents input;

  QmpHandler(Board board, MachineConfig config, Hardware hardware) {
    this.board = board;
    this.config = config;
    boolean dies = hardware.slots().topology().dies() > 1;
    this.replies = new BoardReplies(dies, ProcessHandle.current().pid());
    this.objects = new ObjectQueries(hardware);
    this.absent = new Absent(hardware);
    this.migration = new Migration(board, hardware);
    this.blocks = config.backends().blocks();
    blocks.attach(blockHost(board));
    this.dirtyRate = DirtyRate.of(board, hardware);
    this.devicesState = new DevicesState(board, hardware, migration);
    this.hardware = hardware;
    this.memoryFiles = new MemoryFiles(board);
    this.dump = new MemoryDump(board, hardware);
    this.keyboard = new KeyPresses(this::key, board::after, this::awake);
    this.input = new InputEvents(this::key, this::mouse, this::awake);
  }

  Migration migration() {
    return migration;
  }

  private static BlockHost blockHost(Board board) {
    return new BlockHost() {
      @Override
      public void run(Runnable work, Consumer<Optional<Throwable>> then) {
        board.offload(work, then);
      }

      @Override
      public void later(Runnable work) {
        board.execute(work);
      }

      @Override
      public void publish(QmpEvent event) {
        board.qmpEvents().publish(event);
      }
    };
  }

  private boolean awake() {
    return board.run().running() || board.run().state() == RunState.SUSPENDED;
  }

  private void key(KeyCode key, boolean down) {
    atController(controller -> controller.key(key, down));
  }

  private void mouse(int right, int down, int wheel, int pressed) {
    atController(controller -> controller.mouse(right, down, wheel, pressed));
  }

  /// The first key wakes a guest that sleeps.
  private void atController(Consumer<I8042> use) {
    if (board.run().state() == RunState.SUSPENDED) {
      board.run().wakeUp(WakeReason.OTHER, done -> {});
    } else {
      hardware.chips().ifPresent(chips -> use.accept(chips.keyboard()));
    }
  }

  void handle(QmpRequest request) {
    Consumer<QmpReply> reply = request.replyTo()::tell;
    switch (request.command()) {
      case StatusCommands<?> c -> status(c, reply);
      case CpuCommands<?> c -> cpu(c, reply);
      case DeviceCommands<?> c -> device(c, reply);
      case UnplugCommands<?> c -> unplug(c, request, reply);
      case SnapshotCommands.XThespisSnapshot(String file) -> board.freezing().save(file, done(reply));
      case MachineCommands<?> c -> machine(c, reply);
      case ObjectCommands<?> c -> reply.accept(objects.answer(c));
      case CpuModelCommands<?> c -> reply.accept(objects.answer(c));
      case MemoryCommands.Memsave c -> memoryFiles.save(c, done(reply));
      case MemoryCommands.Pmemsave c -> memoryFiles.save(c, done(reply));
      case MemoryCommands.DumpGuestMemory c -> dump.dump(c, done(reply));
      case MemoryCommands<?> c -> reply.accept(memory(c));
      case MigrationCommands.MigrateIncoming(String uri) -> expect(uri, reply);
      case MigrationCommands<?> c -> reply.accept(migration.answer(c));
      case DirtyRateCommands.CalcDirtyRate c -> dirtyRate.measure(c, done(reply));
      case DirtyRateCommands.QueryDirtyRate() -> reply.accept(ok(dirtyRate.info()));
      case PciCommands.QueryPci() -> reply.accept(ok(PciQueries.buses(hardware.pciDevices())));
      case BlockCommands<?> c -> blocks.answer(c, reply);
      case NodeCommands<?> c -> blocks.answer(c, reply);
      case BitmapCommands<?> c -> blocks.answer(c, reply);
      case DriveCommands<?> c -> blocks.answer(c, reply);
      case ExportCommands<?> c -> blocks.answer(c, reply);
      case TransactionCommands<?> c -> blocks.answer(c, reply);
      case JobCommands<?> c -> blocks.answer(c, reply);
      case VirtioCommands<?> c -> reply.accept(VirtioQueries.answer(c, hardware.objects()));
      case ReplicationCommands.XenSaveDevicesState(String file, var _) -> devicesState.save(file, done(reply));
      case ReplicationCommands.XenLoadDevicesState(String file) -> devicesState.load(file, done(reply));
      case ReplicationCommands<?> c -> reply.accept(Absent.answer(c));
      case NetworkCommands<?> c -> reply.accept(config.backends().network().answer(c));
      case DisplayCommands<?> c -> reply.accept(absent.answer(c));
      case SecurityCommands<?> c -> reply.accept(absent.answer(c));
      case ReplayCommands<?> c -> reply.accept(Absent.answer(c));
      case TraceCommands.TraceEventGetState(var _, var vcpu) when isNoCpu(vcpu) -> reply.accept(noCpu(vcpu));
      case TraceCommands.TraceEventSetState(var _, var _, var _, var vcpu) when isNoCpu(vcpu) -> reply.accept(noCpu(vcpu));
      case TraceCommands<?> c -> reply.accept(Absent.answer(c));
      case InspectCommands<?> c -> reply.accept(inspect(c));
      case InputCommands.SendKey(var keys, var hold) -> reply.accept(keyboard.press(keys, hold.orElse(HOLD_MILLIS)));
      case InputCommands.InputSendEvent c -> reply.accept(input.send(c));
    }
  }

  private void status(StatusCommands<?> command, Consumer<QmpReply> reply) {
    switch (command) {
      case StatusCommands.QueryStatus() -> reply.accept(ok(StatusCommands.StatusInfo.of(board.run().state())));
      case StatusCommands.Stop() -> board.run().stop(done(reply));
      case StatusCommands.Cont() when dump.active() ->
        reply.accept(QmpReply.fail("There is a dump in process, please wait."));
      case StatusCommands.Cont() -> board.run().cont(done(reply));
      case StatusCommands.SystemReset() -> board.run().reset(Cause.HOST_QMP_SYSTEM_RESET, done(reply));
      case StatusCommands.SystemPowerdown() -> board.powerDown(done(reply));
      case StatusCommands.SystemWakeup() when !hardware.hasAcpi() ->
        reply.accept(QmpReply.fail("wake-up from suspend is not supported by this guest"));
      case StatusCommands.SystemWakeup() -> board.run().wakeUp(WakeReason.OTHER, done(reply));
      case StatusCommands.Quit() -> board.run().quit(Cause.HOST_QMP_QUIT, done(reply));
      case StatusCommands.InjectNmi() -> board.injectNmi(done(reply));
      case StatusCommands.SetAction c -> {
        board.run().setAction(
            c.reboot().map(a -> RebootAction.valueOf(a.name())),
            c.shutdown().map(a -> ShutdownAction.valueOf(a.name())));
        c.watchdog().ifPresent(board.watchdog()::action);
        reply.accept(QmpReply.done());
      }
      case StatusCommands.WatchdogSetAction(var action) -> {
        board.watchdog().action(action);
        reply.accept(QmpReply.done());
      }
      case StatusCommands.XQueryJit() when !hardware.executes() ->
        reply.accept(QmpReply.fail("JIT information is only available with accel=tcg"));
      case StatusCommands.XQueryJit() -> board.questions().translation(answer(reply, StatusCommands.HumanReadableText::new));
    }
  }

  private void cpu(CpuCommands<?> command, Consumer<QmpReply> reply) {
    switch (command) {
      case CpuCommands.QueryCpusFast() -> reply.accept(ok(replies.cpus(board.seats().cpus())));
      case CpuCommands.QueryHotpluggableCpus() -> answer(reply, replies::hotpluggable).accept(board.querySlots());
      case CpuCommands.CpuAdd(long index) -> board.plugging().addByIndex(index, answer(reply, cpu -> nothing()));
      case CpuCommands.QueryVcpuDirtyLimit() -> reply.accept(ok(List.of()));
      case CpuCommands.SetVcpuDirtyLimit _ -> reply.accept(QmpReply.fail(
          "dirty page limit feature requires KVM with accelerator property 'dirty-ring-size' set'"));
      case CpuCommands.CancelVcpuDirtyLimit _ -> reply.accept(QmpReply.done());
    }
  }

  private void device(DeviceCommands<?> command, Consumer<QmpReply> reply) {
    switch (command) {
      case DeviceCommands.DeviceAdd c ->
        board.plugging().addHotPlugged(
            new LinkedHashMap<>(c.options()), Optional.empty(), answer(reply, cpu -> nothing()));
      case DeviceCommands.DeviceDel(String id) -> board.plugging().remove(id, done(reply));
      case DeviceCommands.QueryAcpiOspmStatus() -> board.questions().ospm(answer(reply, BoardReplies::ospm));
    }
  }

  private void unplug(UnplugCommands<?> command, QmpRequest request, Consumer<QmpReply> reply) {
    switch (command) {
      case UnplugCommands.XThespisQueryUnplug() ->
        reply.accept(ok(board.unplugs().all().stream().map(UnplugCommands.Unplug::of).toList()));
      case UnplugCommands.XThespisWaitUnplug(var id, var timeout) ->
        limited(timeout, reply, limit ->
            board.unplugs().await(id, limit, answer(reply, UnplugCommands.Unplug::of)));
      case UnplugCommands.XThespisCancelUnplug(var id) -> board.plugging().cancelRemoval(id, done(reply));
      case UnplugCommands.XThespisWaitOnline(long slot, var timeout) ->
        limited(timeout, reply, limit ->
            board.plugging().awaitOnline(slot, limit, answer(reply, cpu -> nothing())));
      case UnplugCommands.XThespisEvents(boolean enable) -> {
        board.qmpEvents().extend(request.replyTo(), enable);
        reply.accept(QmpReply.done());
      }
    }
  }

  private static void limited(Optional<Long> timeout, Consumer<QmpReply> reply, Consumer<Duration> wait) {
    long millis = timeout.orElse(PATIENCE.toMillis());
    if (millis < 0 || millis > LONGEST_WAIT.toMillis()) {
      reply.accept(QmpReply.fail("Parameter 'timeout' expects a number of milliseconds up to one day"));
    } else {
      wait.accept(Duration.ofMillis(millis));
    }
  }

  private void machine(MachineCommands<?> command, Consumer<QmpReply> reply) {
    switch (command) {
      case MachineCommands.SetNumaNode _ ->
        reply.accept(QmpReply.fail("The command is permitted only before the machine has been created"));
      case MachineCommands.XExitPreconfig() ->
        reply.accept(QmpReply.fail("The command is permitted only before machine initialization"));
      case MachineCommands.RtcResetReinjection() -> reply.accept(QmpReply.done());
      case MachineCommands.Dumpdtb _ -> reply.accept(QmpReply.fail("This machine doesn't have a FDT"));
      default -> reply.accept(ok(facts(command)));
    }
  }

  private Object facts(MachineCommands<?> command) {
    return switch (command) {
      case MachineCommands.QueryName() -> new MachineCommands.NameInfo(config.name());
      case MachineCommands.QueryUuid() -> MachineCommands.UuidInfo.of(config.uuid());
      case MachineCommands.QueryKvm() -> new MachineCommands.KvmInfo(false, true);
      case MachineCommands.QueryMachines() -> MachineType.all().stream().map(MachineType::info).toList();
      case MachineCommands.QueryCurrentMachine() -> new MachineCommands.CurrentMachineParams(hardware.hasAcpi());
      case MachineCommands.QueryTarget() -> new MachineCommands.TargetInfo(MachineCommands.TargetArch.X86_64);
      case MachineCommands.QueryIothreads() -> objects.ioThreads();
      case MachineCommands.SetNumaNode _, MachineCommands.XExitPreconfig _, MachineCommands.RtcResetReinjection _,
          MachineCommands.Dumpdtb _ ->
        throw new IllegalStateException("not a query: " + command);
    };
  }

  private void expect(String uri, Consumer<QmpReply> reply) {
    try {
      migration.expect(uri, done(reply));
    } catch (ConfigException e) {
      reply.accept(QmpReply.fail(e.getMessage()));
    }
  }

  private QmpReply memory(MemoryCommands<?> command) {
    return switch (command) {
      case MemoryCommands.QueryMemorySizeSummary() ->
        ok(new MemoryCommands.MemoryInfo(hardware.memory(), Optional.of(0L)));
      case MemoryCommands.QueryMemdev() -> ok(objects.memoryBackends());
      case MemoryCommands.QueryMemoryDevices() -> ok(List.of());
      case MemoryCommands.QueryBalloon() -> board.balloon().query();
      case MemoryCommands.Balloon(long target) -> board.balloon().target(target);
      case MemoryCommands.QueryDump() -> ok(dump.progress());
      case MemoryCommands.QueryDumpGuestMemoryCapability() -> ok(MemoryDump.capability());
      case MemoryCommands.QueryVmGenerationId() -> QmpReply.fail("VM Generation ID device not found");
      case MemoryCommands.Memsave _, MemoryCommands.Pmemsave _, MemoryCommands.DumpGuestMemory _ ->
        throw new IllegalStateException("not a query: " + command);
    };
  }

  private QmpReply inspect(InspectCommands<?> command) {
    return switch (command) {
      case InspectCommands.XQueryUsb() -> QmpReply.fail("USB support not enabled");
      case InspectCommands.XQueryProfile() -> QmpReply.fail("Internal profiler not compiled");
      case InspectCommands.XQueryRdma() -> text("");
      case InspectCommands.XQueryOpcount() when !hardware.executes() ->
        QmpReply.fail("Opcode count information is only available with accel=tcg");
      case InspectCommands.XQueryOpcount() -> text("[TCG profiler not compiled]\n");
      case InspectCommands.XQueryIrq() -> text(hardware.chips().map(ChipTexts::interrupts).orElse(""));
      case InspectCommands.XQueryRoms() -> text(hardware.chips().map(ChipTexts::roms).orElse(""));
      case InspectCommands.XQueryRamblock() -> text(hardware.chips().map(ChipTexts::ramBlocks).orElse(ChipTexts.NO_RAM));
      case InspectCommands.XQueryNuma() -> text(ChipTexts.nodes(hardware.chips(), board.seats().cpus()));
    };
  }

  private boolean isNoCpu(Optional<Long> index) {
    return index.isPresent() && board.seats().cpus().stream().noneMatch(c -> c.slot().index() == index.get());
  }

  private static QmpReply noCpu(Optional<Long> index) {
    return QmpReply.fail("invalid vCPU index " + (index.orElseThrow() & 0xFFFF_FFFFL));
  }

  private static QmpReply text(String text) {
    return ok(new StatusCommands.HumanReadableText(text));
  }

  private static Consumer<Answer<Done>> done(Consumer<QmpReply> reply) {
    return answer(reply, done -> nothing());
  }

  private static <T> Consumer<Answer<T>> answer(Consumer<QmpReply> reply, Function<T, Object> shape) {
    return answer -> reply.accept(switch (answer) {
      case Answer.Ok<T>(var value) -> ok(shape.apply(value));
      case Answer.Failed<T>(var failure) -> QmpReply.of(failure);
    });
  }

  private static Object nothing() {
    return QmpCommand.Nothing.NOTHING;
  }

  private static QmpReply ok(Object value) {
    return new QmpReply.Ok(value);
  }
}
