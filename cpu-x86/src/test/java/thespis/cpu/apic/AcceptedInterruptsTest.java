package thespis.cpu.apic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which interrupt comes next, and what it has to wait for. SDM Vol. 3A "Interrupt, Task, and Processor Priority".
class AcceptedInterruptsTest {
  private final AcceptedInterrupts interrupts = new AcceptedInterrupts();

  @Test
  void theHighestVectorComesFirstAndHoldsOffItsClass() {
    interrupts.accept(0x31, false);
    interrupts.accept(0x3F, false);
    interrupts.accept(0x41, false);
    assertEquals(0x41, interrupts.deliverable(0));
    interrupts.serve(0x41);
    assertEquals(-1, interrupts.deliverable(0));
    interrupts.accept(0x4F, false);
    assertEquals(-1, interrupts.deliverable(0), "of the same class");
    interrupts.accept(0x50, false);
    assertEquals(0x50, interrupts.deliverable(0), "of a higher one");
    assertEquals(0x41, interrupts.done());
    assertEquals(0x50, interrupts.deliverable(0));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      # TPR | in service | PPR
      00    | -1         | 00
      20    | -1         | 20
      2F    | -1         | 2F
      00    | 35         | 30
      2F    | 35         | 30
      31    | 35         | 31
      4A    | 35         | 4A
      """)
  void theProcessorsPriorityIsTheHigherOfTwo(String tpr, String inService, String ppr) {
    int vector = Integer.parseInt(inService, 16);
    if (vector >= 0) {
      interrupts.serve(vector);
    }
    assertEquals(Integer.parseInt(ppr, 16), interrupts.ppr(Integer.parseInt(tpr, 16)));
  }

  @Test
  void aTaskHoldsOffWhatIsNotOfAHigherClass() {
    interrupts.accept(0x55, false);
    assertEquals(0x55, interrupts.deliverable(0x4F));
    assertEquals(-1, interrupts.deliverable(0x50));
  }

  @Test
  void anInterruptIsWhatItCameAsLast() {
    interrupts.accept(0x80, true);
    assertTrue(interrupts.isLevel(0x80));
    assertEquals(1, interrupts.register(8 + 4), "TMR, its bits 128 to 159");
    assertEquals(1, interrupts.register(16 + 4), "IRR");
    interrupts.accept(0x80, false);
    assertFalse(interrupts.isLevel(0x80));
  }

  @Test
  void nothingIsDoneTwice() {
    interrupts.accept(0xFF, false);
    interrupts.serve(0xFF);
    assertEquals(1 << 31, interrupts.register(7), "ISR, its last bit");
    assertEquals(0xFF, interrupts.done());
    assertEquals(-1, interrupts.done());
  }
}
