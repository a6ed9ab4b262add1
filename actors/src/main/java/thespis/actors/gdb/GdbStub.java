package thespis.actors.gdb;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import thespis.hotplug.MachineEvent;

/// A debugger's end of a machine: one packet after the other is answered; an interrupt does not wait. Whoever connects
/// finds the machine stopped.
public final class GdbStub extends AbstractOnMessageBehavior<GdbStub.Message> {
  public sealed interface Message {}

  /// A debugger is at the other end.
  public record Opened() implements Message {}

  public record Received(byte[] bytes) implements Message {}

  /// It has gone.
  public record Closed() implements Message {}

  /// Another debugger's place is elsewhere: this one ends.
  public record End() implements Message {}

  private record Happened(MachineEvent event) implements Message {}

  /// Packets to be sent; the next one may be answered if `done`.
  private record Answer(List<String> packets, boolean done) implements Message {}

  private static final byte[] RIGHT = {'+'};
  private static final byte[] WRONG = {'-'};

  private final Target target;
  private final Consumer<byte[]> output;
  private final Deque<byte[]> packets = new ArrayDeque<>();
  private PacketReader reader;
  private GdbSession session;
  private boolean busy;
  private boolean interrupted;

  /// @param output must not wait
  public static Behavior<Message> create(Target target, Consumer<byte[]> output) {
    return Behaviors.setup(context -> {
      target.listen(context.messageAdapter(MachineEvent.class, Happened::new));
      return new GdbStub(context, target, output);
    });
  }

  private GdbStub(ActorContext<Message> context, Target target, Consumer<byte[]> output) {
    super(context);
    this.target = target;
    this.output = output;
    begin();
  }

  private void begin() {
    session = new GdbSession(target);
    reader = new PacketReader(packets::add, this::interrupt, this::acknowledge);
    packets.clear();
    busy = false;
    interrupted = false;
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    switch (message) {
      case Opened() -> {
        begin();
        target.stop();
      }
      case Received(byte[] bytes) -> reader.read(bytes);
      case Closed() -> session.gone();
      case Happened(MachineEvent event) -> onEvent(event);
      case Answer m -> onAnswer(m);
      case End() -> {
        session.gone();
        return Behaviors.stopped();
      }
    }
    next();
    return this;
  }

  private void next() {
    if (!busy && !packets.isEmpty()) {
      busy = true;
      send(session.answer(packets.remove()), true);
    } else if (!busy && interrupted) {
      interrupted = false;
      target.stop();
    }
  }

  private void onEvent(MachineEvent event) {
    switch (event) {
      case MachineEvent.DebugStopped(int slot) -> session.met(slot);
      case MachineEvent.Stopped() -> send(session.stopped(), false);
      default -> { }
    }
  }

  private void onAnswer(Answer answer) {
    busy &= !answer.done;
    answer.packets.forEach(this::send);
  }

  /// What was asked for before goes on first, or the machine would after it.
  private void interrupt() {
    interrupted = true;
  }

  private void acknowledge(boolean right) {
    if (session.acknowledges()) {
      output.accept(right ? RIGHT : WRONG);
    }
  }

  private void send(CompletionStage<List<String>> packets, boolean done) {
    getContext().pipeToSelf(packets, (sent, wrong) -> new Answer(wrong == null ? sent : List.of("E14"), done));
  }

  private void send(String packet) {
    output.accept(PacketReader.packet(packet));
  }
}
