package thespis.actors;

import akka.actor.typed.ActorRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import thespis.actors.Seats.Phase;
import thespis.actors.Seats.Seat;
import thespis.cpu.model.ConfigException;
import thespis.hotplug.AcpiProtocol;
import thespis.hotplug.Answer;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.ErrorClass;
import thespis.hotplug.Failure;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.OstInfo;
import thespis.hotplug.UnplugInfo;
import thespis.hotplug.UnplugState;
import thespis.hotplug.VcpuProtocol;
import thespis.machine.board.CpuObjects;
import thespis.machine.board.CpuSlot;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.QomObject;

/// How CPUs come and go: the board's side of `device_add`, `device_del` and the guest's ejection. Each step ends by
/// telling somebody something; the answer continues it. What fails is undone in reverse: the guest's registers, the
/// child, the slot, and then the client hears why.
final class Plugging {
  /// The request in hand.
  private sealed interface Current {
    Seat seat();
  }

  private record Adding(Seat seat, boolean tellGuest, Consumer<Answer<CpuInfo>> done) implements Current {}

  private record Asking(Seat seat, Consumer<Answer<Answer.Done>> done) implements Current {}

  /// The ACPI controller was told to take a request back; it answers in order.
  private record Cancelling(String name, Consumer<Answer<Answer.Done>> done) {}

  private final Seats seats;
  private final PlugRules rules;
  private final FixedDevices fixed;
  private final Requests requests;
  private final Hardware hardware;
  private final ObjectTree tree;
  private final Optional<ActorRef<AcpiProtocol.Command>> acpi;
  private final ActorRef<BoardProtocol.Message> board;
  private final Events events;
  private final Unplugs unplugs;
  private final Waits<Answer<CpuInfo>> online;
  private final Deque<Cancelling> cancelling = new ArrayDeque<>();
  private final IntFunction<ActorRef<VcpuProtocol.Command>> spawn;
  private final BooleanSupplier running;
  private final BooleanSupplier migrating;
  private Current current;
  private Failure reason;
  private Optional<String> lostServant = Optional.empty();

  Plugging(
      Seats seats,
      Requests requests,
      Hardware hardware,
      Optional<ActorRef<AcpiProtocol.Command>> acpi,
      ActorRef<BoardProtocol.Message> board,
      Events events,
      Unplugs unplugs,
      Waits.Alarm alarm,
      IntFunction<ActorRef<VcpuProtocol.Command>> spawn,
      BooleanSupplier running,
      BooleanSupplier migrating) {
    this.seats = seats;
    this.tree = hardware.objects();
    this.fixed = new FixedDevices(hardware);
    this.rules = new PlugRules(hardware, seats, events::publish);
    this.requests = requests;
    this.hardware = hardware;
    this.acpi = acpi;
    this.board = board;
    this.events = events;
    this.unplugs = unplugs;
    this.online = new Waits<>(alarm);
    this.spawn = spawn;
    this.running = running;
    this.migrating = migrating;
  }

  /// A boot CPU: nobody asked for it by name, nothing can be wrong with its place.
  void addBootCpu(CpuSlot slot, Consumer<Answer<CpuInfo>> done) {
    requests.submit(() -> add(() -> rules.boot(slot), false, done));
  }

  /// `-device`: there from power-on, so nobody need tell the guest.
  void addColdPlugged(MachineConfig.Device device, Consumer<Answer<CpuInfo>> done) {
    requests.submit(() -> add(() -> rules.coldPlugged(device), false, done));
  }

  /// `device_add`.
  ///
  /// @param warnings hears what the user is to be warned of; empty: an event tells of it
  void addHotPlugged(
      Map<String, Object> arguments, Optional<Consumer<String>> warnings, Consumer<Answer<CpuInfo>> done) {
    if (migrating.getAsBoolean()) {
      done.accept(Answer.failed(migrates("device_add")));
      return;
    }
    requests.submit(() -> add(() -> rules.hotPlugged(arguments, warnings), acpi.isPresent(), done));
  }

  /// `cpu-add` of QEMU up to 5.1: by index, without id.
  void addByIndex(long index, Consumer<Answer<CpuInfo>> done) {
    if (migrating.getAsBoolean()) {
      done.accept(Answer.failed(migrates("cpu-add")));
      return;
    }
    requests.submit(() -> add(() -> rules.byIndex(index), acpi.isPresent(), done));
  }

  private void add(Supplier<PlugRules.Plan> check, boolean tellGuest, Consumer<Answer<CpuInfo>> done) {
    PlugRules.Plan plan;
    try {
      plan = check.get();
    } catch (ConfigException refused) {
      refuse(Failure.generic(refused.getMessage()), done);
      return;
    } catch (DeviceNotFoundException missing) {
      refuse(new Failure(ErrorClass.DEVICE_NOT_FOUND, missing.getMessage()), done);
      return;
    }
    Seat seat = seats.at(plan.slot().index());
    seats.take(seat, plan.cpu(), plan.device());
    unplugs.forget(seat.index());
    current = new Adding(seat, tellGuest, done);
    events.step(seat.index(), HotplugStep.REALIZING);
    seat.vcpu = spawn.apply(seat.index());
    seat.vcpu.tell(new VcpuProtocol.Realize(plan.slot(), CpuObjects.config(plan.cpu()), board.narrow()));
  }

  /// The other side has the CPUs that were there at the start.
  private static Failure migrates(String command) {
    return Failure.generic(command + " not allowed while migrating");
  }

  private void refuse(Failure failure, Consumer<Answer<CpuInfo>> done) {
    done.accept(Answer.failed(failure));
    requests.done();
  }

  void onRealized(VcpuProtocol.Realized m) {
    Seat seat = seats.at(m.slot());
    if (seat.phase != Phase.PLUGGING || !(current instanceof Adding adding)) {
      return;
    }
    seat.kick = m.kick();
    seat.threadId = m.threadId();
    seat.online = !m.waiting();
    events.step(seat.index(), HotplugStep.REALIZED);
    if (adding.tellGuest && lostServant.isPresent()) {
      unwind(seat, lost(seat));
    } else if (adding.tellGuest) {
      seat.guestTold = true;
      events.step(seat.index(), HotplugStep.INSERTING);
      acpi.orElseThrow().tell(new AcpiProtocol.Plugged(seat.index(), seat.id(), board.narrow()));
    } else {
      acpi.ifPresent(a -> a.tell(new AcpiProtocol.ColdPlugged(seat.index(), seat.id())));
      plugged(seat, adding);
    }
  }

  void onRealizeFailed(VcpuProtocol.RealizeFailed m) {
    unwind(seats.at(m.slot()), m.failure());
  }

  void onGuestTold(AcpiProtocol.GuestTold m) {
    Seat seat = seats.at(m.slot());
    if (current == null || current.seat() != seat) {
      return;
    }
    switch (current) {
      case Adding adding when seat.phase == Phase.PLUGGING -> {
        events.step(seat.index(), HotplugStep.GPE_RAISED);
        plugged(seat, adding);
      }
      case Adding adding -> {}
      case Asking asking -> {
        events.step(seat.index(), HotplugStep.UNPLUG_REQUESTED);
        finish();
        asking.done.accept(Answer.done());
        requests.done();
      }
    }
  }

  void onNotTold(AcpiProtocol.NotTold m) {
    if (current instanceof Asking asking && asking.seat.index() == m.slot()) {
      unplugs.notAsked(m.slot());
      finish();
      asking.done.accept(Answer.failed(m.failure()));
      requests.done();
    } else {
      unwind(seats.at(m.slot()), m.failure());
    }
  }

  private void plugged(Seat seat, Adding adding) {
    seat.phase = Phase.PRESENT;
    hardware.present(seat.index(), true);
    if (running.getAsBoolean()) {
      seat.vcpu.tell(new VcpuProtocol.Run());
    }
    finish();
    adding.done.accept(Answer.ok(seats.info(seat)));
    if (seat.ejectLater) {
      eject(seat);
    }
    requests.done();
  }

  private void unwind(Seat seat, Failure failure) {
    if (seat.phase != Phase.PLUGGING) {
      return;
    }
    seat.phase = Phase.UNWINDING;
    reason = failure;
    seat.vcpu.tell(VcpuProtocol.Unplug.UNPLUG);
  }

  private void unwound(Seat seat, Failure failure) {
    if (seat.guestTold) {
      acpi.ifPresent(a -> a.tell(new AcpiProtocol.Withdrawn(seat.index())));
    }
    if (seat.ejectLater) {
      acpi.ifPresent(a -> a.tell(new AcpiProtocol.Ejected(seat.index())));
    }
    seats.free(seat);
    online.settle(seat.index(), Answer.failed(notThere(seat.index())));
    events.step(seat.index(), HotplugStep.FAILED, failure.desc());
    Adding adding = (Adding) current;
    finish();
    adding.done.accept(Answer.failed(failure));
    requests.done();
  }

  /// Who was to tell the guest has failed: it will not be told, now or later.
  void onServantGone(String name) {
    lostServant = Optional.of(name);
    switch (current) {
      case null -> {}
      case Adding adding when adding.seat.guestTold -> unwind(adding.seat, lost(adding.seat));
      case Adding adding -> {}
      case Asking asking -> {
        unplugs.notAsked(asking.seat.index());
        finish();
        asking.done.accept(Answer.failed(lost(asking.seat)));
        requests.done();
      }
    }
    cancelling.forEach(c -> c.done.accept(Answer.failed(Failure.generic("the " + name + " failed"))));
    cancelling.clear();
  }

  private Failure lost(Seat seat) {
    return Failure.generic("CPU " + seat.index() + ": the " + lostServant.orElseThrow() + " failed");
  }

  private void finish() {
    current = null;
    reason = null;
  }

  /// `device_del`.
  void remove(String idOrPath, Consumer<Answer<Answer.Done>> done) {
    if (migrating.getAsBoolean()) {
      done.accept(Answer.failed(migrates("device_del")));
      return;
    }
    requests.submit(() -> {
      Answer<Seat> found = removable(idOrPath);
      switch (found) {
        case Answer.Failed<Seat>(var failure) -> {
          done.accept(Answer.failed(failure));
          requests.done();
        }
        case Answer.Ok<Seat>(var seat) when lostServant.isPresent() -> {
          done.accept(Answer.failed(lost(seat)));
          requests.done();
        }
        case Answer.Ok<Seat>(var seat) -> {
          current = new Asking(seat, done);
          unplugs.asked(seat.index(), seat.id(), seat.cpu.path());
          acpi.orElseThrow().tell(new AcpiProtocol.UnplugRequested(seat.index(), board.narrow()));
        }
      }
    });
  }

  /// The guest's scan has taken the request.
  void onUnplugSeen(AcpiProtocol.UnplugSeen m) {
    if (unplugs.seen(m.slot())) {
      events.step(m.slot(), HotplugStep.UNPLUG_SEEN);
    }
  }

  /// Takes back what the guest has not seen. Does not wait behind other requests: those may be long.
  void cancelRemoval(String idOrPath, Consumer<Answer<Answer.Done>> done) {
    Optional<UnplugInfo> request = unplugs.find(idOrPath).filter(r -> !r.state().settled());
    if (request.isEmpty()) {
      done.accept(Answer.failed(Unplugs.notAsked(idOrPath)));
    } else if (request.get().state() != UnplugState.REQUESTED) {
      done.accept(Answer.failed(tooLate(idOrPath)));
    } else if (lostServant.isPresent()) {
      done.accept(Answer.failed(lost(seats.at(request.get().slot()))));
    } else {
      cancelling.add(new Cancelling(idOrPath, done));
      acpi.orElseThrow().tell(new AcpiProtocol.CancelUnplug(request.get().slot(), board.narrow()));
    }
  }

  void onCancelled(AcpiProtocol.Cancelled m) {
    Cancelling asked = cancelling.remove();
    if (m.inTime()) {
      unplugs.cancelled(m.slot());
      events.step(m.slot(), HotplugStep.UNPLUG_CANCELLED);
      asked.done.accept(Answer.done());
    } else {
      asked.done.accept(Answer.failed(tooLate(asked.name)));
    }
  }

  /// A request to remove the CPU in this slot; null if there is none.
  UnplugInfo unplug(int slot) {
    boolean there = slot >= 0 && slot < hardware.slots().all().size() && seats.at(slot).phase == Phase.PRESENT;
    return there
        ? new UnplugInfo(
            slot, seats.at(slot).id(), seats.at(slot).cpu.path(), UnplugState.REQUESTED, 1, Optional.empty())
        : null;
  }

  private static Failure tooLate(String idOrPath) {
    return Failure.generic("The guest has seen the request to remove '" + idOrPath + "' already");
  }

  /// A name without a slash at its front is an id.
  private Answer<Seat> removable(String idOrPath) {
    QomObject found = idOrPath.contains("/") && !idOrPath.startsWith("/")
        ? null
        : tree.at(idOrPath.startsWith("/") ? idOrPath : "/machine/peripheral/" + idOrPath);
    if (found == null) {
      return Answer.failed(Failure.deviceNotFound(idOrPath));
    }
    Optional<Seat> seat = seats.of(found);
    if (seat.isEmpty()) {
      return Answer.failed(Failure.generic(fixed.refusalToRemove(found.type(), idOrPath)));
    }
    if (acpi.isEmpty()) {
      return Answer.failed(Failure.generic("CPU hot unplug not supported without ACPI"));
    }
    if (seat.get().index() == 0) {
      return Answer.failed(Failure.generic("Boot CPU is unpluggable"));
    }
    if (hardware.smiFeatures().hotUnplugLeftOut()) {
      return Answer.failed(Failure.generic("cpu hot-unplug with SMI wasn't enabled by firmware"));
    }
    return Answer.ok(seat.get());
  }

  /// The guest wrote an eject bit. Never waits behind a request: a request may be waiting for the vCPU that wrote it.
  void onEjectRequested(AcpiProtocol.EjectRequested m) {
    Seat seat = seats.at(m.slot());
    switch (seat.phase) {
      case PRESENT -> eject(seat);
      case PLUGGING, UNWINDING -> seat.ejectLater = true;
      case EJECTING, LOST -> {}
      case FREE -> acpi.orElseThrow().tell(new AcpiProtocol.Ejected(seat.index()));
    }
  }

  private void eject(Seat seat) {
    seat.phase = Phase.EJECTING;
    boolean asked = unplugs.open(seat.index());
    events.step(seat.index(), HotplugStep.EJECTING, asked ? "" : "not asked for");
    seat.kick.run();
    seat.vcpu.tell(VcpuProtocol.Unplug.UNPLUG);
  }

  /// The slot's vCPU has stopped. False if nobody meant it to: a defect.
  boolean onVcpuGone(int slot) {
    Seat seat = seats.at(slot);
    switch (seat.phase) {
      case PLUGGING -> unwound(seat, Failure.generic("CPU " + slot + " failed while it was being plugged"));
      case UNWINDING -> unwound(seat, reason);
      case EJECTING -> ejected(seat);
      case PRESENT -> {
        seat.phase = Phase.LOST;
        seat.vcpu = null;
        return false;
      }
      case FREE, LOST -> throw new IllegalStateException("a vCPU stopped in slot " + slot + ", which is " + seat.phase);
    }
    return true;
  }

  /// The local APIC is a device of its own: its end is told first.
  private void ejected(Seat seat) {
    Optional<String> id = seat.id();
    String path = seat.cpu.path();
    seats.free(seat);
    hardware.present(seat.index(), false);
    events.step(seat.index(), HotplugStep.EJECTED);
    events.publish(new MachineEvent.DeviceDeleted(Optional.empty(), path + "/lapic"));
    events.publish(new MachineEvent.DeviceDeleted(id, path));
    unplugs.done(seat.index(), id, path);
    online.settle(seat.index(), Answer.failed(notThere(seat.index())));
    acpi.orElseThrow().tell(new AcpiProtocol.Ejected(seat.index()));
  }

  void onOst(OstInfo info) {
    events.publish(new MachineEvent.OstReported(info));
    boolean success = info.status() == OstInfo.SUCCESS;
    if (info.source() == OstInfo.DEVICE_CHECK) {
      HotplugStep step = success ? HotplugStep.OST_OK : HotplugStep.OST_FAILED;
      events.step(info.slot(), step, success ? "" : "status " + info.status());
    } else if (info.source() == OstInfo.EJECT_REQUEST && !success && info.status() != OstInfo.EJECTION_IN_PROGRESS) {
      events.step(info.slot(), HotplugStep.UNPLUG_REJECTED, "status " + info.status());
    }
    unplugs.ost(info).ifPresent(r -> events.publish(new MachineEvent.UnplugRejected(r.device(), r.qomPath())));
  }

  void onStarted(int slot) {
    seats.at(slot).online = true;
    events.step(slot, HotplugStep.ONLINE);
    online.settle(slot, Answer.ok(seats.info(seats.at(slot))));
  }

  void awaitOnline(long slot, Duration limit, Consumer<Answer<CpuInfo>> done) {
    if (slot < 0 || slot >= hardware.slots().all().size() || !seats.taken((int) slot)) {
      done.accept(Answer.failed(notThere(slot)));
    } else if (seats.at((int) slot).online) {
      done.accept(Answer.ok(seats.info(seats.at((int) slot))));
    } else {
      online.add((int) slot, limit, done, () -> Answer.failed(
          Failure.generic("The guest has not started CPU " + slot)));
    }
  }

  private static Failure notThere(long slot) {
    return Failure.generic("CPU " + slot + " is not there");
  }
}
