package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.state.Cpu;

/// An instruction over the edge of two pages that are one page of memory: a write to either end of it is seen. SDM Vol. 3A
/// "Handling Self- and Cross-Modifying Code".
class AliasedPageTest {
  private static final long TABLE = 0x8000;
  private static final long PAGE = 0x1000;
  private static final long NEXT = 0x2000;
  private static final long CODE = NEXT - 2;

  @ParameterizedTest
  @CsvSource({
    "RECORDS, 1FFF, 12345699",
    "RECORDS, 1000, 12349978",
    "COMPILED, 1FFF, 12345699",
    "NATIVE, 1FFF, 12345699",
    "NATIVE, 1002, 99345678"
  })
  void aWriteToEitherEndOfAnInstructionIsSeen(Engine engine, String written, String result) {
    try (TestMachine machine = new TestMachine(engine, 1, 1 << 16)) {
      machine.mapPages(TABLE);
      machine.put64(TABLE + 0x3000 + 8 * (NEXT >>> 12), PAGE | 3);
      machine.load(CODE, "B878"); // mov eax,12345678h, whose other half is at the start of the page; hlt
      machine.load(PAGE, "563412F4");
      assertEquals(0x12345678L, run(machine));
      machine.cpu().mmu.store8(Long.parseLong(written, 16), (byte) 0x99);
      assertEquals(Long.parseLong(result, 16), run(machine));
    }
  }

  private static long run(TestMachine machine) {
    machine.start64(0, CODE, TABLE, 0x7000);
    machine.cpu().halted = false;
    assertEquals(Exit.HALTED, machine.run(0));
    return machine.cpu().reg(Cpu.RAX);
  }
}
