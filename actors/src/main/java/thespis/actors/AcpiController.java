package thespis.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import thespis.hotplug.AcpiProtocol.CancelUnplug;
import thespis.hotplug.AcpiProtocol.Cancelled;
import thespis.hotplug.AcpiProtocol.ColdPlugged;
import thespis.hotplug.AcpiProtocol.Command;
import thespis.hotplug.AcpiProtocol.EjectRequested;
import thespis.hotplug.AcpiProtocol.Ejected;
import thespis.hotplug.AcpiProtocol.Event;
import thespis.hotplug.AcpiProtocol.GuestPort;
import thespis.hotplug.AcpiProtocol.GuestTold;
import thespis.hotplug.AcpiProtocol.Message;
import thespis.hotplug.AcpiProtocol.NotTold;
import thespis.hotplug.AcpiProtocol.OspmStatus;
import thespis.hotplug.AcpiProtocol.OstReported;
import thespis.hotplug.AcpiProtocol.Plugged;
import thespis.hotplug.AcpiProtocol.ReportOspm;
import thespis.hotplug.AcpiProtocol.UnplugRequested;
import thespis.hotplug.AcpiProtocol.UnplugSeen;
import thespis.hotplug.AcpiProtocol.Withdrawn;
import thespis.hotplug.Failure;
import thespis.hotplug.IrqProtocol;
import thespis.hotplug.OstInfo;
import thespis.hotplug.VcpuProtocol.PortDone;
import thespis.actors.HotplugRegisters.SlotOst;

/// Owner of the CPU hotplug registers. ACPI 6.5 "Processor Device Notification Values"; QEMU "ACPI CPU hotplug
/// interface". A write of an eject bit is answered only after the board has removed the processor, as the guest
/// expects; until then other accesses wait their turn here, while their vCPUs wait as idle actors and nobody waits for
/// them.
final class AcpiController extends AbstractOnMessageBehavior<Message> implements HotplugRegisters.Listener {
  /// ACPI 6.5 "Queuing the Matching Control Method for Execution": `\_GPE._E02` scans the CPUs.
  static final int CPU_HOTPLUG_GPE = 2;

  private static final int NONE = -1;

  private enum Private implements Message {
    RAISED
  }

  /// Told to the interrupt router, which answers in order.
  private record Telling(int slot, ActorRef<Event> replyTo) {}

  /// An eject write whose processor is being removed.
  private record Ejecting(int slot, ActorRef<PortDone> guest) {}

  private final HotplugRegisters registers;
  private final ActorRef<IrqProtocol.Command> irq;
  private final ActorRef<Event> board;
  private final String cpuType;
  private final ActorRef<IrqProtocol.Raised> raised;
  private final Deque<Telling> telling = new ArrayDeque<>();
  private final Deque<GuestPort> waiting = new ArrayDeque<>();
  private final Map<Integer, String> ids = new HashMap<>();
  private int ejected = NONE;
  private Ejecting ejecting;

  static Behavior<Message> create(Hardware hardware, ActorRef<IrqProtocol.Command> irq, ActorRef<Event> board) {
    return Behaviors.setup(ctx -> new AcpiController(ctx, hardware, irq, board));
  }

  private AcpiController(
      ActorContext<Message> context,
      Hardware hardware,
      ActorRef<IrqProtocol.Command> irq,
      ActorRef<Event> board) {
    super(context);
    this.registers = hardware.hotplugRegisters(this);
    this.cpuType = hardware.cpus().typeName();
    this.irq = irq;
    this.board = board;
    this.raised = context.messageAdapter(IrqProtocol.Raised.class, r -> Private.RAISED);
  }

  @Override
  public Behavior<Message> onMessage(Message msg) {
    switch (msg) {
      case Private.RAISED -> onRaised();
      case Command c -> {
        switch (c) {
          case Plugged m -> onPlugged(m);
          case ColdPlugged m -> occupy(m.slot(), m.id(), false);
          case UnplugRequested m -> onUnplugRequested(m);
          case CancelUnplug m ->
            m.replyTo().tell(new Cancelled(m.slot(), registers.cancelRemoval(m.slot())));
          case Ejected m -> onEjected(m);
          case Withdrawn m -> vacate(m.slot());
          case GuestPort m -> onGuestPort(m);
          case ReportOspm m -> m.replyTo().tell(new OspmStatus(registers.ospmStatus().stream().map(this::ost).toList()));
        }
      }
      default -> throw new IllegalStateException("not the ACPI controller's message: " + msg);
    }
    return this;
  }

  private void onPlugged(Plugged m) {
    occupy(m.slot(), m.id(), true);
    tellGuest(m.slot(), m.replyTo());
  }

  private void occupy(int slot, Optional<String> id, boolean insert) {
    id.ifPresent(name -> ids.put(slot, name));
    registers.occupy(slot, insert);
  }

  private void vacate(int slot) {
    ids.remove(slot);
    registers.vacate(slot);
  }

  private void onUnplugRequested(UnplugRequested m) {
    if (registers.requestRemoval(m.slot())) {
      tellGuest(m.slot(), m.replyTo());
    } else {
      m.replyTo().tell(new NotTold(m.slot(), Failure.generic(
          "acpi: device unplug request for not supported device type: " + cpuType)));
    }
  }

  private void tellGuest(int slot, ActorRef<Event> replyTo) {
    telling.add(new Telling(slot, replyTo));
    irq.tell(new IrqProtocol.RaiseGpe(CPU_HOTPLUG_GPE, raised));
  }

  private void onRaised() {
    Telling told = telling.remove();
    told.replyTo().tell(new GuestTold(told.slot()));
  }

  private void onGuestPort(GuestPort m) {
    if (ejecting != null) {
      waiting.add(m);
      return;
    }
    int value = registers.access(m.access());
    if (ejected == NONE) {
      m.replyTo().tell(new PortDone(value));
    } else {
      ejecting = new Ejecting(ejected, m.replyTo());
      ejected = NONE;
      board.tell(new EjectRequested(ejecting.slot()));
    }
  }

  private void onEjected(Ejected m) {
    vacate(m.slot());
    if (ejecting == null || ejecting.slot() != m.slot()) {
      return;
    }
    ejecting.guest().tell(new PortDone(0));
    ejecting = null;
    while (ejecting == null && !waiting.isEmpty()) {
      onGuestPort(waiting.remove());
    }
  }

  @Override
  public void ejected(int slot) {
    ejected = slot;
  }

  @Override
  public void removalSeen(int slot) {
    board.tell(new UnplugSeen(slot));
  }

  /// QEMU differs: without a further event the guest does not look again. An insert flag that outlived a reset has it
  /// overlook the first request.
  @Override
  public void removalOverlooked() {
    irq.tell(new IrqProtocol.RaiseGpe(CPU_HOTPLUG_GPE, getContext().getSystem().ignoreRef()));
  }

  @Override
  public void ost(int slot, long source, long status) {
    board.tell(new OstReported(ost(new SlotOst(slot, source, status))));
  }

  private OstInfo ost(SlotOst ost) {
    return new OstInfo(Optional.ofNullable(ids.get(ost.slot())), ost.slot(), ost.source(), ost.status());
  }
}
