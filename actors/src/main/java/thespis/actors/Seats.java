package thespis.actors;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.SlotInfo;
import thespis.hotplug.VcpuProtocol;
import thespis.machine.board.CpuSlot;
import thespis.machine.qom.QomObject;

/// Who sits in which slot, in what phase, and which object of the tree it is. Plain bookkeeping of the board.
final class Seats {
  enum Phase {
    FREE,
    /// A vCPU was spawned for it; nothing has been answered yet.
    PLUGGING,
    /// The plug failed; its vCPU is on the way out.
    UNWINDING,
    PRESENT,
    /// The guest ejected it; its vCPU is on the way out.
    EJECTING,
    /// Its vCPU's actor failed, which nothing undoes.
    LOST
  }

  /// One slot. The fields below `phase` count only while it is not free.
  static final class Seat {
    final CpuSlot slot;
    Phase phase = Phase.FREE;
    QomObject cpu;
    /// What made it; empty for one of the board's own.
    Optional<Map<String, Object>> device = Optional.empty();
    int order;
    boolean online;
    /// The guest's registers show it.
    boolean guestTold;
    /// The guest ejected it before it was completely plugged.
    boolean ejectLater;
    ActorRef<VcpuProtocol.Command> vcpu;
    Runnable kick;
    LongSupplier threadId = () -> 0;

    private Seat(CpuSlot slot) {
      this.slot = slot;
    }

    int index() {
      return slot.index();
    }

    Optional<String> id() {
      return Optional.ofNullable(cpu.id());
    }

    boolean isPresent() {
      return phase == Phase.PRESENT || phase == Phase.EJECTING || phase == Phase.LOST;
    }

    boolean hasVcpu() {
      return vcpu != null;
    }
  }

  private final List<Seat> seats;
  private final String cpuType;
  private int created;

  Seats(List<CpuSlot> slots, String cpuType) {
    this.seats = slots.stream().map(Seat::new).toList();
    this.cpuType = cpuType;
  }

  /// Occupied or not.
  int size() {
    return seats.size();
  }

  Seat at(int slot) {
    return seats.get(slot);
  }

  boolean taken(int slot) {
    return seats.get(slot).phase != Phase.FREE;
  }

  Optional<Seat> of(QomObject cpu) {
    return occupied().filter(s -> s.cpu == cpu).findFirst();
  }

  Stream<Seat> in(Phase phase) {
    return seats.stream().filter(s -> s.phase == phase);
  }

  Stream<Seat> occupied() {
    return seats.stream().filter(s -> s.phase != Phase.FREE);
  }

  void take(Seat seat, QomObject cpu, Optional<Map<String, Object>> device) {
    seat.phase = Phase.PLUGGING;
    seat.cpu = cpu;
    seat.device = device;
    seat.order = created++;
    seat.online = false;
    seat.guestTold = false;
    seat.ejectLater = false;
  }

  /// Its object leaves the tree with it.
  void free(Seat seat) {
    seat.cpu.remove();
    seat.phase = Phase.FREE;
    seat.cpu = null;
    seat.vcpu = null;
    seat.kick = null;
    seat.threadId = () -> 0;
  }

  CpuInfo info(Seat seat) {
    return new CpuInfo(
        seat.slot, cpuType, seat.id(), seat.cpu.path(), seat.order, seat.cpu.isHotplugged(), seat.online,
        seat.threadId.getAsLong());
  }

  /// In order of creation.
  List<CpuInfo> cpus() {
    return present().map(this::info).sorted((a, b) -> Integer.compare(a.order(), b.order())).toList();
  }

  /// For a machine that shall have the same, in order of creation.
  List<FrozenMachine.Processor> made() {
    return in(Phase.PRESENT)
        .sorted((a, b) -> Integer.compare(a.order, b.order))
        .map(s -> new FrozenMachine.Processor(s.index(), s.device))
        .toList();
  }

  List<SlotInfo> slots() {
    List<SlotInfo> all = new ArrayList<>();
    for (Seat s : seats) {
      all.add(new SlotInfo(s.slot, cpuType, s.isPresent() ? Optional.of(info(s)) : Optional.empty()));
    }
    return all;
  }

  private Stream<Seat> present() {
    return seats.stream().filter(Seat::isPresent);
  }
}
