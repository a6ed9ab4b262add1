package thespis.actors;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import thespis.cpu.run.Inspector;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.Failure;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RebootAction;
import thespis.hotplug.RunState;
import thespis.hotplug.ShutdownAction;
import thespis.hotplug.SlotInfo;

/// A board on fake hardware as a test talks to it. Reads events in order and remembers those it read past.
final class TestMachine {
  private static final MachineEvent MARK = new MachineEvent.SlotStep(-1, HotplugStep.FAILED, "mark");

  final FakeHardware hardware;
  private final ActorTestKit kit;
  private final ActorRef<BoardProtocol.Message> board;
  private final BlockingQueue<MachineEvent> events = new LinkedBlockingQueue<>();
  private final ActorRef<MachineEvent> listener;
  private List<MachineEvent> passed = new ArrayList<>();
  private final List<MachineEvent> all = new ArrayList<>();

  TestMachine(ActorTestKit kit, MachineConfig config, FakeHardware hardware) {
    this.kit = kit;
    this.hardware = hardware;
    this.listener = kit.spawn(Behaviors.receiveMessage(event -> {
      events.add(event);
      return Behaviors.same();
    }));
    this.board = kit.spawn(Board.create(config, hardware, listener));
  }

  static Map<String, Object> cpu(String id, int core) {
    Map<String, Object> arguments = new HashMap<>(
        Map.of("driver", FakeHardware.TYPE, "socket-id", 0, "core-id", core, "thread-id", 0));
    if (id != null) {
      arguments.put("id", id);
    }
    return arguments;
  }

  ActorRef<BoardProtocol.Message> board() {
    return board;
  }

  static Function<ActorRef<Answer<CpuInfo>>, BoardProtocol.Message> add(Map<String, Object> arguments) {
    return replyTo -> new BoardProtocol.AddDevice(arguments, replyTo);
  }

  static Function<ActorRef<Answer<Done>>, BoardProtocol.Message> remove(String idOrPath) {
    return replyTo -> new BoardProtocol.RemoveDevice(idOrPath, replyTo);
  }

  static Function<ActorRef<Answer<Done>>, BoardProtocol.Message> quit(Cause cause) {
    return replyTo -> new BoardProtocol.Quit(cause, replyTo);
  }

  static Function<ActorRef<Answer<String>>, BoardProtocol.Message> dump(int slot) {
    return replyTo -> new BoardProtocol.LookAtCpu(slot, Inspector::registers, replyTo);
  }

  static BoardProtocol.Message rebootIsShutdownAndShutdownIsPause(ActorRef<Answer<Done>> replyTo) {
    return new BoardProtocol.SetAction(
        Optional.of(RebootAction.SHUTDOWN), Optional.of(ShutdownAction.PAUSE), replyTo);
  }

  <T> TestProbe<T> send(Function<ActorRef<T>, BoardProtocol.Message> request) {
    TestProbe<T> probe = kit.createTestProbe();
    board.tell(request.apply(probe.getRef()));
    return probe;
  }

  <T> T answer(Function<ActorRef<T>, BoardProtocol.Message> request) {
    return send(request).receiveMessage();
  }

  <T> T ok(Function<ActorRef<Answer<T>>, BoardProtocol.Message> request) {
    return switch (this.<Answer<T>>answer(request)) {
      case Answer.Ok<T>(var value) -> value;
      case Answer.Failed<T>(var failure) -> throw new AssertionError(failure);
    };
  }

  <T> Failure refused(Function<ActorRef<Answer<T>>, BoardProtocol.Message> request) {
    return switch (this.<Answer<T>>answer(request)) {
      case Answer.Ok<T>(var value) -> throw new AssertionError("not refused: " + value);
      case Answer.Failed<T>(var failure) -> failure;
    };
  }

  CpuInfo add(String id, int core) {
    return ok(add(cpu(id, core)));
  }

  RunState status() {
    return answer(BoardProtocol.QueryStatus::new);
  }

  List<CpuInfo> cpus() {
    return answer(BoardProtocol.QueryCpus::new);
  }

  CpuInfo cpu(String id) {
    return cpus().stream().filter(c -> c.id().equals(Optional.of(id))).findFirst().orElseThrow();
  }

  List<SlotInfo> slots() {
    return ok(BoardProtocol.QuerySlots::new);
  }

  /// Reads events up to this one.
  void await(MachineEvent event) {
    passed = new ArrayList<>();
    for (MachineEvent e = next(); !e.equals(event); e = next()) {
      passed.add(e);
    }
  }

  <E extends MachineEvent> E await(Class<E> type) {
    for (MachineEvent e = next(); ; e = next()) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
    }
  }

  /// What the last {@link #await} read before it found its event.
  List<MachineEvent> passed() {
    return passed;
  }

  private MachineEvent next() {
    try {
      MachineEvent event = events.poll(3, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no more events after " + all);
      }
      all.add(event);
      return event;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// All events up to now: those the board published before it answers, then a mark of our own.
  List<MachineEvent> events() {
    status();
    listener.tell(MARK);
    List<MachineEvent> read = new ArrayList<>();
    for (MachineEvent e = next(); !e.equals(MARK); e = next()) {
      read.add(e);
    }
    return read;
  }

  /// Steps of a slot among all events read so far and now.
  List<HotplugStep> steps(int slot) {
    events();
    List<HotplugStep> steps = new ArrayList<>();
    for (MachineEvent event : all) {
      if (event instanceof MachineEvent.SlotStep s && s.slot() == slot) {
        steps.add(s.step());
      }
    }
    return steps;
  }

  /// What the chips were made to do since the last call.
  List<String> log() {
    List<String> lines = new ArrayList<>();
    hardware.log.drainTo(lines);
    return lines;
  }

  void awaitLog(String line) {
    try {
      String found = hardware.log.poll(3, TimeUnit.SECONDS);
      while (found != null && !found.equals(line)) {
        found = hardware.log.poll(3, TimeUnit.SECONDS);
      }
      if (found == null) {
        throw new AssertionError("the chips never did: " + line);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void end() {
    board.tell(new BoardProtocol.Quit(Cause.HOST_UI, kit.system().ignoreRef()));
    kit.createTestProbe().expectTerminated(board, Duration.ofSeconds(3));
  }
}
