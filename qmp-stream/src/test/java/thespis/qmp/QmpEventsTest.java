package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.TestInbox;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;

/// Who hears what: QEMU's events go to all, ours to those who asked.
class QmpEventsTest {
  private final QmpEvents events = new QmpEvents();
  private final TestInbox<ConnectionMessage> plain = TestInbox.create("plain");
  private final TestInbox<ConnectionMessage> extended = TestInbox.create("extended");

  QmpEventsTest() {
    events.onMessage(new QmpMessage.Subscribe(plain.getRef().narrow()));
    events.onMessage(new QmpMessage.Subscribe(extended.getRef().narrow()));
    events.extend(extended.getRef(), true);
  }

  @Test
  void onlyWhoAskedHearsWhatQemuDoesNotTell() {
    events.publish(new MachineEvent.SlotStep(1, HotplugStep.GPE_RAISED, ""));
    events.publish(new MachineEvent.UnplugRejected(Optional.of("c1"), "/machine/peripheral/c1"));
    events.publish(new MachineEvent.Stopped());
    assertEquals(List.of("STOP"), names(plain));
    assertEquals(List.of("X_THESPIS_SLOT", "DEVICE_UNPLUG_GUEST_ERROR", "STOP"), names(extended));
  }

  @Test
  void askingNoMoreEndsIt() {
    events.extend(extended.getRef(), false);
    events.publish(new MachineEvent.SlotStep(1, HotplugStep.REALIZED, "x"));
    assertEquals(List.of(), names(extended));
  }

  private static List<String> names(TestInbox<ConnectionMessage> inbox) {
    return inbox.getAllReceived().stream().map(m -> ((QmpEvents.Notice) m).event().name()).toList();
  }
}
