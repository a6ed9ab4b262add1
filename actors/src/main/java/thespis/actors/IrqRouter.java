package thespis.actors;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import thespis.hotplug.IrqProtocol.Command;
import thespis.hotplug.IrqProtocol.InjectNmi;
import thespis.hotplug.IrqProtocol.PressPowerButton;
import thespis.hotplug.IrqProtocol.RaiseGpe;
import thespis.hotplug.IrqProtocol.Raised;

/// Raises what actors want raised, one thing at a time. The chips carry it on by plain calls: status bit, SCI, I/O
/// APIC, local APIC, and a halted vCPU gets its `Interrupt`.
final class IrqRouter extends AbstractOnMessageBehavior<Command> {
  private final Hardware hardware;

  static Behavior<Command> create(Hardware hardware) {
    return Behaviors.setup(ctx -> new IrqRouter(ctx, hardware));
  }

  private IrqRouter(ActorContext<Command> context, Hardware hardware) {
    super(context);
    this.hardware = hardware;
  }

  @Override
  public Behavior<Command> onMessage(Command msg) {
    switch (msg) {
      case RaiseGpe m -> {
        hardware.raiseGpe(m.bit());
        m.replyTo().tell(Raised.RAISED);
      }
      case PressPowerButton() -> hardware.pressPowerButton();
      case InjectNmi() -> hardware.injectNmi();
    }
    return this;
  }
}
