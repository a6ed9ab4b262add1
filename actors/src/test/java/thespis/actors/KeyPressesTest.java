package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.machine.device.misc.KeyCode;
import thespis.qmp.command.InputCommands.KeyValue;
import thespis.qmp.command.QKeyCode;

/// `send-key` presses in order, releases in reverse order, and waits after each.
class KeyPressesTest {
  private final List<String> heard = new ArrayList<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean running = true;
  private final KeyPresses keys = new KeyPresses(
      (key, down) -> heard.add(key.qcode() + (down ? " down" : " up")),
      (time, then) -> {
        heard.add(time.toMillis() + " ms");
        waiting.add(then);
      },
      () -> running);

  @Test
  void keysGoDownInOrderAndUpInReverseOrder() {
    keys.press(List.of(new KeyValue.Qcode(QKeyCode.CTRL), new KeyValue.Qcode(QKeyCode.DIGIT_1)), 20);
    pass();
    assertEquals(
        List.of("ctrl down", "20 ms", "1 down", "20 ms", "1 up", "20 ms", "ctrl up", "20 ms"), heard);
  }

  @Test
  void whatComesMeanwhileWaits() {
    keys.press(List.of(new KeyValue.Qcode(QKeyCode.A)), 5);
    keys.press(List.of(new KeyValue.Qcode(QKeyCode.B)), 0);
    pass();
    assertEquals(List.of("a down", "5 ms", "a up", "5 ms", "b down", "b up"), heard);
  }

  @Test
  void numbersAreThoseOfAnIbmPc() {
    keys.press(List.of(new KeyValue.Number(30), new KeyValue.Number(0xB8), new KeyValue.Number(99999)), 0);
    assertEquals(List.of("a down", "alt_r down", "alt_r up", "a up"), heard);
  }

  @Test
  void aMachineThatDoesNotRunHearsNothing() {
    running = false;
    keys.press(List.of(new KeyValue.Qcode(QKeyCode.A), new KeyValue.Qcode(QKeyCode.UNMAPPED)), 0);
    assertEquals(List.of(), heard);
  }

  @Test
  void everyNameOfThePs2KeyboardIsAKeyOfQmp() {
    for (KeyCode key : KeyCode.values()) {
      QKeyCode.valueOf(Character.isDigit(key.qcode().charAt(0)) ? "DIGIT_" + key.qcode() : key.qcode().toUpperCase());
    }
  }

  private void pass() {
    while (!waiting.isEmpty()) {
      waiting.removeFirst().run();
    }
  }
}
