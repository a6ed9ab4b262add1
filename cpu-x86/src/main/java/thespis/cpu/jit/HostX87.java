package thespis.cpu.jit;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// The guest's x87 state on its way to the host's registers and back. It goes there when translated code comes to its
/// first x87 or MMX instruction, and comes back when the code stops for anything but a page: between those, entries and
/// exits of the code move it as an image of FNSAVE. SDM Vol. 1 "Protected Mode x87 FPU State Image in Memory, 32-Bit
/// Format".
final class HostX87 {
  private static final int FSW = 4;
  private static final int TAGS = 8;
  private static final int POINTERS = 12;
  private static final int REGISTERS = 28;

  private static final int ALL_MASKED = 0x3F;
  private static final int ES = 0x80;

  private HostX87() {}

  static boolean live(Cpu cpu) {
    return Mem.get32(cpu.st + NativeState.X87_LIVE) != 0;
  }

  /// Lets the code have the registers. False if instructions could raise something that the host must not.
  static boolean lend(Cpu cpu) {
    long st = cpu.st;
    int fsw = Mem.get16(st + Cpu.FSW) & 0xFFFF;
    int fcw = Mem.get16(st + Cpu.FCW) & 0xFFFF;
    if ((cpu.cr0 & (Cpu.CR0_EM | Cpu.CR0_TS)) != 0 || (fcw & ALL_MASKED) != ALL_MASKED || (fsw & ES) != 0) {
      return false;
    }
    long image = st + NativeState.X87_IMAGE;
    Mem.put32(image, fcw);
    Mem.put32(image + FSW, fsw);
    int used = Mem.get16(st + Cpu.FTW);
    int tags = 0;
    for (int n = 0; n < 8; n++) {
      if ((used >>> n & 1) == 0) {
        tags |= 3 << 2 * n;
      }
      long from = physical(st, fsw, n);
      long to = image + REGISTERS + 10 * n;
      Mem.put64(to, Mem.get64(from));
      Mem.put16(to + 8, Mem.get16(from + 8));
    }
    Mem.put32(image + TAGS, tags);
    Mem.fill(image + POINTERS, REGISTERS - POINTERS, (byte) 0);
    Mem.put32(st + NativeState.X87_POINTED, 0);
    Mem.put32(st + NativeState.X87_LIVE, 1);
    return true;
  }

  /// ST(n).
  private static long physical(long st, int fsw, int n) {
    return st + Cpu.FPR + 16L * ((fsw >>> 11) + n & 7);
  }

  /// Takes back what the code left. The pointers to the last instruction are right already, but for the segments.
  static void takeBack(Cpu cpu) {
    long st = cpu.st;
    long image = st + NativeState.X87_IMAGE;
    int fsw = Mem.get16(image + FSW) & 0xFFFF;
    Mem.put16(st + Cpu.FCW, Mem.get16(image));
    Mem.put16(st + Cpu.FSW, (short) fsw);
    int tags = Mem.get16(image + TAGS);
    int used = 0;
    for (int n = 0; n < 8; n++) {
      if ((tags >>> 2 * n & 3) != 3) {
        used |= 1 << n;
      }
      long from = image + REGISTERS + 10 * n;
      long to = physical(st, fsw, n);
      Mem.put64(to, Mem.get64(from));
      Mem.put16(to + 8, Mem.get16(from + 8));
    }
    Mem.put16(st + Cpu.FTW, (short) used);
    Mem.put32(st + NativeState.X87_LIVE, 0);
    point(cpu, Mem.get32(st + NativeState.X87_POINTED));
  }

  /// @param pointed as {@link X87Code} leaves it: opcode of the last instruction, segment of the last operand
  private static void point(Cpu cpu, int pointed) {
    if ((pointed & X87Code.POINTED) != 0) {
      Mem.put16(cpu.st + Cpu.FOP, (short) (pointed & 0x7FF));
      Mem.put16(cpu.st + Cpu.FCS, (short) cpu.selector(Cpu.CS));
    }
    int operand = pointed >>> 16;
    if ((operand & X87Code.POINTED) != 0) {
      int seg = operand & 7;
      Mem.put16(cpu.st + Cpu.FDS, (short) cpu.selector(seg == Op.NO_SEG ? Cpu.DS : seg));
    }
  }
}
