package thespis.actors;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import thespis.actors.Seats.Phase;
import thespis.actors.Seats.Seat;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.VcpuProtocol;
import thespis.machine.migrate.Section;

/// Collects the state of all processors, or hands it to them. They are paused; each answers for itself.
final class CpuTransfer {
  private final Seats seats;
  private final ActorRef<BoardProtocol.Message> board;
  private final Roundup saving = new Roundup();
  private final Roundup loading = new Roundup();
  private final Map<Integer, Section> saved = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();

  CpuTransfer(Seats seats, ActorRef<BoardProtocol.Message> board) {
    this.seats = seats;
    this.board = board;
  }

  /// APIC IDs of the processors that are there, by slot.
  Map<Integer, Integer> apicIds() {
    Map<Integer, Integer> all = new TreeMap<>();
    seats.in(Phase.PRESENT).forEach(s -> all.put(s.index(), s.slot.apicId()));
    return all;
  }

  void save(Consumer<List<Section>> then) {
    saved.clear();
    List<Seat> all = seats.in(Phase.PRESENT).toList();
    all.forEach(s -> s.vcpu.tell(new VcpuProtocol.Save(board.narrow())));
    saving.await(all.stream().map(Seat::index).toList(), () -> then.accept(List.copyOf(saved.values())));
  }

  void onSaved(VcpuProtocol.Saved m) {
    saved.put(m.slot(), m.state());
    saving.answered(m.slot());
  }

  /// Takes what belongs to processors out of what a stream has.
  ///
  /// @param then hears what is wrong, if something is
  void load(Map<String, Section> sections, Consumer<Optional<String>> then) {
    wrong.clear();
    List<Seat> all = seats.in(Phase.PRESENT).toList();
    for (Seat seat : all) {
      if (!sections.containsKey(name(seat))) {
        then.accept(Optional.of("there is no state of device '" + name(seat) + "' in the stream"));
        return;
      }
    }
    all.forEach(s -> s.vcpu.tell(new VcpuProtocol.Load(sections.remove(name(s)), board.narrow())));
    loading.await(all.stream().map(Seat::index).toList(), () -> then.accept(wrong.stream().findFirst()));
  }

  private static String name(Seat seat) {
    return "cpu" + seat.index();
  }

  void onLoaded(VcpuProtocol.Loaded m) {
    seats.at(m.slot()).online = !m.waiting();
    m.wrong().ifPresent(wrong::add);
    loading.answered(m.slot());
  }

  void onVcpuGone(int slot) {
    saving.answered(slot);
    loading.answered(slot);
  }
}
