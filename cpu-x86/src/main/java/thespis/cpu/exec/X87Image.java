package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.fp.Float80;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// FNSTENV, FLDENV, FNSAVE and FRSTOR. SDM Vol. 1 "Protected Mode x87 FPU State Image in Memory, 32-Bit Format" and the
/// three figures after it. Here each register's tag has two bits, worked out from what it holds.
final class X87Image {
  private static final int VALID = 0;
  private static final int ZERO = 1;
  private static final int SPECIAL = 2;
  private static final int EMPTY = 3;

  private X87Image() {}

  private static boolean small(long p) {
    return Op.size(p) == 1;
  }

  private static int environmentBytes(long p) {
    return small(p) ? 14 : 28;
  }

  private static boolean segmented(Cpu cpu) {
    return cpu.protectedMode() && !cpu.vm86();
  }

  /// Two bits for each physical register.
  private static int fullTags(Cpu cpu) {
    int tags = 0;
    for (int n = 0; n < 8; n++) {
      long a = cpu.st + Cpu.FPR + 16L * n;
      boolean used = (Mem.get16(cpu.st + Cpu.FTW) >>> n & 1) != 0;
      tags |= (used ? tag(Mem.get64(a), Mem.get16(a + 8) & 0x7FFF) : EMPTY) << 2 * n;
    }
    return tags;
  }

  private static int tag(long sig, int exp) {
    if (Float80.isZero(sig, exp)) {
      return ZERO;
    }
    return exp == 0 || exp == 0x7FFF || sig >= 0 ? SPECIAL : VALID;
  }

  static void storeEnvironment(Cpu cpu, long p) {
    long la = Operands.linear(cpu, p, environmentBytes(p), true);
    cpu.mmu.checkWrite(la, environmentBytes(p));
    writeEnvironment(cpu, p, la);
    X87State.setFcw(cpu, X87State.fcw(cpu) | 0x3F);
  }

  private static void writeEnvironment(Cpu cpu, long p, long la) {
    int step = small(p) ? 2 : 4;
    put(cpu, la, step, X87State.fcw(cpu));
    put(cpu, la + step, step, X87State.fsw(cpu));
    put(cpu, la + 2L * step, step, fullTags(cpu));
    long fip = Mem.get64(cpu.st + Cpu.FIP);
    long fdp = Mem.get64(cpu.st + Cpu.FDP);
    int fop = Mem.get16(cpu.st + Cpu.FOP) & 0x7FF;
    int fcs = Mem.get16(cpu.st + Cpu.FCS) & 0xFFFF;
    int fds = Mem.get16(cpu.st + Cpu.FDS) & 0xFFFF;
    boolean segmented = segmented(cpu);
    long code = segmented ? fip : fip + (fcs << 4);
    long data = segmented ? fdp : fdp + (fds << 4);
    if (small(p)) {
      cpu.mmu.store16(la + 6, (short) code);
      cpu.mmu.store16(la + 8, (short) (segmented ? fcs : code >>> 4 & 0xF000 | fop));
      cpu.mmu.store16(la + 10, (short) data);
      cpu.mmu.store16(la + 12, (short) (segmented ? fds : data >>> 4 & 0xF000));
    } else if (segmented) {
      cpu.mmu.store32(la + 12, (int) code);
      cpu.mmu.store32(la + 16, fcs | fop << 16);
      cpu.mmu.store32(la + 20, (int) data);
      cpu.mmu.store32(la + 24, fds | 0xFFFF_0000);
    } else {
      put(cpu, la + 12, 4, (int) code & 0xFFFF);
      cpu.mmu.store32(la + 16, (int) (code >>> 16 << 12) | fop);
      put(cpu, la + 20, 4, (int) data & 0xFFFF);
      cpu.mmu.store32(la + 24, (int) (data >>> 16 << 12));
    }
  }

  /// A 16-bit field; in the 32-bit format its upper half reads as ones.
  private static void put(Cpu cpu, long la, int step, int v) {
    if (step == 2) {
      cpu.mmu.store16(la, (short) v);
    } else {
      cpu.mmu.store32(la, v | 0xFFFF_0000);
    }
  }

  static void loadEnvironment(Cpu cpu, long p) {
    long la = Operands.linear(cpu, p, environmentBytes(p), false);
    readEnvironment(cpu, p, la);
  }

  /// All of it is read before any of it counts.
  private static void readEnvironment(Cpu cpu, long p, long la) {
    int step = small(p) ? 2 : 4;
    int fcw = cpu.mmu.load16(la) & 0xFFFF;
    int fsw = cpu.mmu.load16(la + step) & 0xFFFF;
    int tags = cpu.mmu.load16(la + 2L * step) & 0xFFFF;
    long fip;
    long fdp;
    int fop;
    int fcs = 0;
    int fds = 0;
    if (small(p)) {
      fip = cpu.mmu.load16(la + 6) & 0xFFFF;
      int code = cpu.mmu.load16(la + 8) & 0xFFFF;
      fdp = cpu.mmu.load16(la + 10) & 0xFFFF;
      int data = cpu.mmu.load16(la + 12) & 0xFFFF;
      if (segmented(cpu)) {
        fop = Mem.get16(cpu.st + Cpu.FOP) & 0x7FF;
        fcs = code;
        fds = data;
      } else {
        fop = code & 0x7FF;
        fip |= (code & 0xF000L) << 4;
        fdp |= (data & 0xF000L) << 4;
      }
    } else {
      fip = cpu.mmu.load32(la + 12) & 0xFFFF_FFFFL;
      int code = cpu.mmu.load32(la + 16);
      fdp = cpu.mmu.load32(la + 20) & 0xFFFF_FFFFL;
      int data = cpu.mmu.load32(la + 24);
      if (segmented(cpu)) {
        fop = code >>> 16 & 0x7FF;
        fcs = code & 0xFFFF;
        fds = data & 0xFFFF;
      } else {
        fop = code & 0x7FF;
        fip = fip & 0xFFFF | (code & 0x0FFF_F000L) << 4;
        fdp = fdp & 0xFFFF | (data & 0x0FFF_F000L) << 4;
      }
    }
    int used = 0;
    for (int n = 0; n < 8; n++) {
      used |= (tags >>> 2 * n & 3) == EMPTY ? 0 : 1 << n;
    }
    Mem.put16(cpu.st + Cpu.FTW, (short) used);
    Mem.put64(cpu.st + Cpu.FIP, fip);
    Mem.put64(cpu.st + Cpu.FDP, fdp);
    Mem.put16(cpu.st + Cpu.FOP, (short) fop);
    Mem.put16(cpu.st + Cpu.FCS, (short) fcs);
    Mem.put16(cpu.st + Cpu.FDS, (short) fds);
    X87State.setFsw(cpu, fsw);
    X87State.setFcw(cpu, fcw);
  }

  static void save(Cpu cpu, long p) {
    int bytes = environmentBytes(p);
    long la = Operands.linear(cpu, p, bytes + 80, true);
    cpu.mmu.checkWrite(la, bytes + 80);
    writeEnvironment(cpu, p, la);
    for (int i = 0; i < 8; i++) {
      cpu.mmu.store64(la + bytes + 10L * i, X87State.sig(cpu, i));
      cpu.mmu.store16(la + bytes + 10L * i + 8, (short) X87State.se(cpu, i));
    }
    X87State.init(cpu);
  }

  static void restore(Cpu cpu, long p) {
    int bytes = environmentBytes(p);
    long la = Operands.linear(cpu, p, bytes + 80, false);
    cpu.mmu.load8(la + bytes + 79);
    readEnvironment(cpu, p, la);
    int top = X87State.top(cpu);
    for (int i = 0; i < 8; i++) {
      long a = cpu.st + Cpu.FPR + 16L * (top + i & 7);
      Mem.put64(a, cpu.mmu.load64(la + bytes + 10L * i));
      Mem.put16(a + 8, cpu.mmu.load16(la + bytes + 10L * i + 8));
    }
  }
}
