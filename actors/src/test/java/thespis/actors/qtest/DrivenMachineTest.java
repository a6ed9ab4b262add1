package thespis.actors.qtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.actors.Machine;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.OstInfo;
import thespis.hotplug.RunState;
import thespis.machine.time.VirtualClock;

/// Whole machines without a running processor, driven as QEMU's own were when the conversations were recorded.
@Timeout(60)
class DrivenMachineTest {
  private static final int PATIENCE_SECONDS = 20;

  private final VirtualClock clock = new VirtualClock();
  private final BlockingQueue<OstInfo> reported = new LinkedBlockingQueue<>();
  private final List<String> events = new ArrayList<>();
  private Machine machine;
  private QtestSession session;

  private void start(String board) {
    machine = Machine.builder()
        .board(board)
        .smp(1, 4)
        .memory(128L << 20)
        .driven(clock)
        .listener(event -> {
          if (event instanceof MachineEvent.OstReported(OstInfo info)) {
            reported.add(info);
          }
        })
        .start();
    session = new QtestSession(new MachineTarget(() -> Optional.of(machine), Optional.of(clock)), events::add);
  }

  @AfterEach
  void end() {
    machine.close();
  }

  private static List<String> lines(String name) throws IOException {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(
        DrivenMachineTest.class.getResourceAsStream(name), StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  private void play(String name) throws Exception {
    int number = 0;
    for (String line : lines(name)) {
      String where = name + " " + ++number + ": " + line;
      int equals = line.lastIndexOf(" = ");
      if (equals >= 0) {
        assertEquals(line.substring(equals + 3), session.answer(line.substring(0, equals)), where);
      } else {
        act(line.split(" "), where);
      }
    }
  }

  private void act(String[] words, String where) throws Exception {
    if (words[0].equals("event")) {
      OstInfo info = reported.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertEquals(
          List.of(words).subList(2, 5), List.of("" + info.slot(), "" + info.source(), "" + info.status()), where);
      return;
    }
    (switch (words[1]) {
      case "device_add" -> machine.addDevice(Map.of(
          "driver", "qemu64-x86_64-cpu", "id", words[2], "socket-id", 0, "core-id", Integer.parseInt(words[3]),
          "thread-id", 0));
      case "device_del" -> machine.removeDevice(words[2]);
      case "system_reset" -> machine.reset();
      default -> throw new IllegalStateException(where);
    }).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"pc", "q35"})
  void cpusArePluggedAndUnpluggedThroughTheirRegistersAlone(String board) throws Exception {
    start(board);
    play("hotplug-" + board + ".txt");
  }

  @Test
  void portsAndMemoryAnswerAsQemus() throws Exception {
    start("pc");
    play("session-pc.txt");
  }

  @Test
  void theMachineRunsButNoProcessorDoes() throws Exception {
    start("pc");
    assertEquals(RunState.RUNNING, machine.status().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    String counted = machine.look(0, cpu -> cpu.registers()).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(counted.contains("IP=000000000000fff0") || counted.contains("0000fff0"), "still where it begins: " + counted);
  }

  @Test
  void interruptsAreToldOfAsTheyReachTheIoApic() {
    start("pc");
    assertEquals("OK", session.answer("irq_intercept_in ioapic"));
    assertEquals("OK", session.answer("irq_intercept_in /machine/i440fx/ioapic"));
    assertEquals("FAIL IRQ intercept already enabled", session.answer("irq_intercept_in /machine"));
    session.answer("set_irq_in ioapic unnamed-gpio-in 5 1");
    session.answer("set_irq_in ioapic unnamed-gpio-in 5 1");
    session.answer("set_irq_in ioapic unnamed-gpio-in 5 0");
    assertEquals(List.of("IRQ raise 5", "IRQ lower 5"), events);
    events.clear();
    // 8254 "Mode 2: Rate Generator": channel 0, every 1193 ticks
    session.answer("outb 0x43 0x34");
    session.answer("outb 0x40 0xa9");
    session.answer("outb 0x40 0x04");
    events.clear();
    for (int i = 0; i < 8 && events.isEmpty(); i++) {
      session.answer("clock_step");
    }
    assertTrue(clock.nanos() <= 2_000_000, "a millisecond or so: " + clock.nanos());
    assertTrue(events.getFirst().endsWith(" 0"), "by ISA's number: " + events);
  }
}
