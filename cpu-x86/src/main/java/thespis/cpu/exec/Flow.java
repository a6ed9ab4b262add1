package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;

/// Where the guest goes behind an instruction.
public final class Flow {
  /// To the next instruction.
  public static final int NEXT = 0;

  /// To RIP.
  public static final int JUMP = 1;

  /// Out of the slice; RIP and {@link Cpu#exit} are set.
  public static final int EXIT = 2;

  private Flow() {}

  /// RIP behind the instruction at `p`; valid inside a family, where RIP is still that of the instruction.
  public static long nextRip(Cpu cpu, long p) {
    long next = Mem.get64(cpu.st + Cpu.RIP) + Op.length(p);
    return (cpu.mode & CodeMode.CODE_64) != 0 ? next : next & 0xFFFF_FFFFL;
  }

  /// Ends the block: the instruction is done, the mode or what may interrupt has changed.
  public static int endBlock(Cpu cpu, long p) {
    cpu.setRip(nextRip(cpu, p));
    return JUMP;
  }

  public static int exit(Cpu cpu, long p, int reason) {
    cpu.setRip(nextRip(cpu, p));
    cpu.exit = reason;
    return EXIT;
  }
}
