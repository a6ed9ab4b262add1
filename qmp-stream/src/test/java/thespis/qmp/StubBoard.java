package thespis.qmp;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.ErrorClass;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RunState;
import thespis.machine.board.CpuAddress;
import thespis.machine.board.CpuSlot;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.CpuCommands;
import thespis.qmp.command.DeviceCommands;
import thespis.qmp.command.MachineCommands;
import thespis.qmp.command.MachineCommands.NameInfo;
import thespis.qmp.command.ObjectCommands;
import thespis.qmp.command.ObjectCommands.ObjectPropertyInfo;
import thespis.qmp.command.StatusCommands;
import thespis.qmp.command.StatusCommands.StatusInfo;

/// As much of a board as the protocol's tests need: a run state, CPUs that are added without any check, and ways to
/// misbehave. `system_reset` is answered once for each {@link Release}; `inject-nmi` is answered twice;
/// `system_powerdown` publishes its event many times.
final class StubBoard extends AbstractOnMessageBehavior<BoardProtocol.Message> {
  static final int FLOOD = 20_000;

  private static final String CPU_TYPE = "qemu64-x86_64-cpu";

  record Release() implements BoardProtocol.Message {}

  private final QmpEvents events = new QmpEvents();
  private final BoardReplies replies = new BoardReplies(false, ProcessHandle.current().pid());
  private final List<CpuInfo> cpus = new ArrayList<>();
  private final List<ActorRef<QmpReply>> held = new ArrayList<>();
  private int releases;
  private RunState state = RunState.PRELAUNCH;

  private StubBoard(ActorContext<BoardProtocol.Message> context) {
    super(context);
    addCpu(Optional.empty(), "/machine/unattached/device[0]");
  }

  static Behavior<BoardProtocol.Message> create() {
    return Behaviors.setup(StubBoard::new);
  }

  @Override
  public Behavior<BoardProtocol.Message> onMessage(BoardProtocol.Message message) {
    return switch (message) {
      case QmpMessage.Subscribe m -> {
        events.onMessage(m);
        yield this;
      }
      case QmpMessage.Unsubscribe m -> {
        events.onMessage(m);
        yield this;
      }
      case QmpRequest m -> onRequest(m.command(), m.replyTo());
      case Release _ -> {
        releases++;
        release();
        yield this;
      }
      default -> throw new IllegalStateException("unexpected " + message);
    };
  }

  private Behavior<BoardProtocol.Message> onRequest(BoardCommand<?> command, ActorRef<QmpReply> replyTo) {
    switch (command) {
      case StatusCommands.QueryStatus _ -> replyTo.tell(new QmpReply.Ok(StatusInfo.of(state)));
      case MachineCommands.QueryName _ -> replyTo.tell(new QmpReply.Ok(new NameInfo(Optional.empty())));
      case CpuCommands.QueryCpusFast _ -> replyTo.tell(new QmpReply.Ok(replies.cpus(cpus)));
      case StatusCommands.Cont _ -> change(RunState.RUNNING, new MachineEvent.Resumed(), replyTo);
      case StatusCommands.Stop _ -> change(RunState.PAUSED, new MachineEvent.Stopped(), replyTo);
      case DeviceCommands.DeviceAdd c -> replyTo.tell(addDevice(c));
      case ObjectCommands.QomList _ -> replyTo.tell(new QmpReply.Ok(named()));
      case DeviceCommands.DeviceDel c ->
        replyTo.tell(new QmpReply.Fail(ErrorClass.DEVICE_NOT_FOUND, "Device '" + c.id() + "' not found"));
      case StatusCommands.SystemReset _ -> {
        held.add(replyTo);
        release();
      }
      case StatusCommands.InjectNmi _ -> {
        replyTo.tell(QmpReply.done());
        replyTo.tell(QmpReply.done());
      }
      case StatusCommands.SystemPowerdown _ -> {
        for (int i = 0; i < FLOOD; i++) {
          events.publish(new MachineEvent.PowerButtonPressed());
        }
        replyTo.tell(QmpReply.done());
      }
      case StatusCommands.Quit _ -> {
        events.publish(new MachineEvent.ShutDown(Cause.HOST_QMP_QUIT));
        replyTo.tell(QmpReply.done());
        return Behaviors.stopped();
      }
      default -> replyTo.tell(QmpReply.fail("not in this stub"));
    }
    return this;
  }

  /// A release that comes first is for the next command.
  private void release() {
    while (releases > 0 && !held.isEmpty()) {
      releases--;
      held.removeFirst().tell(QmpReply.done());
    }
  }

  private QmpReply addDevice(DeviceCommands.DeviceAdd command) {
    if (command.driver() == null) {
      return QmpReply.fail("Parameter 'driver' is missing");
    }
    if (!command.driver().equals(CPU_TYPE)) {
      return QmpReply.fail("'" + command.driver() + "' is not a valid device model name");
    }
    addCpu(command.id(), "/machine/peripheral/" + command.id().orElseThrow());
    return QmpReply.done();
  }

  /// As `qom-list` shows a container with the CPUs that have a name.
  private List<ObjectPropertyInfo> named() {
    List<ObjectPropertyInfo> all = new ArrayList<>();
    all.add(property("type", "string"));
    cpus.forEach(cpu -> cpu.id().ifPresent(id -> all.add(property(id, "child<" + CPU_TYPE + ">"))));
    return all;
  }

  private static ObjectPropertyInfo property(String name, String type) {
    return new ObjectPropertyInfo(name, type, Optional.empty(), Optional.empty());
  }

  private void change(RunState next, MachineEvent event, ActorRef<QmpReply> replyTo) {
    if (next.running() != state.running()) {
      state = next;
      events.publish(event);
    }
    replyTo.tell(QmpReply.done());
  }

  private void addCpu(Optional<String> id, String path) {
    int index = cpus.size();
    CpuSlot slot = new CpuSlot(index, index, 0, 0, index, 0, CpuAddress.UNSET);
    cpus.add(new CpuInfo(slot, CPU_TYPE, id, path, index, index > 0, index == 0, 0));
  }
}
