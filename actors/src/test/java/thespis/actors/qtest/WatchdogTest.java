package thespis.actors.qtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.Machine;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.WatchdogAction;
import thespis.machine.time.VirtualClock;

/// What comes of a watchdog that is not fed, on a whole machine.
@Timeout(60)
class WatchdogTest {
  private static final int PATIENCE_SECONDS = 20;

  @ParameterizedTest
  @CsvSource({
    "RESET,      WasReset",
    "SHUTDOWN,   PowerButtonPressed",
    "POWEROFF,   ShutDown",
    "PAUSE,      Stopped",
    "DEBUG,      Reported",
  })
  void theUsersActionFollowsTheEvent(WatchdogAction action, String then) throws Exception {
    VirtualClock clock = new VirtualClock();
    BlockingQueue<MachineEvent> events = new LinkedBlockingQueue<>();
    try (Machine machine = Machine.builder()
        .board("q35")
        .driven(clock)
        .global("ICH9-LPC", "noreboot", "off")
        .onWatchdog(action)
        .listener(events::add)
        .start()) {
      QtestSession session =
          new QtestSession(new MachineTarget(() -> Optional.of(machine), Optional.of(clock)), event -> { });
      for (String request : new String[] {
          "outl 0xcf8 0x8000f840", "outl 0xcfc 0x601", // PMBASE
          "outl 0xcf8 0x8000f844", "outb 0xcfc 0x80", // ACPI_EN
          "outl 0xcf8 0x8000f8f0", "outl 0xcfc 0xfed1c001", // RCBA
          "writel 0xfed1f410 0", // GCS
          "outw 0x672 4", "outw 0x660 1", "clock_step 5000000000"}) {
        assertEquals("OK", session.answer(request).substring(0, 2), request);
      }
      MachineEvent event = next(events);
      while (!(event instanceof MachineEvent.WatchdogExpired)) {
        event = next(events);
      }
      assertEquals(new MachineEvent.WatchdogExpired(action), event);
      assertEquals(then, next(events).getClass().getSimpleName());
    }
  }

  private static MachineEvent next(BlockingQueue<MachineEvent> events) throws InterruptedException {
    return assertInstanceOf(MachineEvent.class, events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no event came");
  }
}
