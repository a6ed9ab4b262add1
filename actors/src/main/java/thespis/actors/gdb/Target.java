package thespis.actors.gdb;

import akka.actor.typed.ActorRef;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.cpu.run.Inspector;
import thespis.cpu.state.DebugPoints.Watch;
import thespis.hotplug.MachineEvent;

/// What a debugger does with a machine.
public interface Target {
  /// From now on every event goes there, until that actor stops.
  void listen(ActorRef<MachineEvent> listener);

  /// Indexes of the processors that are there, ascending.
  CompletionStage<List<Integer>> processors();

  /// A look at one of them, or a change, between two slices. Fails if it is not there.
  CompletionStage<String> look(int processor, Function<Inspector, String> look);

  /// Stops the machine.
  CompletionStage<Void> stop();

  /// Goes on: these processors run, those do one instruction.
  CompletionStage<Void> resume(Set<Integer> running, Set<Integer> stepping);

  /// Goes on for good.
  CompletionStage<Void> cont();

  /// Ends the machine.
  CompletionStage<Void> quit();

  /// A line of the human monitor: what it prints.
  CompletionStage<String> monitor(String line);

  /// Where processors stop from now on.
  void points(Set<Long> code, List<Watch> data);
}
