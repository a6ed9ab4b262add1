package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.state.Cpu;

/// AH, BH, CH and DH beside the low byte of the same register. SDM Vol. 1 "General-Purpose Registers".
class HighByteTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "mov ah al, 88C4, 3434", "mov al ah, 88E0, 1212", "add ah al, 00C4, 4634", "add al ah, 00E0, 1246",
    "xchg ah al, 86C4, 3412", "movzx eax ah, 0FB6C4, 12", "test ah al, 84C4, 1234", "cmp ah al, 38C4, 1234"
  })
  void twoBytesOfOneRegisterMeet(String name, String code, String expected) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
        m.start64(0, 0x8000, 0x4000, 0x1800);
        m.put64(0x4000, 0x5003);
        m.put64(0x5000, 0x83);
        // mov ecx,60; l: mov eax,1234; ...; dec ecx; jnz l; hlt
        int back = 0x100 - (5 + code.length() / 2 + 2 + 2);
        m.load(0x8000, "B93C000000 B834120000" + code + "FFC9 75" + Integer.toHexString(back) + "F4");
        assertEquals(Exit.HALTED, m.run(0));
        assertEquals(Integer.parseInt(expected, 16), m.cpu().reg(Cpu.RAX), engine + ": " + name);
      }
    }
  }
}
