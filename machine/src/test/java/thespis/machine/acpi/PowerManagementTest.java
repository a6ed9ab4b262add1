package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortSpace;
import thespis.machine.bus.SavedState;
import thespis.machine.time.VirtualClock;

class PowerManagementTest {
  private static final int STATUS = 0x600;
  private static final int ENABLE = 0x602;
  private static final int CONTROL = 0x604;
  private static final int TMR = 1;

  private final List<String> log = new ArrayList<>();
  private final VirtualClock clock = new VirtualClock();
  private final PortSpace ports = new PortSpace();
  private PowerManagement power;

  /// The recording is of QEMU 7.2 with its clock standing still, through its qtest channel: port accesses, what was
  /// done to the machine from outside, and the SCI's changes.
  @ParameterizedTest(name = "{0}")
  @EnumSource(Chipset.class)
  void registersActAsRecordedOnQemu(Chipset chipset) throws IOException {
    start(chipset);
    String golden = new String(
        GoldenTable.read("pm-regs-" + chipset.name().toLowerCase() + ".txt"), StandardCharsets.US_ASCII);
    List<String> replayed = new ArrayList<>();
    for (String line : golden.lines().toList()) {
      String[] word = line.split(" ");
      switch (word[0]) {
        case "out" -> {
          ports.write(hex(word[2]), size(word[1]), hex(word[3]));
          replayed.add(line);
        }
        case "in" -> replayed.add("in " + word[1] + " " + word[2] + " "
            + Long.toHexString(ports.read(hex(word[2]), size(word[1]))));
        case "gpe" -> {
          power.raiseGpe(hex(word[1]));
          replayed.add(line);
        }
        case "powerdown" -> {
          power.pressPowerButton();
          replayed.add(line);
        }
        case "reset" -> {
          power.reset();
          replayed.add(line);
        }
        default -> {
          // what the machine did by itself: in the log
        }
      }
      replayed.addAll(log);
      log.clear();
    }
    assertEquals(golden, String.join("\n", replayed) + "\n");
  }

  @Test
  void theTimerInterruptsWhenItsHighestBitChanges() {
    start(Chipset.PC);
    ports.write(STATUS, 2, TMR);
    ports.write(ENABLE, 2, TMR);
    long halfPeriod = 2_343_484_438L;
    assertEquals(List.of(), log);
    clock.advance(halfPeriod - 1);
    assertEquals(List.of(), log);
    clock.advance(1);
    assertEquals(List.of("sci 1"), log);
    assertEquals(0x800000, ports.read(0x608, 4));
    assertEquals(TMR, ports.read(STATUS, 2));
    ports.write(STATUS, 2, TMR);
    assertEquals(List.of("sci 1", "sci 0"), log);
    clock.advance(halfPeriod);
    assertEquals(List.of("sci 1", "sci 0", "sci 1"), log);
  }

  @Test
  void aDisabledTimerLeavesTheClockAlone() {
    start(Chipset.PC);
    ports.write(STATUS, 2, TMR);
    ports.write(ENABLE, 2, TMR);
    ports.write(ENABLE, 2, 0);
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
  }

  @Test
  void sleepTypesAreThoseOfTheDsdt() {
    start(Chipset.Q35);
    for (int type = 0; type < 8; type++) {
      ports.write(CONTROL, 2, 0x2000 | type << 10);
    }
    assertEquals(List.of("event SHUTDOWN", "event SUSPEND", "event SUSPEND_DISK"), log);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"OTHER, 8101, 0100", "RTC_ALARM, 8401, 0400", "PM_TIMER, 8001, 0001"})
  void wakingShowsInTheStatus(WakeReason reason, String status, String event) {
    start(Chipset.PC);
    power.wake(reason);
    assertEquals(hex(status), ports.read(STATUS, 2));
    assertFalse(log.contains("sci 1"));
    ports.write(ENABLE, 2, hex(event));
    assertTrue(log.contains("sci 1"));
  }

  @Test
  void theAlarmWakesAGuestThatSleepsAndHasEnabledIt() {
    start(Chipset.PC);
    ports.write(ENABLE, 2, 0x400);
    power.alarm();
    ports.write(CONTROL, 2, 0x2401);
    power.alarm();
    ports.write(ENABLE, 2, 0x100);
    power.alarm();
    assertEquals(List.of("event SUSPEND", "wake RTC_ALARM"), log);
    ports.write(ENABLE, 2, 0x400);
    power.reset();
    ports.write(ENABLE, 2, 0x400);
    power.alarm();
    assertEquals(2, log.size(), "it no longer sleeps");
  }

  @ParameterizedTest(name = "SLP_TYP {0}")
  @CsvSource({"0, event SHUTDOWN", "1, event SUSPEND", "2, ''", "3, ''", "5, event SUSPEND_DISK", "7, ''"})
  void theTypeOfS4IsTheUsers(int type, String event) {
    start(Chipset.PC, 5);
    ports.write(CONTROL, 2, 0x2000 | type << 10);
    assertEquals(event, String.join(" ", log));
  }

  @Test
  void thePowerManagementTimerWakesAGuestThatSleepsAndHasEnabledIt() {
    start(Chipset.PC);
    ports.write(STATUS, 2, TMR);
    ports.write(ENABLE, 2, TMR);
    ports.write(CONTROL, 2, 0x2401);
    clock.advanceTo(clock.nextDeadline());
    assertTrue(log.contains("wake PM_TIMER"), log.toString());
  }

  @Test
  void anInterruptThatIsWantedMovesWithTheState() {
    start(Chipset.Q35);
    ports.write(STATUS, 2, TMR);
    ports.write(ENABLE, 2, 0x121);
    ports.write(CONTROL, 2, 0x1401);
    ports.write(0x628, 1, 4);
    ports.write(0x630, 4, 0x23);
    ports.write(0xB2, 2, 0x1234);
    power.raiseGpe(2);
    power.pressPowerButton();
    PowerManagement source = power;
    log.clear();
    start(Chipset.Q35);
    SavedState.copy(source, power);
    assertEquals(List.of("sci 1"), log);
    assertEquals(0x0121_0100, ports.read(STATUS, 4));
    assertEquals(0x1401, ports.read(CONTROL, 2));
    assertEquals(0x04, ports.read(0x620, 1));
    assertEquals(0x04, ports.read(0x628, 1));
    assertEquals(0x23, ports.read(0x630, 4));
    assertEquals(0x1234, ports.read(0xB2, 2));
    source.block().write(ENABLE - STATUS, 2, 0);
    assertTrue(clock.nextDeadline() < VirtualClock.NEVER, "the timer is armed again");
  }

  private void start(Chipset chipset) {
    start(chipset, SleepStates.S4_TYPE);
  }

  private void start(Chipset chipset, int s4Type) {
    IrqLine sci = level -> log.add("sci " + (level ? 1 : 0));
    power = new PowerManagement(chipset, clock, sci, s4Type, new PowerManagement.Listener() {
      @Override
      public void powerOff() {
        log.add("event SHUTDOWN");
      }

      @Override
      public void suspend() {
        log.add("event SUSPEND");
      }

      @Override
      public void wake(WakeReason reason) {
        log.add("wake " + reason);
      }

      @Override
      public void hibernated() {
        log.add("event SUSPEND_DISK");
      }
    });
    power.mapFixed(ports);
    ports.map("pm", Chipset.PM_BASE, chipset == Chipset.PC ? 64 : 128, power.block());
  }

  private static int hex(String digits) {
    return Integer.parseUnsignedInt(digits, 16);
  }

  private static int size(String width) {
    return switch (width) {
      case "b" -> 1;
      case "w" -> 2;
      default -> 4;
    };
  }
}
