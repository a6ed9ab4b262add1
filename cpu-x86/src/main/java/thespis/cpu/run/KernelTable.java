package thespis.cpu.run;

import thespis.cpu.decode.Special;

/// Which function of which kernel class does the work of a special form, and what it wants: the block compiler's view of
/// the classes beside it. Words of `takes`: `c` the vCPU, `m` its MMU, `st` the state block, `d` and `s` registers, `imm`,
/// `la` the address, `p` and `ip` those of the record and the instruction, `fop` opcode and ModRM of an x87
/// instruction, `cc` the condition, `live` whether the flags matter.
final class KernelTable {
  record Row(Class<?> owner, String name, String takes) {
    boolean memory() {
      return (" " + takes).contains(" m ");
    }

    /// Writes all six flags (if they matter) and reads none.
    boolean setsFlags() {
      return takes.endsWith("live") && !takes.startsWith("c ");
    }

    boolean readsFlags() {
      return takes.startsWith("c ");
    }
  }

  private static final Row[] ROWS = new Row[Special.COUNT];

  private KernelTable() {}

  /// Null for forms without a kernel (branches).
  static Row row(int special) {
    return ROWS[special];
  }

  private static void row(int special, Class<?> owner, String name, String takes) {
    ROWS[special] = new Row(owner, name, takes);
  }

  static {
    moves();
    aluOps();
    compareOps();
    unaryOps();
    stackOps();
  }

  private static void moves() {
    row(Special.MOV_RR64, Moves.class, "movRR64", "st d s");
    row(Special.MOV_RR32, Moves.class, "movRR32", "st d s");
    row(Special.MOV_RI, Moves.class, "movRI", "st d imm");
    row(Special.LD64, Moves.class, "ld64", "m st d la");
    row(Special.LD32, Moves.class, "ld32", "m st d la");
    row(Special.LD8, Moves.class, "ld8", "m st d la");
    row(Special.LDZX8, Moves.class, "ldzx8", "m st d la");
    row(Special.LDZX16, Moves.class, "ldzx16", "m st d la");
    row(Special.LDSX8_32, Moves.class, "ldsx8to32", "m st d la");
    row(Special.LDSX8_64, Moves.class, "ldsx8to64", "m st d la");
    row(Special.LDSX16_32, Moves.class, "ldsx16to32", "m st d la");
    row(Special.LDSX16_64, Moves.class, "ldsx16to64", "m st d la");
    row(Special.LDSX32_64, Moves.class, "ldsx32to64", "m st d la");
    row(Special.ST64, Moves.class, "st64", "m st la s");
    row(Special.ST32, Moves.class, "st32", "m st la s");
    row(Special.ST16, Moves.class, "st16", "m st la s");
    row(Special.ST8, Moves.class, "st8", "m st la s");
    row(Special.STI64, Moves.class, "sti64", "m la imm");
    row(Special.STI32, Moves.class, "sti32", "m la imm");
    row(Special.STI8, Moves.class, "sti8", "m la imm");
    row(Special.ZX8, Moves.class, "zx8", "st d s");
    row(Special.ZX16, Moves.class, "zx16", "st d s");
    row(Special.SX8_32, Moves.class, "sx8to32", "st d s");
    row(Special.SX8_64, Moves.class, "sx8to64", "st d s");
    row(Special.SX16_32, Moves.class, "sx16to32", "st d s");
    row(Special.SX16_64, Moves.class, "sx16to64", "st d s");
    row(Special.SX32_64, Moves.class, "sx32to64", "st d s");
    row(Special.LEA64, Moves.class, "lea64", "st d la");
    row(Special.LEA32, Moves.class, "lea32", "st d la");
  }

  private static void aluOps() {
    row(Special.ADD_RR64, AluOps.class, "addRR64", "st d s live");
    row(Special.ADD_RR32, AluOps.class, "addRR32", "st d s live");
    row(Special.ADD_RI64, AluOps.class, "addRI64", "st d imm live");
    row(Special.ADD_RI32, AluOps.class, "addRI32", "st d imm live");
    row(Special.ADD_RM64, AluOps.class, "addRM64", "m st d la live");
    row(Special.ADD_RM32, AluOps.class, "addRM32", "m st d la live");
    row(Special.SUB_RR64, AluOps.class, "subRR64", "st d s live");
    row(Special.SUB_RR32, AluOps.class, "subRR32", "st d s live");
    row(Special.SUB_RI64, AluOps.class, "subRI64", "st d imm live");
    row(Special.SUB_RI32, AluOps.class, "subRI32", "st d imm live");
    row(Special.SUB_RM64, AluOps.class, "subRM64", "m st d la live");
    row(Special.SUB_RM32, AluOps.class, "subRM32", "m st d la live");
    row(Special.AND_RR64, AluOps.class, "andRR64", "st d s live");
    row(Special.AND_RR32, AluOps.class, "andRR32", "st d s live");
    row(Special.AND_RI64, AluOps.class, "andRI64", "st d imm live");
    row(Special.AND_RI32, AluOps.class, "andRI32", "st d imm live");
    row(Special.AND_RM64, AluOps.class, "andRM64", "m st d la live");
    row(Special.AND_RM32, AluOps.class, "andRM32", "m st d la live");
    row(Special.OR_RR64, AluOps.class, "orRR64", "st d s live");
    row(Special.OR_RR32, AluOps.class, "orRR32", "st d s live");
    row(Special.OR_RI64, AluOps.class, "orRI64", "st d imm live");
    row(Special.OR_RI32, AluOps.class, "orRI32", "st d imm live");
    row(Special.OR_RM64, AluOps.class, "orRM64", "m st d la live");
    row(Special.OR_RM32, AluOps.class, "orRM32", "m st d la live");
    row(Special.XOR_RR64, AluOps.class, "xorRR64", "st d s live");
    row(Special.XOR_RR32, AluOps.class, "xorRR32", "st d s live");
    row(Special.XOR_RI64, AluOps.class, "xorRI64", "st d imm live");
    row(Special.XOR_RI32, AluOps.class, "xorRI32", "st d imm live");
    row(Special.XOR_RM64, AluOps.class, "xorRM64", "m st d la live");
    row(Special.XOR_RM32, AluOps.class, "xorRM32", "m st d la live");
    row(Special.ADD_MR64, AluOps.class, "addMR64", "m st la s live");
    row(Special.ADD_MR32, AluOps.class, "addMR32", "m st la s live");
    row(Special.ADD_MI64, AluOps.class, "addMI64", "m st la imm live");
    row(Special.ADD_MI32, AluOps.class, "addMI32", "m st la imm live");
    row(Special.ADC_RR64, AluOps.class, "adcRR64", "c st d s live");
    row(Special.ADC_RI64, AluOps.class, "adcRI64", "c st d imm live");
    row(Special.ADC_RM64, AluOps.class, "adcRM64", "c m st d la live");
    row(Special.SBB_RR64, AluOps.class, "sbbRR64", "c st d s live");
    row(Special.SBB_RR32, AluOps.class, "sbbRR32", "c st d s live");
  }

  private static void compareOps() {
    row(Special.CMP_RR64, CompareOps.class, "cmpRR64", "st d s live");
    row(Special.CMP_RR32, CompareOps.class, "cmpRR32", "st d s live");
    row(Special.CMP_RR8, CompareOps.class, "cmpRR8", "st d s live");
    row(Special.CMP_RI64, CompareOps.class, "cmpRI64", "st d imm live");
    row(Special.CMP_RI32, CompareOps.class, "cmpRI32", "st d imm live");
    row(Special.CMP_RI8, CompareOps.class, "cmpRI8", "st d imm live");
    row(Special.CMP_RM64, CompareOps.class, "cmpRM64", "m st d la live");
    row(Special.CMP_RM32, CompareOps.class, "cmpRM32", "m st d la live");
    row(Special.CMP_MR64, CompareOps.class, "cmpMR64", "m st la s live");
    row(Special.CMP_MR32, CompareOps.class, "cmpMR32", "m st la s live");
    row(Special.CMP_MI64, CompareOps.class, "cmpMI64", "m st la imm live");
    row(Special.CMP_MI32, CompareOps.class, "cmpMI32", "m st la imm live");
    row(Special.CMP_MI16, CompareOps.class, "cmpMI16", "m st la imm live");
    row(Special.CMP_MI8, CompareOps.class, "cmpMI8", "m st la imm live");
    row(Special.TEST_RR64, CompareOps.class, "testRR64", "st d s live");
    row(Special.TEST_RR32, CompareOps.class, "testRR32", "st d s live");
    row(Special.TEST_RR8, CompareOps.class, "testRR8", "st d s live");
    row(Special.TEST_RI32, CompareOps.class, "testRI32", "st d imm live");
    row(Special.TEST_RI8, CompareOps.class, "testRI8", "st d imm live");
    row(Special.TEST_MI8, CompareOps.class, "testMI8", "m st la imm live");
    row(Special.TEST_MI32, CompareOps.class, "testMI32", "m st la imm live");
  }

  private static void unaryOps() {
    row(Special.INC_R64, UnaryOps.class, "incR64", "c st d live");
    row(Special.INC_R32, UnaryOps.class, "incR32", "c st d live");
    row(Special.DEC_R64, UnaryOps.class, "decR64", "c st d live");
    row(Special.DEC_R32, UnaryOps.class, "decR32", "c st d live");
    row(Special.NEG_R64, UnaryOps.class, "negR64", "st d live");
    row(Special.NEG_R32, UnaryOps.class, "negR32", "st d live");
    row(Special.NOT_R64, UnaryOps.class, "notR64", "st d");
    row(Special.SHL_RI64, UnaryOps.class, "shlRI64", "st d imm live");
    row(Special.SHL_RI32, UnaryOps.class, "shlRI32", "st d imm live");
    row(Special.SHR_RI64, UnaryOps.class, "shrRI64", "st d imm live");
    row(Special.SHR_RI32, UnaryOps.class, "shrRI32", "st d imm live");
    row(Special.SAR_RI64, UnaryOps.class, "sarRI64", "st d imm live");
    row(Special.SAR_RI32, UnaryOps.class, "sarRI32", "st d imm live");
    row(Special.IMUL_RR64, UnaryOps.class, "imulRR64", "st d s live");
    row(Special.IMUL_RR32, UnaryOps.class, "imulRR32", "st d s live");
    row(Special.IMUL_RRI64, UnaryOps.class, "imulRRI64", "st d s imm live");
    row(Special.IMUL_RRI32, UnaryOps.class, "imulRRI32", "st d s imm live");
    row(Special.ROL_RI64, UnaryOps.class, "rolRI64", "c st d imm live");
    row(Special.ROL_RI32, UnaryOps.class, "rolRI32", "c st d imm live");
    row(Special.ROR_RI64, UnaryOps.class, "rorRI64", "c st d imm live");
    row(Special.ROR_RI32, UnaryOps.class, "rorRI32", "c st d imm live");
    row(Special.MUL_R64, UnaryOps.class, "mulR64", "st d live");
  }

  private static void stackOps() {
    row(Special.PUSH_R, StackOps.class, "pushR", "m st d");
    row(Special.PUSH_I, StackOps.class, "pushI", "m st imm");
    row(Special.POP_R, StackOps.class, "popR", "m st d");
    row(Special.LEAVE, StackOps.class, "leave", "m st");
    row(Special.SETCC, StackOps.class, "setcc", "c st d cc");
    row(Special.CMOV64, StackOps.class, "cmov64", "c st d s cc");
    row(Special.CMOV32, StackOps.class, "cmov32", "c st d s cc");
  }
}
