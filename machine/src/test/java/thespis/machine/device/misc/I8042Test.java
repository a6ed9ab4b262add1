package thespis.machine.device.misc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.Conversation;
import thespis.machine.device.CountingLine;

class I8042Test {
  private static final List<String> BUTTONS = List.of("left", "right", "middle", "side", "extra");

  private final CountingLine irq1 = new CountingLine();
  private final CountingLine irq12 = new CountingLine();
  private final CountingLine a20 = new CountingLine();
  private int resets;
  private int pressed;
  private final I8042 chip = new I8042(irq1, irq12, a20, () -> resets++);
  private final PortSpace ports = new PortSpace();

  @BeforeEach
  void map() {
    chip.map(ports);
    chip.reset();
  }

  private long in(int port) {
    return ports.read(port, 1);
  }

  private void out(int port, int value) {
    ports.write(port, 1, value);
  }

  private String drain() {
    StringBuilder bytes = new StringBuilder();
    while ((in(0x64) & 1) != 0) {
      bytes.append("%02x".formatted(in(0x60)));
    }
    return bytes.toString();
  }

  @Test
  void answersAsQemuInARecordedConversation() {
    List<String> lines = Conversation.of(I8042Test.class, "i8042-qemu.txt.gz").lines();
    for (int i = 0; i < lines.size(); i++) {
      String where = "line " + (i + 1) + ": " + lines.get(i);
      Conversation.Step step = Conversation.parse(lines.get(i));
      switch (step.verb()) {
        case "out" -> out(step.number(0, 16), step.number(1, 16));
        case "in" -> assertEquals(step.answer(), Long.toHexString(in(step.number(0, 16))), where);
        case "irq" -> assertEquals(step.answer(), (irq1.level ? 1 : 0) + " " + (irq12.level ? 1 : 0), where);
        case "key" -> chip.key(KeyCode.of(step.words()[0]), step.number(1, 10) == 1);
        case "move" -> chip.mouse(step.number(0, 10), step.number(1, 10), 0, pressed);
        case "button" -> button(step.words()[0], step.number(1, 10) == 1);
        default -> assertEquals("#", step.verb(), where);
      }
    }
  }

  private void button(String name, boolean down) {
    if (name.startsWith("wheel")) {
      chip.mouse(0, 0, name.equals("wheel-up") ? -1 : 1, pressed);
    } else {
      int bit = 1 << BUTTONS.indexOf(name);
      pressed = down ? pressed | bit : pressed & ~bit;
      chip.mouse(0, 0, 0, pressed);
    }
  }

  @Test
  void everyKeySendsQemusCodesInEverySet() {
    int[][] modes = {{0x03, 2}, {0x43, 2}, {0x03, 1}, {0x03, 3}};
    for (String line : Conversation.of(I8042Test.class, "keys-qemu.txt.gz").lines()) {
      String[] words = line.split(" ");
      KeyCode key = KeyCode.of(words[0]);
      for (int i = 0; i < modes.length; i++) {
        out(0x64, 0x60);
        out(0x60, modes[i][0]);
        out(0x60, 0xF0);
        out(0x60, modes[i][1]);
        drain();
        chip.key(key, true);
        String codes = drain() + "/";
        chip.key(key, false);
        assertEquals(words[i + 1], codes + drain(), words[0] + " in set " + modes[i][1]);
      }
    }
  }

  @Test
  void modifiersChangePrintAndPauseAsOnQemusKeyboard() {
    for (String line : Conversation.of(I8042Test.class, "keymods-qemu.txt.gz").lines()) {
      String[] words = line.split(" ");
      out(0x60, 0xF0);
      out(0x60, Integer.parseInt(words[0]));
      drain();
      KeyCode modifier = KeyCode.of(words[1]);
      KeyCode key = KeyCode.of(words[2]);
      chip.key(modifier, true);
      drain();
      chip.key(key, true);
      String codes = drain() + "/";
      chip.key(key, false);
      assertEquals(words[3], codes + drain(), line);
      chip.key(modifier, false);
      drain();
    }
  }

  @Test
  void eachByteIsAnEdgeOfItsOwn() {
    out(0x64, 0x60);
    out(0x60, 0x43);
    int before = irq12.rises;
    out(0x64, 0xD4);
    out(0x60, 0xF2);
    assertEquals(before + 1, irq12.rises);
    assertEquals(0xFA, in(0x60));
    assertEquals(before + 2, irq12.rises, "acknowledge read, identification offered");
    assertEquals(0x00, in(0x60));
    assertFalse(irq12.level);
  }

  @Test
  void namesWithoutACodeHaveNoKey() {
    assertNull(KeyCode.of("unmapped"));
    assertNull(KeyCode.of("nonsense"));
    assertEquals("bracket_left", KeyCode.of("bracket_left").qcode());
  }

  @Test
  void pulseCommandsWithBit0LowReset() {
    for (int command = 0xF0; command <= 0xFF; command++) {
      out(0x64, command);
    }
    assertEquals(8, resets);
  }

  @Test
  void outputPortResetsAndGatesA20() {
    assertTrue(a20.level);
    out(0x64, 0xD1);
    out(0x60, 0xCD);
    assertFalse(a20.level);
    out(0x64, 0xDF);
    assertTrue(a20.level);
    assertEquals(0, resets);
    out(0x64, 0xD1);
    out(0x60, 0xCE);
    assertEquals(1, resets);
  }

  @Test
  void lightsAreKnownToTheHost() {
    out(0x60, 0xED);
    out(0x60, 0x05);
    assertEquals(5, chip.leds());
  }

  @Test
  void resetForgetsEverything() {
    out(0x64, 0xAA);
    chip.key(KeyCode.A, true);
    chip.reset();
    assertEquals(0x18, in(0x64));
    assertFalse(irq1.level);
  }
}
