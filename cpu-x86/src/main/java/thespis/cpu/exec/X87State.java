package thespis.cpu.exec;

import thespis.cpu.fp.FpEnv;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// The x87's registers in the state block: stack, tags, status and control words. SDM Vol. 1 "x87 FPU Execution
/// Environment".
final class X87State {
  static final int SF = 0x40;
  static final int ES = 0x80;
  static final int C0 = 0x100;
  static final int C1 = 0x200;
  static final int C2 = 0x400;
  static final int C3 = 0x4000;
  static final int TOP = 0x3800;
  static final int BUSY = 0x8000;
  static final int CODES = C0 | C1 | C2 | C3;
  static final int FCW_RESET = 0x037F;

  private X87State() {}

  static int fsw(Cpu cpu) {
    return Mem.get16(cpu.st + Cpu.FSW) & 0xFFFF;
  }

  static void setFsw(Cpu cpu, int v) {
    Mem.put16(cpu.st + Cpu.FSW, (short) v);
  }

  static int fcw(Cpu cpu) {
    return Mem.get16(cpu.st + Cpu.FCW) & 0xFFFF;
  }

  static int top(Cpu cpu) {
    return Mem.get16(cpu.st + Cpu.FSW) >>> 11 & 7;
  }

  static void setTop(Cpu cpu, int top) {
    setFsw(cpu, fsw(cpu) & ~TOP | (top & 7) << 11);
  }

  /// Host address of ST(i).
  static long st(Cpu cpu, int i) {
    return cpu.st + Cpu.FPR + 16L * (top(cpu) + i & 7);
  }

  static boolean empty(Cpu cpu, int i) {
    return (Mem.get16(cpu.st + Cpu.FTW) >>> (top(cpu) + i & 7) & 1) == 0;
  }

  static void use(Cpu cpu, int i) {
    Mem.put16(cpu.st + Cpu.FTW, (short) (Mem.get16(cpu.st + Cpu.FTW) | 1 << (top(cpu) + i & 7)));
  }

  static void free(Cpu cpu, int i) {
    Mem.put16(cpu.st + Cpu.FTW, (short) (Mem.get16(cpu.st + Cpu.FTW) & ~(1 << (top(cpu) + i & 7))));
  }

  static void pop(Cpu cpu) {
    free(cpu, 0);
    setTop(cpu, top(cpu) + 1);
  }

  static void set(Cpu cpu, int i, long sig, int se) {
    long a = st(cpu, i);
    Mem.put64(a, sig);
    Mem.put16(a + 8, (short) se);
    use(cpu, i);
  }

  static long sig(Cpu cpu, int i) {
    return Mem.get64(st(cpu, i));
  }

  static int se(Cpu cpu, int i) {
    return Mem.get16(st(cpu, i) + 8) & 0xFFFF;
  }

  /// ES and B follow from flags and masks.
  static int summarise(int fsw, int fcw) {
    return (fsw & ~fcw & 0x3F) != 0 ? fsw | ES | BUSY : fsw & ~(ES | BUSY);
  }

  /// The environment for one instruction: control word taken, no flags yet.
  static FpEnv begin(Cpu cpu) {
    FpEnv e = cpu.x87;
    e.loadControlWord(fcw(cpu));
    return e;
  }

  /// Flags of a finished computation go to the status word. False if an unmasked exception forbids to store the result.
  static boolean settle(Cpu cpu, FpEnv e) {
    boolean store = !e.preempted();
    setFsw(cpu, summarise(fsw(cpu) & ~C1 | e.flags | (e.roundedUp ? C1 : 0), fcw(cpu)));
    return store;
  }

  /// #IS. True if it is masked.
  static boolean stackFault(Cpu cpu, boolean overflow) {
    int fcw = fcw(cpu);
    setFsw(cpu, summarise(fsw(cpu) & ~C1 | SF | FpEnv.IE | (overflow ? C1 : 0), fcw));
    return (fcw & FpEnv.IE) != 0;
  }

  /// FLDCW: bit 6 always reads as one, and masks may bring an exception to light or hide it.
  static void setFcw(Cpu cpu, int fcw) {
    Mem.put16(cpu.st + Cpu.FCW, (short) (fcw & 0x1F3F | 0x40));
    setFsw(cpu, summarise(fsw(cpu), fcw));
  }

  /// FNINIT.
  static void init(Cpu cpu) {
    withdrawPending(cpu);
    Mem.put16(cpu.st + Cpu.FCW, (short) FCW_RESET);
    Mem.put16(cpu.st + Cpu.FSW, (short) 0);
    Mem.put16(cpu.st + Cpu.FTW, (short) 0);
    Mem.put16(cpu.st + Cpu.FOP, (short) 0);
    Mem.put64(cpu.st + Cpu.FIP, 0);
    Mem.put64(cpu.st + Cpu.FDP, 0);
    Mem.put32(cpu.st + Cpu.FCS, 0);
  }

  /// What a waiting instruction does first: #MF for a pending exception, or with CR0.NE clear the FERR# line, which a PC
  /// wires to IRQ 13. SDM Vol. 1 "Handling x87 FPU Exceptions in Software", "MS-DOS Compatibility Sub-mode".
  static void deliverPending(Cpu cpu) {
    if ((fsw(cpu) & ES) != 0) {
      if ((cpu.cr0 & Cpu.CR0_NE) != 0) {
        throw cpu.raise(GuestFault.MF);
      }
      cpu.bus.ferr(true);
    }
  }

  /// FNCLEX, FNINIT and FNSAVE take a pending exception back.
  static void withdrawPending(Cpu cpu) {
    if ((fsw(cpu) & ES) != 0 && (cpu.cr0 & Cpu.CR0_NE) == 0) {
      cpu.bus.ferr(false);
    }
  }

  /// #NM under CR0.EM or CR0.TS.
  static void require(Cpu cpu) {
    if ((cpu.cr0 & (Cpu.CR0_EM | Cpu.CR0_TS)) != 0) {
      throw cpu.raise(GuestFault.NM);
    }
  }
}
