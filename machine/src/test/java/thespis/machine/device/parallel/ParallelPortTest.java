package thespis.machine.device.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import thespis.machine.bus.IrqLine;

class ParallelPortTest {
  /// What QEMU 7.2's port answers to its registers' reads (r) and writes (w), and how its interrupt wire moves.
  private static final String QEMU = """
      r0=ff r1=d9 r2=cc r3=ff r4=ff r5=ff r6=ff r7=ff w0=41 r0=41 w2=0c r1=d9 r2=cc w2=0d r1=59 r1=59 r2=cd w2=0c
      r1=59 r1=19 r1=d9 r1=d9 w2=1c r2=dc r1=d9 w2=1d r1=59 w2=1c+ r1=59- r1=19 r1=d9 w2=1c+ w0=42 w2=1c r2=dc w2=2c
      r0=ff r2=ec w2=08 r1=d8- w2=0c r1=d8 w1=55 r1=d8 w2=05 r1=d8 w2=04 r1=d8 r1=d8 w2=ff r2=ff w2=0c+ r2=cc w3=01
      r3=ff w2=0e w2=1a w0=be w2=c2 w1=7f r1=d8- w2=c7 r0=be r2=c7 w2=00 w0=6b w2=55 r1=d8 w2=5d w2=c4 r1=58 w2=87
      r1=18 w1=01 w2=21 r1=d8 w2=5e w2=1d r0=6b w2=ce+ r1=58- r2=ce w2=17 w1=64 r1=18 w2=b0 w1=80 w0=bc w0=dd w0=6a
      r2=f0 r1=d8 r2=f0 r1=d8 r0=ff w2=f7 r0=ff r2=f7 w2=10 r2=d0 r1=d8 w2=4a r0=6a w2=6a r2=ea w2=36 r1=d8 r1=d8
      r1=d8 w1=56 w2=f9 w2=f5 r1=d8 w2=39 r2=f9 w2=ad r1=58 r2=ed w2=20 w2=11 w2=8f w2=96 w2=5b w0=f2 w2=a6 w2=93
      w2=b2 r1=d8 w2=b3 w2=e6 w2=48 w2=65 w2=90 w2=57 w1=d7 r2=d7 w2=0e+ r2=ce w2=70 w2=15 w2=54 r1=d8- r1=d8 w1=12
      w2=c2 w0=68 r1=d8 r1=d8 w2=3a w1=bf w1=9a r2=fa w1=96 w2=d6 w1=bd w2=c3 w2=44 w2=00 r1=d8 w1=48 r2=c0 r1=d8
      w2=95 w2=c4 w2=85 w2=fe r0=ff r1=d8 w2=49 w0=e3 r0=e3 w2=06 w1=8c r1=d8 w2=fa
      """;

  private final StringBuilder printed = new StringBuilder();
  private final StringBuilder wire = new StringBuilder();
  private final ParallelPort port = new ParallelPort("parallel0", changes(), (bytes, from, n) -> {
    for (int i = 0; i < n; i++) {
      printed.append(String.format("%02x ", bytes[from + i]));
    }
  });

  private IrqLine changes() {
    return new IrqLine() {
      private boolean level;

      @Override
      public void set(boolean next) {
        if (next != level) {
          wire.append(next ? '+' : '-');
        }
        level = next;
      }
    };
  }

  @Test
  void answersAsQemusDoes() {
    for (String step : QEMU.strip().split("\\s+")) {
      int register = step.charAt(1) - '0';
      int value = Integer.parseInt(step.substring(3, 5), 16);
      wire.setLength(0);
      if (step.charAt(0) == 'w') {
        port.writeByte(register, value);
      } else {
        value = port.readByte(register);
      }
      assertEquals(step, String.format("%c%d=%02x%s", step.charAt(0), register, value, wire));
    }
  }

  @Test
  void printsWhatIsStrobedOnce() {
    for (int character : new int[] {'h', 'i'}) {
      port.writeByte(0, character);
      port.writeByte(2, 0x0D);
      port.writeByte(2, 0x0D);
      port.writeByte(2, 0x0C);
    }
    assertEquals("68 69 ", printed.toString());
  }

  @Test
  void aPrinterThatIsNotSelectedPrintsNothing() {
    port.writeByte(2, 0x05);
    port.writeByte(2, 0x04);
    assertEquals("", printed.toString());
  }

  @Test
  void resetTakesTheInterruptBack() {
    port.writeByte(2, 0x1C);
    port.writeByte(2, 0x1C);
    assertTrue(wire.toString().endsWith("+"));
    port.reset();
    assertTrue(wire.toString().endsWith("-"));
    assertEquals(0xD9, port.readByte(1));
    assertEquals(0xCC, port.readByte(2));
  }
}
