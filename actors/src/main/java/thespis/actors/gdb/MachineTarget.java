package thespis.actors.process;

import akka.actor.typed.ActorRef;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.actors.Machine;
import thespis.actors.gdb.Target;
import thespis.actors.hmp.HumanMonitor;
import thespis.actors.hmp.MonitorContext;
import thespis.cpu.run.Inspector;
import thespis.cpu.state.DebugPoints;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.MachineEvent;

/// The process's machine as a debugger has it.
final class MachineTarget implements Target {
  private final Machine machine;
  private final MonitorContext context;
  private final DebugPoints points;

  MachineTarget(MonitorContext context, DebugPoints points) {
    this.machine = context.machine();
    this.context = context;
    this.points = points;
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
    return new HumanMonitor(context).run(line).thenApply(text -> text.replace("\r\n", "\n"));
  }

  @Override
  public void points(Set<Long> code, List<DebugPoints.Watch> data) {
    points.set(code, data);
  }
}
