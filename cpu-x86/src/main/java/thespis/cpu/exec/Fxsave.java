package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// FXSAVE and FXRSTOR, and the legacy region of XSAVE, which is the same image. SDM Vol. 2A "FXSAVE", table
/// "Non-64-Bit-Mode Layout of FXSAVE and FXRSTOR Memory Region" and those of 64-bit mode.
final class Fxsave {
  static final int BYTES = 512;
  static final int MXCSR_AT = 24;
  private static final int ST_AT = 32;
  private static final int XMM_AT = 160;

  private Fxsave() {}

  private static long operand(Cpu cpu, long p, boolean write) {
    if ((cpu.cr0 & Cpu.CR0_EM) != 0) {
      throw cpu.ud();
    }
    if ((cpu.cr0 & Cpu.CR0_TS) != 0) {
      throw cpu.raise(GuestFault.NM);
    }
    long la = Operands.linear(cpu, p, BYTES, write);
    if ((la & 15) != 0) {
      throw cpu.gp();
    }
    return la;
  }

  static void save(Cpu cpu, long p) {
    long la = operand(cpu, p, true);
    cpu.mmu.checkWrite(la, BYTES);
    StateImage.open(cpu, la, BYTES, Mmu.STORE);
    saveX87(cpu, p, la);
    if ((cpu.cr4 & Cpu.CR4_OSFXSR) != 0) {
      saveMxcsr(cpu, la);
      if (!fast(cpu)) {
        saveXmm(cpu, la);
      }
    }
  }

  static void restore(Cpu cpu, long p) {
    long la = operand(cpu, p, false);
    cpu.mmu.load8(la + BYTES - 1);
    StateImage.open(cpu, la, BYTES, Mmu.LOAD);
    boolean sse = (cpu.cr4 & Cpu.CR4_OSFXSR) != 0;
    if (sse) {
      checkMxcsr(cpu, StateImage.get32(cpu, la + MXCSR_AT));
    }
    restoreX87(cpu, p, la);
    if (sse) {
      Mem.put32(cpu.st + Cpu.MXCSR, StateImage.get32(cpu, la + MXCSR_AT));
      if (!fast(cpu)) {
        restoreXmm(cpu, la);
      }
    }
  }

  /// EFER.FFXSR: no XMM registers for the kernel in 64-bit mode. AMD64 APM Vol. 2 "FXSAVE and FXRSTOR Instructions".
  private static boolean fast(Cpu cpu) {
    return (cpu.efer & Cpu.EFER_FFXSR) != 0 && cpu.cpl == 0 && cpu.code64();
  }

  private static boolean wide(long p) {
    return (Op.prefixes(p) & Op.PREFIX_REX_W) != 0;
  }

  static void checkMxcsr(Cpu cpu, int v) {
    if ((v & ~SseControl.MASK) != 0) {
      throw cpu.gp();
    }
  }

  static void saveX87(Cpu cpu, long p, long la) {
    StateImage.put16(cpu, la, (short) X87State.fcw(cpu));
    StateImage.put16(cpu, la + 2, (short) X87State.fsw(cpu));
    StateImage.put16(cpu, la + 4, (short) (Mem.get16(cpu.st + Cpu.FTW) & 0xFF));
    StateImage.put16(cpu, la + 6, Mem.get16(cpu.st + Cpu.FOP));
    long fip = Mem.get64(cpu.st + Cpu.FIP);
    long fdp = Mem.get64(cpu.st + Cpu.FDP);
    if (wide(p)) {
      StateImage.put64(cpu, la + 8, fip);
      StateImage.put64(cpu, la + 16, fdp);
    } else {
      StateImage.put64(cpu, la + 8, fip & 0xFFFF_FFFFL | (Mem.get16(cpu.st + Cpu.FCS) & 0xFFFFL) << 32);
      StateImage.put64(cpu, la + 16, fdp & 0xFFFF_FFFFL | (Mem.get16(cpu.st + Cpu.FDS) & 0xFFFFL) << 32);
    }
    for (int i = 0; i < 8; i++) {
      StateImage.put64(cpu, la + ST_AT + 16L * i, X87State.sig(cpu, i));
      StateImage.put64(cpu, la + ST_AT + 16L * i + 8, X87State.se(cpu, i));
    }
  }

  static void restoreX87(Cpu cpu, long p, long la) {
    int fsw = StateImage.get16(cpu, la + 2) & 0xFFFF;
    Mem.put16(cpu.st + Cpu.FTW, (short) (StateImage.get16(cpu, la + 4) & 0xFF));
    Mem.put16(cpu.st + Cpu.FOP, (short) (StateImage.get16(cpu, la + 6) & 0x7FF));
    long fip = StateImage.get64(cpu, la + 8);
    long fdp = StateImage.get64(cpu, la + 16);
    if (wide(p)) {
      Mem.put64(cpu.st + Cpu.FIP, fip);
      Mem.put64(cpu.st + Cpu.FDP, fdp);
      Mem.put32(cpu.st + Cpu.FCS, 0);
    } else {
      Mem.put64(cpu.st + Cpu.FIP, fip & 0xFFFF_FFFFL);
      Mem.put64(cpu.st + Cpu.FDP, fdp & 0xFFFF_FFFFL);
      Mem.put16(cpu.st + Cpu.FCS, (short) (fip >>> 32));
      Mem.put16(cpu.st + Cpu.FDS, (short) (fdp >>> 32));
    }
    int top = fsw >>> 11 & 7;
    for (int i = 0; i < 8; i++) {
      long a = cpu.st + Cpu.FPR + 16L * (top + i & 7);
      Mem.put64(a, StateImage.get64(cpu, la + ST_AT + 16L * i));
      Mem.put16(a + 8, StateImage.get16(cpu, la + ST_AT + 16L * i + 8));
    }
    X87State.setFsw(cpu, fsw);
    X87State.setFcw(cpu, StateImage.get16(cpu, la) & 0xFFFF);
  }

  static void saveMxcsr(Cpu cpu, long la) {
    StateImage.put32(cpu, la + MXCSR_AT, Mem.get32(cpu.st + Cpu.MXCSR));
    StateImage.put32(cpu, la + MXCSR_AT + 4, SseControl.MASK);
  }

  private static int registers(Cpu cpu) {
    return cpu.code64() ? 16 : 8;
  }

  static void saveXmm(Cpu cpu, long la) {
    for (int n = 0; n < registers(cpu); n++) {
      long a = Vectors.xmm(cpu, n);
      StateImage.put64(cpu, la + XMM_AT + 16L * n, Mem.get64(a));
      StateImage.put64(cpu, la + XMM_AT + 16L * n + 8, Mem.get64(a + 8));
    }
  }

  static void restoreXmm(Cpu cpu, long la) {
    for (int n = 0; n < registers(cpu); n++) {
      long from = la + XMM_AT + 16L * n;
      Vectors.set(Vectors.xmm(cpu, n), StateImage.get64(cpu, from), StateImage.get64(cpu, from + 8));
    }
  }

  static void clearXmm(Cpu cpu) {
    for (int n = 0; n < registers(cpu); n++) {
      Vectors.set(Vectors.xmm(cpu, n), 0, 0);
    }
  }
}
