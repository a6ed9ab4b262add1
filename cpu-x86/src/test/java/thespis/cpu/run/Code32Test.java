package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import thespis.cpu.exec.Flags;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;

/// What 32-bit code does in other ways than 64-bit code, by hand: operand and address sizes, the stack's width, addresses
/// that wrap, one-byte forms that became prefixes. SDM Vol. 2 by name; Vol. 1 "Operand-Size and Address-Size Attributes".
class Code32Test {
  private static final int GDT = 0x1800;
  private static final int CODE = 0x10000;
  private static final int DATA = 0x20000;
  private static final int STACK = 0x2F000;
  private static final int RUNS = 3;

  /// Code; registers before and after by name, `f` the arithmetic flags, `mN` the doubleword at DATA + N. What stands only on
  /// the left stays as it was, and ESP is what is not said.
  private static final List<String> CASES = List.of(
      "40 | eax=7FFFFFFF f=1 | eax=80000000 f=895", // inc eax keeps CF
      "4F | edi=0 f=0 | edi=FFFFFFFF f=94",
      "66 41 | ecx=1234FFFF | ecx=12340000",
      "60 | eax=1 ecx=2 edx=3 ebx=4 ebp=5 esi=6 edi=7 | esp=2EFE0 eax=1 ecx=2 edx=3 ebx=4",
      "6A 07 6A FE 61 | esp=2EFE8 | edi=FFFFFFFE esi=7 esp=2F000",
      "6A FF 58 | | eax=FFFFFFFF",
      "66 6A FF | | esp=2EFFE",
      "68 78563412 66 58 66 5B | | eax=5678 ebx=1234",
      "50 8F 05 00000200 | eax=12345678 | m0=12345678", // push eax; pop [DATA]
      "FF 74 24 04 58 | eax=0 | eax=0",
      "54 58 | | eax=2F000", // push esp; pop eax
      "C8 100000 | ebp=1234 | ebp=2EFFC esp=2EFEC", // enter 16, 0
      "89 E5 83 EC 20 C9 | | ebp=0 esp=2F004",
      "E8 02000000 90 F4 58 | | eax=10005", // call over two bytes; pop eax
      "E8 01000000 F4 C2 0800 | | esp=2F008", // call; ret 8 comes to hlt
      "E2 FE | ecx=5 | ecx=0",
      "67 E2 FD | ecx=10005 | ecx=10000", // loop by CX
      "E3 01 40 | ecx=0 eax=5 | eax=5",
      "67 E3 01 40 | ecx=10000 eax=5 | eax=5",
      "8D 44 B3 08 | ebx=FFFFFFF0 esi=10 | eax=38",
      "67 8D 40 FF | ebx=10000 esi=0 eax=99 | eax=FFFF", // lea eax,[bx+si-1]
      "66 8D 83 00000100 | ebx=FFFF1234 eax=AAAA0000 | eax=AAAA1234",
      "8B 84 9B 00000200 | ebx=FFFFFFFF m0=5 | eax=0", // wraps below DATA
      "8B 83 F0FF0100 | ebx=10 m0=77 | eax=77",
      "A1 04000200 | m4=CAFE | eax=CAFE",
      "A2 00000200 | eax=1234 m0=FFFFFFFF | m0=FFFFFF34",
      "67 A1 0018 | | eax=0", // mov eax,[1800h]
      "64 8B 05 FCFFFFFF | m0=66 | eax=66", // FS has DATA + 4 as its base
      "65 8B 03 | ebx=8 m8=55 | eax=55", // GS has DATA
      "2E 8B 1D 08000200 | m8=44 | ebx=44",
      "0FC7 0D 00000200 | eax=1 edx=2 ebx=3 ecx=4 m0=1 m4=2 f=0 | m0=3 m4=4 f=40 eax=1 edx=2",
      "F0 0FC7 0D 00000200 | eax=1 edx=2 ebx=3 ecx=4 m0=1 m4=9 f=40 | m0=1 m4=9 f=0 eax=1 edx=9",
      "0FA3 0D 08000200 | ecx=FFFFFFE1 m4=2 f=0 | f=1", // bt by -31: bit 1 of the doubleword before
      "0FAB 05 00000200 | eax=25 m4=0 f=1 | m4=20 f=0",
      "D7 | ebx=20000 eax=101 m0=11223344 | eax=133",
      "A5 AD | esi=20000 edi=20008 m0=9 m4=8 | m8=9 eax=8 esi=20008 edi=2000C",
      "F3 AB | eax=7 ecx=2 edi=20000 | m0=7 m4=7 ecx=0 edi=20008",
      "FD F3 A5 FC | esi=20004 edi=20008 ecx=2 m0=1 m4=2 | m4=1 m8=2 esi=1FFFC edi=20000 ecx=0",
      "F3 67 AA | ecx=10000 edi=20000 eax=5 m0=9 | m0=9 ecx=10000 edi=20000",
      "98 66 99 | eax=FFFF8001 edx=12340000 | eax=FFFF8001 edx=1234FFFF",
      "C4 05 00000200 | m0=ABC m4=10 | eax=ABC", // les
      "87 05 00000200 | eax=1 m0=2 | eax=2 m0=1",
      "1E 16 58 5B | | eax=10 ebx=10", // push ds; push ss
      "8C D8 8E C0 26 8B 0D 00000200 | m0=31 | ecx=31",
      "9C 83 0C 24 01 9D | f=0 | f=1",
      "0F B6 C7 88 F2 | ebx=A500 edx=6600 | eax=A5 edx=6666", // movzx eax,bh; mov dl,dh
      "6B C0 FD F7 E9 | eax=2 ecx=5 | eax=FFFFFFE2 edx=FFFFFFFF");

  private static final List<String> NAMES = List.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi");

  static Stream<Arguments> cases() {
    return Arrays.stream(Engine.values()).flatMap(engine -> CASES.stream().map(c -> Arguments.of(engine, c)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("cases")
  void codeDoesThis(Engine engine, String text) {
    String[] parts = text.split("\\|", -1);
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
      m.put64(GDT + 8, 0x00CF_9B00_0000_FFFFL);
      m.put64(GDT + 16, 0x00CF_9300_0000_FFFFL);
      m.core(0).start(BootState.protected32(CODE, new BootState.Table(GDT, 23), 8, 16));
      m.cpu().setBase(Cpu.FS, DATA + 4);
      m.cpu().setBase(Cpu.GS, DATA);
      m.load(CODE, parts[0] + "F4");
      for (int run = 0; run < RUNS; run++) {
        for (int r = 0; r < 8; r++) {
          m.cpu().setReg(8 * r, r == 4 ? STACK : 0);
        }
        m.put64(STACK, 0);
        m.put64(DATA, 0);
        m.put32(DATA + 8, 0);
        Flags.setRflags(m.cpu(), 2);
        m.cpu().setRip(CODE);
        m.cpu().halted = false;
        each(parts[1], (name, v) -> set(m, name, v));
        assertEquals(Exit.HALTED, m.run(0));
        each(parts[2], (name, v) -> assertEquals(v, get(m, name), name + " of " + text));
      }
    }
  }

  private interface Value {
    void of(String name, long v);
  }

  private static void each(String values, Value what) {
    for (String value : values.trim().split(" +")) {
      if (!value.isEmpty()) {
        int at = value.indexOf('=');
        what.of(value.substring(0, at), Long.parseLong(value.substring(at + 1), 16));
      }
    }
  }

  private static void set(TestMachine m, String name, long v) {
    if (name.charAt(0) == 'm') {
      m.put32(DATA + Integer.parseInt(name.substring(1)), v);
    } else if (name.equals("f")) {
      Flags.setArithmetic(m.cpu(), (int) v);
    } else {
      m.cpu().setReg(8 * NAMES.indexOf(name), v);
    }
  }

  private static long get(TestMachine m, String name) {
    if (name.charAt(0) == 'm') {
      return m.get32(DATA + Integer.parseInt(name.substring(1)));
    }
    return name.equals("f") ? Flags.arithmetic(m.cpu()) : m.cpu().reg(8 * NAMES.indexOf(name));
  }
}
