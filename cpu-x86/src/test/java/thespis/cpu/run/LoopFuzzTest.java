package thespis.cpu.run;

import java.util.Random;
import thespis.cpu.state.Cpu;

/// Loops of 64-bit code.
class LoopFuzzTest extends LoopFuzz {
  private static final long PAGES = 0x4000;
  private static final int MOVSXD = 0x63;
  private static final int[] MOVE = {6, 10};
  private static final int[] VALUES = {0, 1, 2, 12, 13, 14, 15};

  LoopFuzzTest() {
    super(16, new int[] {3, 5, 7, 8, 9}, MOVE, MOVSXD);
  }

  @Override
  void start(TestMachine m) {
    m.start64(0, CODE, PAGES, 0x1800);
    m.mapPages(PAGES);
  }

  @Override
  long value(Random state) {
    return state.nextLong();
  }

  @Override
  int origin() {
    return DATA + 0x800;
  }

  @Override
  void setCounter(TestMachine m) {
    m.cpu().setReg(Cpu.R11, TURNS);
  }

  @Override
  void count() {
    bytes(0x41, 0xFF, 0xCB); // dec r11d
  }

  @Override
  void stack(int opcode) {
    int r = pick(VALUES);
    bytes(0x40 | r >>> 3, opcode | r & 7);
  }

  @Override
  void other(int kind) {
    if (kind < 2) {
      int r = pick(MOVE);
      bytes(0x48 | r >>> 3, 0x83, 0xC0 | r & 7, random.nextInt(64) - 8); // add r, imm8
    } else {
      bytes(0x0F, 0xC8 | VALUES[random.nextInt(3)]); // bswap
    }
  }

  @Override
  int prefixes(int base) {
    int r = pick(VALUES);
    bytes(0x40 | random.nextInt(2) << 3 | r >>> 3 << 2 | base >>> 3);
    return r & 7;
  }
}
