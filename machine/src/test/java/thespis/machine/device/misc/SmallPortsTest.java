package thespis.machine.device.misc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.machine.device.CountingLine;

class SmallPortsTest {
  private int resets;

  @Test
  void port92ResetsOnTheRiseOfBit0AndGatesA20() {
    CountingLine a20 = new CountingLine();
    Port92 port = new Port92(a20, () -> resets++);
    assertEquals(0, port.readByte(0));
    port.writeByte(0, 0xFE);
    assertEquals(0xFE, port.readByte(0));
    assertTrue(a20.level);
    assertEquals(0, resets);
    port.writeByte(0, 0x01);
    port.writeByte(0, 0x03);
    assertEquals(1, resets);
    port.reset();
    assertEquals(0x02, port.readByte(0));
    port.writeByte(0, 0x00);
    assertFalse(a20.level);
  }

  @Test
  void resetControlKeepsItsBoardsBitsAndResets() {
    ResetControl pc = ResetControl.piix3(() -> resets++);
    pc.writeByte(0, 0xFB);
    assertEquals(0x02, pc.readByte(0));
    ResetControl q35 = ResetControl.ich9(() -> resets++);
    q35.writeByte(0, 0xFB);
    assertEquals(0x0A, q35.readByte(0));
    assertEquals(0, resets);
    q35.writeByte(0, 0x06);
    assertEquals(1, resets);
    assertEquals(0x0A, q35.readByte(0));
    q35.reset();
    assertEquals(0, q35.readByte(0));
  }

  @Test
  void debugConsolePrintsBytesAndIsThere() {
    StringBuilder text = new StringBuilder();
    DebugConsole console = new DebugConsole((bytes, offset, length) -> text.append((char) bytes[offset]));
    console.write(0, 1, 'o');
    console.write(0, 2, 'k' | '!' << 8);
    assertEquals("ok!", text.toString());
    assertEquals(0xE9, console.read(0, 1));
  }

  @Test
  void debugExitCodeIsOdd() {
    List<Integer> codes = new ArrayList<>();
    IsaDebugExit exit = new IsaDebugExit(codes::add);
    exit.write(0, 1, 0x10);
    exit.write(0, 4, 0);
    assertEquals(List.of(0x21, 1), codes);
    assertEquals(0, exit.read(0, 1));
  }

  @Test
  void postPortReadsOnes() {
    assertEquals(0xFFFF, new PostPort().read(0, 2));
  }

  @Test
  void fpuErrorRaisesIrq13UntilPortF0IsWritten() {
    CountingLine irq = new CountingLine();
    FpuErrorPort port = new FpuErrorPort(irq);
    port.writeByte(0, 0);
    assertFalse(port.ignoreError(), "no error, nothing to ignore");
    port.error(true);
    assertTrue(irq.level);
    port.writeByte(0, 0);
    assertFalse(irq.level);
    assertTrue(port.ignoreError());
    port.error(true);
    assertFalse(irq.level, "still ignored");
    port.error(false);
    assertFalse(port.ignoreError());
  }
}
