package thespis.cpu.silicon;

import java.util.ArrayList;
import java.util.List;

/// The user-mode integer instructions that have a ModRM operand, by encoding: what {@link CodeMaker} can choose from. SDM
/// Vol. 2D "Opcode Map"; what each does to the flags as SDM Vol. 1 "EFLAGS Cross-Reference" has it.
final class IntegerTable {
  static final int CF = 1;
  static final int PF = 4;
  static final int AF = 0x10;
  static final int ZF = 0x40;
  static final int SF = 0x80;
  static final int OF = 0x800;
  static final int ALL = CF | PF | AF | ZF | SF | OF;

  static final int NO_IMM = 0;
  static final int IMM8 = 1;
  /// 16 or 32 bits, by operand size.
  static final int IMM = 2;

  /// What special care an instruction needs.
  enum Care {
    NONE, SHIFT, ROTATE, ROTATE_CARRY, DOUBLE_SHIFT, BIT_OFFSET, DIVIDE, IDIVIDE, COMPARE_EXCHANGE, ADDRESS_ONLY
  }

  /// @param map 0, 0x0F, 0x38 or 0x3A
  /// @param prefix mandatory prefix or 0
  /// @param ext ModRM.reg, or -1 for a register
  /// @param sizes of the r/m operand: letters of `bwdq`
  /// @param where letters: `m` memory, `r` register, `L` LOCK allowed with memory, `V` VEX
  record Row(String name, int map, int prefix, int opcode, int ext, String sizes, String where, int imm, Care care,
      int reads, int writes, int undefined) {
    Row flags(int r, int w, int u) {
      return new Row(name, map, prefix, opcode, ext, sizes, where, imm, care, r, w, u);
    }

    Row care(Care c) {
      return new Row(name, map, prefix, opcode, ext, sizes, where, imm, c, reads, writes, undefined);
    }

    Row imm(int kind) {
      return new Row(name, map, prefix, opcode, ext, sizes, where, kind, care, reads, writes, undefined);
    }

    boolean has(char letter) {
      return where.indexOf(letter) >= 0;
    }
  }

  static final List<Row> ROWS = new ArrayList<>();

  private IntegerTable() {}

  private static Row row(String name, int map, int prefix, int opcode, int ext, String sizes, String where) {
    return new Row(name, map, prefix, opcode, ext, sizes, where, NO_IMM, Care.NONE, 0, 0, 0);
  }

  /// Byte form at `opcode`, wider forms behind it.
  private static void both(Row r) {
    String wide = r.sizes.replace("b", "");
    ROWS.add(new Row(r.name, r.map, r.prefix, r.opcode, r.ext, "b", r.where, r.imm == NO_IMM ? NO_IMM : IMM8, r.care,
        r.reads, r.writes, r.undefined));
    ROWS.add(new Row(r.name, r.map, r.prefix, r.opcode + 1, r.ext, wide, r.where, r.imm, r.care, r.reads, r.writes,
        r.undefined));
  }

  static {
    arithmetic();
    shifts();
    moves();
    bits();
  }

  private static void arithmetic() {
    String[] names = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"};
    for (int i = 0; i < 8; i++) {
      boolean logic = i == 1 || i == 4 || i == 6;
      int reads = i == 2 || i == 3 ? CF : 0;
      int writes = logic ? ALL & ~AF : ALL;
      int undefined = logic ? AF : 0;
      String lock = i == 7 ? "mr" : "mrL";
      both(row(names[i], 0, 0, 8 * i, -1, "bwdq", lock).flags(reads, writes, undefined));
      both(row(names[i], 0, 0, 8 * i + 2, -1, "bwdq", "mr").flags(reads, writes, undefined));
      both(row(names[i], 0, 0, 0x80, i, "bwdq", lock).imm(IMM).flags(reads, writes, undefined));
      ROWS.add(row(names[i], 0, 0, 0x83, i, "wdq", lock).imm(IMM8).flags(reads, writes, undefined));
    }
    both(row("test", 0, 0, 0x84, -1, "bwdq", "mr").flags(0, ALL & ~AF, AF));
    for (int ext = 0; ext < 2; ext++) {
      both(row("test", 0, 0, 0xF6, ext, "bwdq", "mr").imm(IMM).flags(0, ALL & ~AF, AF));
    }
    both(row("not", 0, 0, 0xF6, 2, "bwdq", "mrL"));
    both(row("neg", 0, 0, 0xF6, 3, "bwdq", "mrL").flags(0, ALL, 0));
    both(row("mul", 0, 0, 0xF6, 4, "bwdq", "mr").flags(0, CF | OF, PF | AF | ZF | SF));
    both(row("imul", 0, 0, 0xF6, 5, "bwdq", "mr").flags(0, CF | OF, PF | AF | ZF | SF));
    both(row("div", 0, 0, 0xF6, 6, "bwdq", "mr").care(Care.DIVIDE).flags(0, 0, ALL));
    both(row("idiv", 0, 0, 0xF6, 7, "bwdq", "mr").care(Care.IDIVIDE).flags(0, 0, ALL));
    both(row("inc", 0, 0, 0xFE, 0, "bwdq", "mrL").flags(0, ALL & ~CF, 0));
    both(row("dec", 0, 0, 0xFE, 1, "bwdq", "mrL").flags(0, ALL & ~CF, 0));
    ROWS.add(row("imul", 0x0F, 0, 0xAF, -1, "wdq", "mr").flags(0, CF | OF, PF | AF | ZF | SF));
    ROWS.add(row("imul", 0, 0, 0x69, -1, "wdq", "mr").imm(IMM).flags(0, CF | OF, PF | AF | ZF | SF));
    ROWS.add(row("imul", 0, 0, 0x6B, -1, "wdq", "mr").imm(IMM8).flags(0, CF | OF, PF | AF | ZF | SF));
    both(row("xadd", 0x0F, 0, 0xC0, -1, "bwdq", "mrL").flags(0, ALL, 0));
    both(row("cmpxchg", 0x0F, 0, 0xB0, -1, "bwdq", "mrL").care(Care.COMPARE_EXCHANGE).flags(0, ALL, 0));
    ROWS.add(row("adcx", 0x38, 0x66, 0xF6, -1, "dq", "mr").flags(CF, CF, 0));
    ROWS.add(row("adox", 0x38, 0xF3, 0xF6, -1, "dq", "mr").flags(OF, OF, 0));
    ROWS.add(row("crc32", 0x38, 0xF2, 0xF0, -1, "b", "mr"));
    ROWS.add(row("crc32", 0x38, 0xF2, 0xF1, -1, "wdq", "mr"));
  }

  private static void shifts() {
    String[] names = {"rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar"};
    for (int i = 0; i < 8; i++) {
      Care care = i < 2 ? Care.ROTATE : i < 4 ? Care.ROTATE_CARRY : Care.SHIFT;
      for (int opcode : new int[] {0xC0, 0xD0, 0xD2}) {
        ROWS.add(row(names[i], 0, 0, opcode, i, "b", "mr").imm(opcode == 0xC0 ? IMM8 : NO_IMM).care(care));
        ROWS.add(row(names[i], 0, 0, opcode + 1, i, "wdq", "mr").imm(opcode == 0xC0 ? IMM8 : NO_IMM).care(care));
      }
    }
    for (int opcode : new int[] {0xA4, 0xA5, 0xAC, 0xAD}) {
      ROWS.add(row(opcode < 0xA8 ? "shld" : "shrd", 0x0F, 0, opcode, -1, "wdq", "mr")
          .imm((opcode & 1) == 0 ? IMM8 : NO_IMM).care(Care.DOUBLE_SHIFT));
    }
  }

  private static void moves() {
    both(row("mov", 0, 0, 0x88, -1, "bwdq", "mr"));
    both(row("mov", 0, 0, 0x8A, -1, "bwdq", "mr"));
    both(row("mov", 0, 0, 0xC6, 0, "bwdq", "mr").imm(IMM));
    both(row("xchg", 0, 0, 0x86, -1, "bwdq", "mrL"));
    ROWS.add(row("movzx", 0x0F, 0, 0xB6, -1, "wdq", "mrB"));
    ROWS.add(row("movzx", 0x0F, 0, 0xB7, -1, "wdq", "mr"));
    ROWS.add(row("movsx", 0x0F, 0, 0xBE, -1, "wdq", "mrB"));
    ROWS.add(row("movsx", 0x0F, 0, 0xBF, -1, "wdq", "mr"));
    ROWS.add(row("movsxd", 0, 0, 0x63, -1, "wdq", "mr"));
    ROWS.add(row("lea", 0, 0, 0x8D, -1, "wdq", "m").care(Care.ADDRESS_ONLY));
    ROWS.add(row("movnti", 0x0F, 0, 0xC3, -1, "dq", "m"));
    ROWS.add(row("movbe", 0x38, 0, 0xF0, -1, "wdq", "m"));
    ROWS.add(row("movbe", 0x38, 0, 0xF1, -1, "wdq", "m"));
    ROWS.add(row("nop", 0x0F, 0, 0x1F, 0, "wdq", "mr"));
    ROWS.add(row("prefetch", 0x0F, 0, 0x18, 1, "d", "m"));
    for (int cc = 0; cc < 16; cc++) {
      int reads = condition(cc);
      ROWS.add(row("setcc", 0x0F, 0, 0x90 + cc, 0, "b", "mr").flags(reads, 0, 0));
      ROWS.add(row("cmovcc", 0x0F, 0, 0x40 + cc, -1, "wdq", "mr").flags(reads, 0, 0));
    }
  }

  static int condition(int cc) {
    int[] reads = {OF, CF, ZF, CF | ZF, SF, PF, SF | OF, SF | OF | ZF};
    return reads[cc >> 1];
  }

  private static void bits() {
    int rest = OF | SF | AF | PF;
    for (int i = 0; i < 4; i++) {
      String lock = i == 0 ? "mr" : "mrL";
      String name = new String[] {"bt", "bts", "btr", "btc"}[i];
      ROWS.add(row(name, 0x0F, 0, 0xA3 + 8 * i, -1, "wdq", lock).care(Care.BIT_OFFSET).flags(0, CF, rest));
      ROWS.add(row(name, 0x0F, 0, 0xBA, 4 + i, "wdq", lock).imm(IMM8).flags(0, CF, rest));
    }
    ROWS.add(row("bsf", 0x0F, 0, 0xBC, -1, "wdq", "mr").flags(0, ZF, rest | CF));
    ROWS.add(row("bsr", 0x0F, 0, 0xBD, -1, "wdq", "mr").flags(0, ZF, rest | CF));
    ROWS.add(row("tzcnt", 0x0F, 0xF3, 0xBC, -1, "wdq", "mr").flags(0, ZF | CF, rest));
    ROWS.add(row("lzcnt", 0x0F, 0xF3, 0xBD, -1, "wdq", "mr").flags(0, ZF | CF, rest));
    ROWS.add(row("popcnt", 0x0F, 0xF3, 0xB8, -1, "wdq", "mr").flags(0, ALL, 0));
    ROWS.add(row("andn", 0x38, 0, 0xF2, -1, "dq", "mrV").flags(0, CF | OF | ZF | SF, AF | PF));
    for (int ext = 1; ext <= 3; ext++) {
      ROWS.add(row("blsr", 0x38, 0, 0xF3, ext, "dq", "mrV").flags(0, CF | OF | ZF | SF, AF | PF));
    }
    ROWS.add(row("bzhi", 0x38, 0, 0xF5, -1, "dq", "mrV").flags(0, CF | OF | ZF | SF, AF | PF));
    ROWS.add(row("bextr", 0x38, 0, 0xF7, -1, "dq", "mrV").flags(0, CF | OF | ZF, AF | PF | SF));
    ROWS.add(row("pext", 0x38, 0xF3, 0xF5, -1, "dq", "mrV"));
    ROWS.add(row("pdep", 0x38, 0xF2, 0xF5, -1, "dq", "mrV"));
    ROWS.add(row("mulx", 0x38, 0xF2, 0xF6, -1, "dq", "mrV"));
    ROWS.add(row("shlx", 0x38, 0x66, 0xF7, -1, "dq", "mrV"));
    ROWS.add(row("sarx", 0x38, 0xF3, 0xF7, -1, "dq", "mrV"));
    ROWS.add(row("shrx", 0x38, 0xF2, 0xF7, -1, "dq", "mrV"));
    ROWS.add(row("rorx", 0x3A, 0xF2, 0xF0, -1, "dq", "mrV").imm(IMM8));
  }
}
