package thespis.cpu.run;

import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// Registers as text, laid out as QEMU's `info registers` has them: 64-bit names in 64-bit code, 32-bit ones elsewhere.
final class CpuDump {
  private static final String[] NAMES = {"AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"};
  private static final int[] ORDER = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};
  private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS", "LDT", "TR"};
  private static final int[] SEGMENT_ORDER = {Cpu.ES, Cpu.CS, Cpu.SS, Cpu.DS, Cpu.FS, Cpu.GS, Cpu.LDTR, Cpu.TR};
  private static final int XCR0_AVX = 4;

  /// QEMU differs: a null selector in LDTR leaves the attributes of the last table, which is the one of reset.
  private static final int NULL_LDT = 0x82;

  /// SDM Vol. 3A "System-Segment and Gate-Descriptor Types", with and without IA-32e mode.
  private static final String[][] SYSTEM_TYPES = {
    {
      "Reserved", "TSS16-avl", "LDT", "TSS16-busy", "CallGate16", "TaskGate", "IntGate16", "TrapGate16",
      "Reserved", "TSS32-avl", "Reserved", "TSS32-busy", "CallGate32", "Reserved", "IntGate32", "TrapGate32"
    },
    {
      "<hiword>", "Reserved", "LDT", "Reserved", "Reserved", "Reserved", "Reserved", "Reserved",
      "Reserved", "TSS64-avl", "Reserved", "TSS64-busy", "CallGate64", "Reserved", "IntGate64", "TrapGate64"
    }
  };

  private final Cpu cpu;
  private final boolean wide;
  private boolean lazyFlags;
  private final StringBuilder out = new StringBuilder();

  private CpuDump(Cpu cpu) {
    this.cpu = cpu;
    this.wide = cpu.code64();
  }

  /// @param halted HLT or wait-for-SIPI
  static String of(Cpu cpu, boolean halted) {
    CpuDump dump = new CpuDump(cpu);
    dump.general(halted);
    dump.system();
    dump.floatingPoint();
    dump.vectors();
    return dump.out.toString();
  }

  /// Name of a 64-bit general register by its number.
  static String register(int r) {
    return r >= 8 ? "R" + r : "R" + NAMES[r];
  }

  /// As QEMU's `-d` has them: where it keeps lazy flags ours are all worked out.
  ///
  /// @param floating the floating-point and vector registers too
  static String forLog(Cpu cpu, boolean halted, boolean floating) {
    CpuDump dump = new CpuDump(cpu);
    dump.lazyFlags = true;
    dump.general(halted);
    dump.system();
    if (floating) {
      dump.floatingPoint();
      dump.vectors();
    }
    return dump.out.toString();
  }

  private void add(String format, Object... values) {
    out.append(String.format(format, values));
  }

  /// An address or register of the mode's width.
  private String word(long value) {
    return wide ? String.format("%016x", value) : String.format("%08x", (int) value);
  }

  private void general(boolean halted) {
    for (int i = 0; i < (wide ? 16 : 8); i++) {
      int r = ORDER[i];
      String name = r >= 8 ? String.format("R%-2d", r) : (wide ? "R" : "E") + NAMES[r];
      add("%s=%s%s", name, word(cpu.reg(8 * r)), i % 4 == 3 ? "\n" : " ");
    }
    long flags = Flags.rflags(cpu);
    add("%s=%s %s=%08x [%s] CPL=%d II=%d A20=1 SMM=0 HLT=%d\n", wide ? "RIP" : "EIP", word(cpu.rip()),
        wide ? "RFL" : "EFL", (int) flags, letters(flags), cpu.cpl, cpu.interruptShadow ? 1 : 0, halted ? 1 : 0);
  }

  private static String letters(long f) {
    String names = "DOSZAPC";
    int[] bits = {Cpu.DF, Cpu.OF, Cpu.SF, Cpu.ZF, Cpu.AF, Cpu.PF, Cpu.CF};
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < bits.length; i++) {
      s.append((f & bits[i]) != 0 ? names.charAt(i) : '-');
    }
    return s.toString();
  }

  private void system() {
    for (int i = 0; i < SEGMENTS.length; i++) {
      segment(SEGMENTS[i], SEGMENT_ORDER[i]);
    }
    add("GDT=     %s %08x\n", word(cpu.gdtBase()), cpu.gdtLimit());
    add("IDT=     %s %08x\n", word(cpu.idtBase), cpu.idtLimit);
    add("CR0=%08x CR2=%s CR3=%s CR4=%08x\n", cpu.cr0, word(cpu.cr2()), word(cpu.cr3), cpu.cr4);
    for (int i = 0; i < 4; i++) {
      add("DR%d=%016x ", i, cpu.dr[i]);
    }
    add("\nDR6=%016x DR7=%016x\n", cpu.dr[6], cpu.dr[7]);
    if (lazyFlags) {
      add("CCS=%s CCD=%s CCO=EFLAGS\n", word(Flags.arithmetic(cpu)), word(0));
    }
    add("EFER=%016x\n", cpu.efer);
  }

  private static int attributes(Cpu cpu, int s) {
    int attr = cpu.attr[s];
    return s == Cpu.LDTR && (attr & Cpu.ATTR_UNUSABLE) != 0 ? NULL_LDT : attr;
  }

  /// The upper half of a segment's descriptor without its base.
  static int descriptorFlags(Cpu cpu, int s) {
    int attr = attributes(cpu, s);
    int limit = cpu.limit[s];
    int limitBits = (attr & Cpu.ATTR_G) != 0 ? limit >>> 28 : limit >>> 16 & 0xF;
    return (attr & 0xF0FF) << 8 | limitBits << 16;
  }

  private void segment(String name, int s) {
    int attr = attributes(cpu, s);
    add("%-3s=%04x %s %08x %08x", name, cpu.selector(s), word(cpu.base(s)), cpu.limit[s], descriptorFlags(cpu, s));
    if (cpu.protectedMode() && (attr & Cpu.ATTR_P) != 0) {
      add(" DPL=%d %s", attr >>> 5 & 3, (attr & Cpu.ATTR_S) != 0 ? ordinary(attr)
          : SYSTEM_TYPES[cpu.longMode() ? 1 : 0][attr & Cpu.ATTR_TYPE]);
    }
    out.append('\n');
  }

  private String ordinary(int attr) {
    boolean code = (attr & 8) != 0;
    boolean wideOrLong = (attr & Cpu.ATTR_DB) != 0 || cpu.longMode();
    String kind = code
        ? (attr & Cpu.ATTR_L) != 0 ? "CS64" : (attr & Cpu.ATTR_DB) != 0 ? "CS32" : "CS16"
        : wideOrLong ? "DS  " : "DS16";
    return kind + " [" + ((attr & 4) != 0 ? code ? 'C' : 'E' : '-') + ((attr & 2) != 0 ? code ? 'R' : 'W' : '-')
        + ((attr & 1) != 0 ? 'A' : '-') + "]";
  }

  /// Floating-point and vector registers of a state block.
  static String floating(long st) {
    StringBuilder s = new StringBuilder(x87(st));
    for (int i = 0; i < 16; i++) {
      long at = st + Cpu.XMM + 32L * i;
      s.append(String.format("YMM%02d=%016x %016x %016x %016x\n", i, Mem.get64(at + 24), Mem.get64(at + 16),
          Mem.get64(at + 8), Mem.get64(at)));
    }
    return s.toString();
  }

  private void floatingPoint() {
    out.append(x87(cpu.st));
  }

  private static String x87(long st) {
    StringBuilder s = new StringBuilder();
    int fsw = Mem.get16(st + Cpu.FSW) & 0xFFFF;
    s.append(String.format("FCW=%04x FSW=%04x [ST=%d] FTW=%02x MXCSR=%08x\n", Mem.get16(st + Cpu.FCW) & 0xFFFF, fsw,
        fsw >>> 11 & 7, Mem.get8(st + Cpu.FTW) & 0xFF, Mem.get32(st + Cpu.MXCSR)));
    for (int i = 0; i < 8; i++) {
      long at = st + Cpu.FPR + 16L * i;
      s.append(String.format("FPR%d=%016x %04x%s", i, Mem.get64(at), Mem.get16(at + 8) & 0xFFFF, i % 2 == 1 ? "\n" : " "));
    }
    return s.toString();
  }

  private void vectors() {
    boolean avx = (Mem.get32(cpu.st + Cpu.XCR0) & XCR0_AVX) != 0;
    for (int i = 0; i < (wide ? 16 : 8); i++) {
      long at = cpu.st + Cpu.XMM + 32L * i;
      if (avx) {
        add("YMM%02d=%016x %016x %016x %016x\n", i, Mem.get64(at + 24), Mem.get64(at + 16), Mem.get64(at + 8),
            Mem.get64(at));
      } else {
        add("XMM%02d=%016x %016x%s", i, Mem.get64(at + 8), Mem.get64(at), i % 2 == 1 ? "\n" : " ");
      }
    }
  }

  /// The code bytes round the instruction pointer, which is in brackets.
  static String code(Cpu cpu) {
    Mmu mmu = cpu.mmu;
    long la = cpu.code64() ? cpu.rip() : cpu.base(Cpu.CS) + cpu.rip() & 0xFFFF_FFFFL;
    StringBuilder s = new StringBuilder();
    for (int i = -16; i < 24; i++) {
      long gpa = mmu.probe(la + i);
      long host = gpa < 0 ? 0 : mmu.phys().hostForRead(gpa);
      String b = host == 0 ? "??" : String.format("%02x", Mem.get8(host));
      s.append(i == 0 ? "<" + b + ">" : b).append(' ');
    }
    return s.toString().trim();
  }
}
