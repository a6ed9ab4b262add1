package thespis.cpu.run;

import java.util.Random;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;

/// Loops of 32-bit code without paging, where operands may also lie in FS and GS, whose bases bring some of them over the
/// end of 4 GiB.
class LoopFuzz32Test extends LoopFuzz {
  private static final int GDT = 0x1800;
  private static final int COUNTER = 0x3000;
  private static final int MOVES = 6;
  private static final int[] VALUES = {0, 1, 2, 7};

  LoopFuzz32Test() {
    super(8, new int[] {3, 5}, new int[] {MOVES});
  }

  @Override
  void start(TestMachine m) {
    m.core(0).start(BootState.protected32(CODE, new BootState.Table(GDT, 23), 8, 16));
    m.cpu().setBase(Cpu.FS, 0x1234);
    m.cpu().setBase(Cpu.GS, 0xFFFF_F800L);
  }

  @Override
  long value(Random state) {
    return state.nextInt() & 0xFFFF_FFFFL;
  }

  @Override
  int origin() {
    return DATA + 0x1800;
  }

  @Override
  void setCounter(TestMachine m) {
    m.put32(COUNTER, TURNS);
  }

  @Override
  void count() {
    bytes(0xFF, 0x0D); // dec dword [COUNTER]
    word(COUNTER);
  }

  @Override
  void stack(int opcode) {
    bytes(opcode | pick(VALUES));
  }

  @Override
  void other(int kind) {
    switch (kind) {
      case 0 -> bytes(0x83, 0xC0 | MOVES, random.nextInt(64) - 8); // add r, imm8
      case 1 -> bytes(0x40 | random.nextInt(2) << 3 | MOVES); // inc, dec
      default -> bytes(0x0F, 0xC8 | pick(VALUES)); // bswap
    }
  }

  @Override
  int prefixes(int base) {
    if (random.nextInt(6) == 0) {
      bytes(0x64 | random.nextInt(2)); // FS, GS
    }
    return pick(VALUES);
  }
}
