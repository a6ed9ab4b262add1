package thespis.hotplug;

import akka.actor.typed.ActorRef;
import java.util.List;
import java.util.Optional;

/// The owner of the CPU hotplug registers. It asks nobody: it tells the interrupt router and the board, remembers what
/// it was doing and returns, so a vCPU's port access never waits for another vCPU's.
public interface AcpiProtocol {
  /// Open: the actor adds its own private ones.
  interface Message {}

  /// What others may send.
  sealed interface Command extends Message {}

  /// Board: the vCPU in this slot is realized; tell the guest. {@link GuestTold} or {@link NotTold}.
  ///
  /// @param id the device's id, for `_OST` reports
  record Plugged(int slot, Optional<String> id, ActorRef<Event> replyTo) implements Command {}

  /// Board: this slot is taken since power-on; the guest finds it in its tables. No answer.
  record ColdPlugged(int slot, Optional<String> id) implements Command {}

  /// Board: ask the guest to let go of this slot's CPU. {@link GuestTold} or {@link NotTold}.
  record UnplugRequested(int slot, ActorRef<Event> replyTo) implements Command {}

  /// Board: take back what {@link UnplugRequested} asked for, if the guest has not seen it. {@link Cancelled}.
  record CancelUnplug(int slot, ActorRef<Event> replyTo) implements Command {}

  /// Board: the vCPU whose ejection was {@link EjectRequested} is gone. No answer.
  record Ejected(int slot) implements Command {}

  /// Board: a plug that had been told to the guest was unwound (its vCPU died). No answer.
  record Withdrawn(int slot) implements Command {}

  /// vCPU: the guest touched the hotplug registers.
  record GuestPort(PortAccess access, ActorRef<VcpuProtocol.PortDone> replyTo) implements Command {}

  /// Board: `query-acpi-ospm-status`. {@link OspmStatus}, in the order of asking.
  record ReportOspm(ActorRef<Event> replyTo) implements Command {}

  /// What the board hears.
  sealed interface Event extends BoardProtocol.Message {}

  /// The event that makes the guest look at the slot is pending.
  record GuestTold(int slot) implements Event {}

  record NotTold(int slot, Failure failure) implements Event {}

  /// @param inTime false if there was no request that the guest had not seen
  record Cancelled(int slot, boolean inTime) implements Event {}

  /// The guest's scan has taken the request to remove this CPU.
  record UnplugSeen(int slot) implements Event {}

  /// The guest wrote the slot's eject bit. The write is answered after {@link Ejected}.
  record EjectRequested(int slot) implements Event {}

  /// The guest evaluated `_OST`.
  record OstReported(OstInfo info) implements Event {}

  /// One entry for each possible CPU; none in legacy mode.
  record OspmStatus(List<OstInfo> slots) implements Event {}
}
