package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.silicon.CodeMaker;
import thespis.cpu.silicon.Operands;
import thespis.cpu.silicon.SiliconCode;
import thespis.cpu.state.Cpu;

/// Random user-mode integer code, guest against host: registers, flags that are defined, data and stack. Single
/// instructions and streams of several, whose flags the engine may compute late or never. `-Dthespis.integer.streams=N`
/// makes N pieces of code of each length (default 1500), each with a few register sets.
class IntegerSiliconTest {
  private static final int STREAMS = Integer.getInteger("thespis.integer.streams", 1500);
  private static final int STATES = Integer.getInteger("thespis.integer.states", 8);
  private static final long SEED = Long.getLong("thespis.integer.seed", 7);
  private static final int FLAGS = 0xCD5;
  private static final long RAM_AT = 0x20_0000;

  @ParameterizedTest(name = "{0}, {1} instructions")
  @CsvSource({
    "RECORDS, 1", "RECORDS, 12", "COMPILED, 1", "COMPILED, 12", "NATIVE, 1", "NATIVE, 12", "VERIFIED, 1", "VERIFIED, 12"
  })
  void codeDoesWhatTheHostDoes(Engine engine, int length) {
    try (SiliconCode host = new SiliconCode(); TestMachine guest = new TestMachine(engine, 1, 4 << 20)) {
      guest.start64(0, 0, 0x1000, 0x7000);
      guest.put64(0x1000, 0x2003);
      guest.put64(0x2000, 0x3003);
      guest.put64(0x3000 + 8 * (SiliconCode.BASE >> 21), RAM_AT | 0x83);
      CodeMaker maker = new CodeMaker(SEED + length);
      Operands operands = new Operands(SEED);
      for (int n = 0; n < STREAMS; n++) {
        byte[] code = maker.make(length);
        host.code(code);
        byte[] end = {(byte) 0xF4};
        long at = guest.host(RAM_AT + SiliconCode.CODE - SiliconCode.BASE);
        Mem.copyIn(code, 0, at, code.length);
        Mem.copyIn(end, 0, at + code.length, 1);
        guest.core(0).invalidateAll();
        for (int state = 0; state < STATES; state++) {
          String wrong = compare(host, guest, operands, maker.undefined());
          assertEquals("", wrong, () -> "code " + HexFormat.of().formatHex(code));
        }
      }
    }
  }

  private static String compare(SiliconCode host, TestMachine guest, Operands operands, int undefined) {
    Cpu cpu = guest.cpu();
    StringBuilder in = new StringBuilder();
    for (int r = 0; r < 16; r++) {
      long v = r == 4 ? SiliconCode.STACK : operands.pattern();
      host.reg(r, v);
      cpu.setReg(8 * r, v);
      in.append(String.format(" %X", v));
    }
    int flags = 0x202 | operands.below(0x1000) & 0x8D5;
    host.flags(flags);
    Flags.setRflags(cpu, flags);
    memory(guest, operands, SiliconCode.DATA, SiliconCode.DATA_BYTES, operands.below(3));
    memory(guest, operands, SiliconCode.STACK - SiliconCode.STACK_BYTES, 2 * SiliconCode.STACK_BYTES, 0);
    host.run();
    cpu.setRip(SiliconCode.CODE);
    cpu.halted = false;
    int exit = guest.run(0);
    StringBuilder s = new StringBuilder();
    if (exit != Exit.HALTED || cpu.rip() >>> 16 != SiliconCode.CODE >>> 16) {
      s.append("exit ").append(exit).append(" at ").append(Long.toHexString(cpu.rip()));
    }
    for (int r = 0; r < 16; r++) {
      differ(s, "reg" + r, host.reg(r), cpu.reg(8 * r));
    }
    int mask = FLAGS & ~undefined;
    differ(s, "flags", host.flags() & mask, Flags.rflags(cpu) & mask);
    compareMemory(s, guest, SiliconCode.DATA, SiliconCode.DATA_BYTES);
    compareMemory(s, guest, SiliconCode.STACK - SiliconCode.STACK_BYTES, 2 * SiliconCode.STACK_BYTES);
    return s.isEmpty() ? "" : s.append("; from").append(in).append(" flags ").append(Integer.toHexString(flags)).toString();
  }

  private static void memory(TestMachine guest, Operands operands, long at, int bytes, int kind) {
    for (long a = at; a < at + bytes; a += 8) {
      long v = kind == 0 ? operands.pattern() : kind == 1 ? operands.bits() : 0;
      Mem.put64(a, v);
      guest.put64(RAM_AT + a - SiliconCode.BASE, v);
    }
  }

  private static void compareMemory(StringBuilder s, TestMachine guest, long at, int bytes) {
    for (long a = at; a < at + bytes; a += 8) {
      differ(s, Long.toHexString(a), Mem.get64(a), guest.get64(RAM_AT + a - SiliconCode.BASE));
    }
  }

  private static void differ(StringBuilder s, String what, long host, long guest) {
    if (host != guest) {
      s.append(String.format(" %s host %X guest %X;", what, host, guest));
    }
  }
}
