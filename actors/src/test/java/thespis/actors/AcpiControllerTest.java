package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import thespis.hotplug.AcpiProtocol.ColdPlugged;
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
import thespis.hotplug.AcpiProtocol.Withdrawn;
import thespis.hotplug.Failure;
import thespis.hotplug.IrqProtocol;
import thespis.hotplug.OstInfo;
import thespis.hotplug.PortAccess;
import thespis.hotplug.VcpuProtocol.PortDone;

/// The ACPI controller's messages, one at a time.
class AcpiControllerTest {
  private final FakeHardware hardware = new FakeHardware(1, 4);
  private final TestInbox<IrqProtocol.Command> irq = TestInbox.create();
  private final TestInbox<Event> board = TestInbox.create();
  private final TestInbox<PortDone> guest = TestInbox.create();
  private final TestInbox<PortDone> otherGuest = TestInbox.create();
  private final BehaviorTestKit<Message> acpi =
      BehaviorTestKit.create(AcpiController.create(hardware, irq.getRef(), board.getRef()));

  @Test
  void aPluggedCpuIsInTheRegistersBeforeTheGuestIsTold() {
    acpi.run(new Plugged(2, Optional.of("cpu2"), board.getRef()));
    assertEquals("insert 2", hardware.log.poll());
    assertFalse(board.hasMessages(), "the event is not pending yet");
    raised();
    assertEquals(new GuestTold(2), board.receiveMessage());
  }

  @Test
  void severalAreAnsweredInTheirOrder() {
    acpi.run(new Plugged(2, Optional.empty(), board.getRef()));
    acpi.run(new UnplugRequested(1, board.getRef()));
    acpi.run(new Plugged(3, Optional.empty(), board.getRef()));
    raised();
    raised();
    raised();
    assertEquals(List.of(new GuestTold(2), new GuestTold(1), new GuestTold(3)), board.getAllReceived());
  }

  @Test
  void aGuestThatOverlookedARequestIsMadeToLookAgain() {
    port(FakeHardware.OVERLOOK, 0, guest);
    assertEquals(2, ((IrqProtocol.RaiseGpe) irq.receiveMessage()).bit());
    assertFalse(board.hasMessages());
  }

  @Test
  void legacyRegistersKnowNoRemoval() {
    hardware.registers.legacy = true;
    acpi.run(new UnplugRequested(1, board.getRef()));
    assertEquals(
        new NotTold(1, Failure.generic(
            "acpi: device unplug request for not supported device type: qemu64-x86_64-cpu")),
        board.receiveMessage());
    assertFalse(irq.hasMessages());
  }

  @Test
  void aColdPluggedCpuNeedsNoEvent() {
    acpi.run(new ColdPlugged(1, Optional.of("cp1")));
    assertEquals("occupy 1", hardware.log.poll());
    assertFalse(irq.hasMessages());
  }

  @Test
  void anEjectWriteIsAnsweredWhenTheCpuIsGone() {
    port(FakeHardware.EJECT, 2, guest);
    assertEquals(new EjectRequested(2), board.receiveMessage());
    assertFalse(guest.hasMessages());
    acpi.run(new Ejected(2));
    assertEquals("vacate 2", hardware.log.poll());
    assertEquals(new PortDone(0), guest.receiveMessage());
  }

  @Test
  void otherAccessesWaitForTheEjectionAndAreServedInOrder() {
    acpi.run(new ColdPlugged(2, Optional.of("cpu2")));
    port(FakeHardware.EJECT, 2, guest);
    port(FakeHardware.FLAGS, 0, otherGuest);
    port(FakeHardware.EJECT, 3, otherGuest);
    port(FakeHardware.FLAGS, 0, otherGuest);
    assertEquals(List.of(new EjectRequested(2)), board.getAllReceived());
    acpi.run(new Ejected(2));
    assertEquals(List.of(new PortDone(0)), otherGuest.getAllReceived(), "the flags without CPU 2");
    assertEquals(List.of(new EjectRequested(3)), board.getAllReceived());
    acpi.run(new Ejected(3));
    assertEquals(2, otherGuest.getAllReceived().size());
  }

  @Test
  void theEndOfAnotherSlotDoesNotAnswerAnEjection() {
    port(FakeHardware.EJECT, 2, guest);
    acpi.run(new Ejected(3));
    assertFalse(guest.hasMessages());
  }

  @Test
  void plugsAreServedWhileAnEjectionIsUnderWay() {
    port(FakeHardware.EJECT, 2, guest);
    acpi.run(new Plugged(3, Optional.empty(), board.getRef()));
    raised();
    assertEquals(List.of(new EjectRequested(2), new GuestTold(3)), board.getAllReceived());
  }

  @Test
  void theGuestsStatusGoesToTheBoardWithTheCpusId() {
    acpi.run(new Plugged(2, Optional.of("cpu2"), board.getRef()));
    port(FakeHardware.OST, 2 | 1 << 4, guest);
    assertEquals(new OstReported(new OstInfo(Optional.of("cpu2"), 2, 1, 0)), board.receiveMessage());
    assertEquals(new PortDone(0), guest.receiveMessage());
    acpi.run(new Ejected(2));
    port(FakeHardware.OST, 2 | 3 << 4, guest);
    assertEquals(new OstReported(new OstInfo(Optional.empty(), 2, 3, 0)), board.receiveMessage());
  }

  @Test
  void aWithdrawnCpuLeavesTheRegistersAndItsId() {
    acpi.run(new Plugged(2, Optional.of("cpu2"), board.getRef()));
    acpi.run(new Withdrawn(2));
    assertEquals(List.of("insert 2", "vacate 2"), List.copyOf(hardware.log));
    acpi.run(new ReportOspm(board.getRef()));
    OspmStatus status = (OspmStatus) board.receiveMessage();
    assertEquals(new OstInfo(Optional.empty(), 2, 0, 0), status.slots().get(2));
    assertEquals(4, status.slots().size());
  }

  private void port(int port, int value, TestInbox<PortDone> from) {
    acpi.run(new GuestPort(new PortAccess(port, 1, port != FakeHardware.FLAGS, value), from.getRef()));
  }

  /// The interrupt router has done what it was told.
  private void raised() {
    IrqProtocol.RaiseGpe told = (IrqProtocol.RaiseGpe) irq.receiveMessage();
    assertEquals(2, told.bit());
    told.replyTo().tell(IrqProtocol.Raised.RAISED);
    acpi.runOne();
  }
}
