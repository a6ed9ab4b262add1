package thespis.hotplug;

import akka.actor.typed.ActorRef;

/// The road from actors to the interrupt chips. Chips raise their lines by plain calls; what an actor has to raise goes
/// through here, one at a time, and is pending in the chips when the answer comes.
public interface IrqProtocol {
  /// Open: the actor adds its own private ones.
  interface Message {}

  /// What others may send.
  sealed interface Command extends Message {}

  /// ACPI controller: set this general-purpose event's status bit; with its enable bit the SCI goes up. ACPI 6.5
  /// "General-Purpose Event Handling". Answered by {@link Raised}.
  record RaiseGpe(int bit, ActorRef<Raised> replyTo) implements Command {}

  /// Board: the power button. ACPI 6.5 "Fixed Power Button". No answer.
  record PressPowerButton() implements Command {}

  /// Board: NMI to every processor, as the front panel's button does. No answer.
  record InjectNmi() implements Command {}

  enum Raised {
    RAISED
  }
}
