package thespis.actors.gdb;

import akka.actor.typed.ActorRef;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.actors.Machine;
import thespis.cpu.run.Inspector;
import thespis.cpu.state.DebugPoints;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.MachineEvent;

/// A machine as a debugger has it.
public final class MachineTarget implements Target {
  private final Machine machine;
  private final DebugPoints points;
  private final Function<String, CompletionStage<String>> monitor;

  /// @param points where the machine's processors stop
  /// @param monitor what a line of the debugger's for the monitor is answered
  public MachineTarget(Machine machine, DebugPoints points, Function<String, CompletionStage<String>> monitor) {
    this.machine = machine;
    this.points = points;
    this.monitor = monitor;
  }

  @Override
  public void listen(ActorRef<MachineEvent> listener) {
    machine.board().tell(new BoardProtocol.Subscribe(listener));
  }

  @Override
  public CompletionStage<List<Integer>> processors() {
    return machine.cpus().thenApply(cpus -> cpus.stream().map(cpu -> cpu.slot().index()).sorted().toList());
  }

  @Override
  public CompletionStage<String> look(int processor, Function<Inspector, String> look) {
    return machine.look(processor, look);
  }

  @Override
  public CompletionStage<Void> stop() {
    return machine.stop();
  }

  @Override
  public CompletionStage<Void> resume(Set<Integer> running, Set<Integer> stepping) {
    return machine.debugRun(running, stepping);
  }

  @Override
  public CompletionStage<Void> cont() {
    return machine.cont();
  }

  @Override
  public CompletionStage<Void> quit() {
    return machine.quit(Cause.HOST_UI);
  }

  @Override
  public CompletionStage<String> monitor(String line) {
    return monitor.apply(line).thenApply(text -> text.replace("\r\n", "\n"));
  }

  @Override
  public void points(Set<Long> code, List<DebugPoints.Watch> data) {
    points.set(code, data);
  }
}
