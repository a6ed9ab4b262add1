package thespis.actors;

import akka.actor.typed.ActorRef;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import thespis.actors.Seats.Phase;
import thespis.cpu.run.Inspector;
import thespis.hotplug.AcpiProtocol;
import thespis.hotplug.Answer;
import thespis.hotplug.BoardProtocol.Message;
import thespis.hotplug.Failure;
import thespis.hotplug.OstInfo;
import thespis.hotplug.VcpuProtocol;

/// What is asked of the board and answered by others, a vCPU or the ACPI controller: who asked, in order, until the answer
/// comes or can't come any more.
final class Questions {
  private final Seats seats;
  private final Optional<ActorRef<AcpiProtocol.Command>> acpi;
  private final ActorRef<Message> self;
  private final Deque<Consumer<Answer<List<OstInfo>>>> ospmAskers = new ArrayDeque<>();
  private final Map<Integer, Deque<Consumer<Answer<String>>>> lookers = new HashMap<>();
  private Optional<Failure> lost = Optional.empty();

  Questions(Seats seats, Optional<ActorRef<AcpiProtocol.Command>> acpi, ActorRef<Message> self) {
    this.seats = seats;
    this.acpi = acpi;
    this.self = self;
  }

  /// How far the guest has come with what it was told of each CPU.
  void ospm(Consumer<Answer<List<OstInfo>>> done) {
    if (lost.isPresent()) {
      done.accept(Answer.failed(lost.get()));
      return;
    }
    acpi.ifPresentOrElse(
        a -> {
          ospmAskers.add(done);
          a.tell(new AcpiProtocol.ReportOspm(self.narrow()));
        },
        () -> done.accept(Answer.failed(Failure.generic("command is not supported, missing ACPI device"))));
  }

  void translation(Consumer<Answer<String>> done) {
    TranslationQuery.ask(seats.cpus().stream().map(c -> c.slot().index()).toList(), this::look, done);
  }

  /// Looks at a CPU on its own thread.
  void look(int slot, Function<Inspector, String> look, Consumer<Answer<String>> done) {
    boolean there = slot >= 0 && slot < seats.size() && seats.at(slot).phase == Phase.PRESENT;
    if (there) {
      lookers.computeIfAbsent(slot, s -> new ArrayDeque<>()).add(done);
      seats.at(slot).vcpu.tell(new VcpuProtocol.Look(look, self.narrow()));
    } else {
      done.accept(Answer.failed(noSuchCpu()));
    }
  }

  private static Failure noSuchCpu() {
    return Failure.generic("Parameter 'cpu-index' expects a CPU number");
  }

  void onSeen(VcpuProtocol.Seen m) {
    lookers.get(m.slot()).remove().accept(m.text());
  }

  void onOspmStatus(AcpiProtocol.OspmStatus m) {
    ospmAskers.remove().accept(Answer.ok(m.slots()));
  }

  void onVcpuGone(int slot) {
    Deque<Consumer<Answer<String>>> unanswered = lookers.remove(slot);
    if (unanswered != null) {
      unanswered.forEach(a -> a.accept(Answer.failed(noSuchCpu())));
    }
  }

  void onServantGone(String name) {
    lost = Optional.of(Failure.generic("the " + name + " failed"));
    ospmAskers.forEach(a -> a.accept(Answer.failed(lost.get())));
    ospmAskers.clear();
  }
}
