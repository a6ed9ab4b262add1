package thespis.cpu.run;

import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// Registers and code bytes as text, laid out as QEMU's `info registers` has them.
final class CpuDump {
  private static final String[] NAMES = {
    "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8 ", "R9 ", "R10", "R11", "R12", "R13", "R14", "R15"
  };
  private static final int[] ORDER = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};
  private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS", "TR", "LDT"};

  private CpuDump() {}

  static String of(Cpu cpu) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      int r = ORDER[i];
      s.append(String.format("%s=%016x%s", NAMES[r], cpu.reg(8 * r), i % 4 == 3 ? "\n" : " "));
    }
    long f = Flags.rflags(cpu);
    s.append(String.format("RIP=%016x RFL=%08x [%s] CPL=%d HLT=%d%n", cpu.rip(), f, letters(f), cpu.cpl,
        cpu.halted ? 1 : 0));
    for (int i = 0; i < 8; i++) {
      s.append(String.format("%-3s=%04x %016x %08x %05x%n", SEGMENTS[i], cpu.selector[i], cpu.base(i), cpu.limit[i],
          cpu.attr[i]));
    }
    s.append(String.format("GDT=     %016x %08x%n", cpu.gdtBase, cpu.gdtLimit));
    s.append(String.format("IDT=     %016x %08x%n", cpu.idtBase, cpu.idtLimit));
    s.append(String.format("CR0=%08x CR2=%016x CR3=%016x CR4=%08x%n", cpu.cr0, cpu.cr2, cpu.cr3, cpu.cr4));
    s.append(String.format("DR6=%016x DR7=%016x%nEFER=%016x%nCode=%s%n", cpu.dr[6], cpu.dr[7], cpu.efer, code(cpu)));
    return s.toString();
  }

  private static String letters(long f) {
    String names = "D O S Z A P C";
    int[] bits = {Cpu.DF, Cpu.OF, Cpu.SF, Cpu.ZF, Cpu.AF, Cpu.PF, Cpu.CF};
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < bits.length; i++) {
      s.append((f & bits[i]) != 0 ? names.charAt(2 * i) : '-');
    }
    return s.toString();
  }

  private static String code(Cpu cpu) {
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
