package thespis.cpu.silicon;

/// One string instruction for {@link CodeMaker}, with its registers set so that it stays in the data area.
final class StringMaker {
  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RSI = 6;
  private static final int RDI = 7;
  private static final int[] OPCODES = {0xA4, 0xA6, 0xAA, 0xAC, 0xAE};

  private final CodeMaker to;
  private final Operands random;

  StringMaker(CodeMaker to) {
    this.to = to;
    this.random = to.random;
  }

  private long place() {
    return SiliconCode.DATA + 128 + random.below(SiliconCode.DATA_BYTES - 256);
  }

  void make() {
    int opcode = OPCODES[random.below(5)];
    int size = random.below(4);
    int rep = random.below(3);
    boolean small = random.below(4) == 0;
    long junk = small ? random.pattern() << 32 : 0;
    long source = place();
    int near = random.below(4);
    long target = near == 0 ? source : near == 1 ? source + random.below(9) - 4 : place();
    to.put(0xFC | random.below(2));
    to.load(RSI, source | junk);
    to.load(RDI, target | junk);
    int count = random.below(12);
    if (rep != 0) {
      to.load(RCX, count | junk);
    }
    if (random.below(2) == 0) {
      to.load(RAX, random.below(2) == 0 ? 0 : -1);
    }
    if (small) {
      to.put(0x67);
    }
    if (size == 1) {
      to.put(0x66);
    }
    if (rep != 0) {
      to.put(0xF1 + rep);
    }
    if (size == 3) {
      to.put(0x48);
    }
    to.put(size == 0 ? opcode : opcode | 1);
    boolean compares = opcode == 0xA6 || opcode == 0xAE;
    if (compares && (rep == 0 || count != 0)) {
      to.flags(IntegerTable.ALL, 0);
    }
  }
}
