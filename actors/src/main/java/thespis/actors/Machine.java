package thespis.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import thespis.hotplug.Answer;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.Failure;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.OstInfo;
import thespis.hotplug.RunState;
import thespis.hotplug.SlotInfo;

/// A running machine. Its methods mirror the QMP commands; what a client would read as an error completes the stage with
/// a {@link MachineException}. Nothing here blocks, ends the JVM, or writes to standard output.
public final class Machine implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ActorSystem<?> system;
  private final ActorRef<BoardProtocol.Message> board;
  private final CompletableFuture<Integer> exit;

  private Machine(
      ActorSystem<?> system, ActorRef<BoardProtocol.Message> board, CompletableFuture<Integer> exit) {
    this.system = system;
    this.board = board;
    this.exit = exit;
  }

  public static MachineBuilder builder() {
    return new MachineBuilder();
  }

  static Machine start(
      MachineConfig config, List<Consumer<MachineEvent>> listeners, Optional<ActorSystem<?>> given) {
    throw new MachineException(Failure.generic("no board '" + config.board() + "' yet"));
  }

  /// `device_add` with a driver, perhaps an id, and properties. Done when the guest was told.
  public CompletionStage<CpuInfo> addDevice(Map<String, Object> arguments) {
    return ask(replyTo -> new BoardProtocol.AddDevice(arguments, replyTo));
  }

  /// `device_del`: done when the guest was asked.
  public CompletionStage<Void> removeDevice(String idOrPath) {
    return done(replyTo -> new BoardProtocol.RemoveDevice(idOrPath, replyTo));
  }

  public CompletionStage<Void> stop() {
    return done(BoardProtocol.Stop::new);
  }

  public CompletionStage<Void> cont() {
    return done(BoardProtocol.Cont::new);
  }

  public CompletionStage<Void> reset() {
    return done(BoardProtocol.Reset::new);
  }

  /// Presses the power button.
  public CompletionStage<Void> powerDown() {
    return done(BoardProtocol.PowerDown::new);
  }

  public CompletionStage<Void> injectNmi() {
    return done(BoardProtocol.InjectNmi::new);
  }

  /// Ends the machine; {@link #exit} completes when it is gone.
  public CompletionStage<Void> quit(Cause cause) {
    return done(replyTo -> new BoardProtocol.Quit(cause, replyTo));
  }

  public CompletionStage<RunState> status() {
    return AskPattern.ask(board, BoardProtocol.QueryStatus::new, PATIENCE, system.scheduler());
  }

  /// Present CPUs in order of creation.
  public CompletionStage<List<CpuInfo>> cpus() {
    return AskPattern.ask(board, BoardProtocol.QueryCpus::new, PATIENCE, system.scheduler());
  }

  /// Possible CPUs, ascending.
  public CompletionStage<List<SlotInfo>> slots() {
    return ask(BoardProtocol.QuerySlots::new);
  }

  public CompletionStage<List<OstInfo>> ospmStatus() {
    return ask(BoardProtocol.QueryOspm::new);
  }

  /// Registers and code bytes of one CPU, as text.
  public CompletionStage<String> dumpCpu(int slot) {
    return ask(replyTo -> new BoardProtocol.DumpCpu(slot, replyTo));
  }

  /// Completes with the exit status a process should return when the machine has ended and freed everything.
  public CompletionStage<Integer> exit() {
    return exit.minimalCompletionStage();
  }

  /// For clients of the message protocol, such as QMP.
  public ActorRef<BoardProtocol.Message> board() {
    return board;
  }

  public ActorSystem<?> system() {
    return system;
  }

  /// Ends the machine and returns when it is gone, or after a minute. Twice is fine.
  @Override
  public void close() {
    board.tell(new BoardProtocol.Quit(Cause.HOST_UI, system.ignoreRef()));
    exit.orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS).join();
  }

  private <T> CompletionStage<T> ask(Function<ActorRef<Answer<T>>, BoardProtocol.Message> request) {
    CompletionStage<Answer<T>> answer = AskPattern.ask(board, request::apply, PATIENCE, system.scheduler());
    return answer.thenApply(a -> switch (a) {
      case Answer.Ok<T>(var value) -> value;
      case Answer.Failed<T>(var failure) -> throw new MachineException(failure);
    });
  }

  private CompletionStage<Void> done(Function<ActorRef<Answer<Answer.Done>>, BoardProtocol.Message> request) {
    return this.<Answer.Done>ask(request).thenApply(d -> null);
  }
}
