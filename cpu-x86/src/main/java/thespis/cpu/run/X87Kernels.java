package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.exec.X87Forms;

/// Kernels of the common x87 instructions for compiled blocks: by opcode and ModRM.reg, as SDM Vol. 2D "Escape Opcode
/// Instructions" has them.
final class X87Kernels {
  private static final KernelTable.Row[] REGISTERS = new KernelTable.Row[64];
  private static final KernelTable.Row[] MEMORY = new KernelTable.Row[64];
  private static final KernelTable.Row ONE = register("loadOne");
  private static final KernelTable.Row ZERO = register("loadZero");
  private static final KernelTable.Row SIGN = register("changeSign");

  private X87Kernels() {}

  /// The kernel of the record at `p`; null if its family must do it. FS and GS operands stay out: their offset differs
  /// from the linear address.
  static KernelTable.Row row(long p) {
    if (Op.legacy(p)) {
      return null;
    }
    int modrm = Op.modrm(p);
    int row = (Op.opcode(p) & 7) << 3 | modrm >>> 3 & 7;
    if (modrm < 0xC0) {
      return Op.addressSize(p) == 3 && Op.seg(p) == Op.NO_SEG ? MEMORY[row] : null;
    }
    int i = modrm & 7;
    return switch (row) {
      case 015 -> i == 0 ? ONE : i == 6 ? ZERO : null;
      case 014 -> i < 2 ? SIGN : null;
      default -> REGISTERS[row];
    };
  }

  private static KernelTable.Row register(String name) {
    return new KernelTable.Row(X87Forms.class, name, "c m st p ip fop");
  }

  private static KernelTable.Row memory(String name) {
    return new KernelTable.Row(X87Forms.class, name, "c m st p ip fop la");
  }

  static {
    for (int opcode : new int[] {000, 040, 060}) {
      for (int function : new int[] {0, 1, 4, 5, 6, 7}) {
        REGISTERS[opcode | function] = register("arithmetic");
      }
    }
    for (int opcode : new int[] {000, 040}) {
      for (int function : new int[] {0, 1, 4, 5, 6, 7}) {
        MEMORY[opcode | function] = memory("arithmeticMemory");
      }
    }
    REGISTERS[010] = register("loadRegister");
    REGISTERS[011] = register("exchange");
    REGISTERS[052] = REGISTERS[053] = register("storeRegister");
    REGISTERS[035] = REGISTERS[036] = REGISTERS[075] = REGISTERS[076] = register("compareFlags");
    MEMORY[010] = MEMORY[050] = memory("load");
    MEMORY[012] = MEMORY[013] = MEMORY[052] = MEMORY[053] = memory("store");
    MEMORY[015] = memory("loadControl");
    MEMORY[017] = memory("storeControl");
    MEMORY[030] = MEMORY[070] = MEMORY[075] = memory("loadInteger");
    MEMORY[032] = MEMORY[033] = MEMORY[072] = MEMORY[073] = MEMORY[077] = memory("storeInteger");
    MEMORY[035] = memory("load80");
    MEMORY[037] = memory("store80");
  }
}
