package thespis.machine.device.misc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.Conversation;

class I8237Test {
  private final PortSpace ports = new PortSpace();

  @Test
  void answersAsQemuInARecordedConversation() {
    I8237.first().map(ports);
    I8237.second().map(ports);
    List<String> lines = Conversation.of(I8237Test.class, "i8237-qemu.txt.gz").lines();
    for (int i = 0; i < lines.size(); i++) {
      Conversation.Step step = Conversation.parse(lines.get(i));
      if (step.verb().equals("out")) {
        ports.write(step.number(0, 16), 1, step.number(1, 16));
      } else {
        long value = ports.read(step.number(0, 16), 1);
        assertEquals(step.answer(), Long.toHexString(value), "line " + (i + 1) + ": " + lines.get(i));
      }
    }
  }
}
