package thespis.cpu.exec;

import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Memory that FXSAVE, XSAVE and their like write or read in many pieces: where all of it lies in one page that the address
/// cache knows, the pieces go straight there.
final class StateImage {
  private StateImage() {}

  /// To be called before the others, with all that they may touch, once an access to the last byte has gone well.
  static void open(Cpu cpu, long la, int bytes, int access) {
    cpu.window = cpu.mmu.window(la, bytes, access);
  }

  static void put64(Cpu cpu, long la, long v) {
    if (cpu.window != 0) {
      Mem.store64(la + cpu.window, v);
    } else {
      cpu.mmu.store64(la, v);
    }
  }

  static void put32(Cpu cpu, long la, int v) {
    if (cpu.window != 0) {
      Mem.store32(la + cpu.window, v);
    } else {
      cpu.mmu.store32(la, v);
    }
  }

  static void put16(Cpu cpu, long la, short v) {
    if (cpu.window != 0) {
      Mem.store16(la + cpu.window, v);
    } else {
      cpu.mmu.store16(la, v);
    }
  }

  static long get64(Cpu cpu, long la) {
    return cpu.window != 0 ? Mem.load64(la + cpu.window) : cpu.mmu.load64(la);
  }

  static int get32(Cpu cpu, long la) {
    return cpu.window != 0 ? Mem.load32(la + cpu.window) : cpu.mmu.load32(la);
  }

  static short get16(Cpu cpu, long la) {
    return cpu.window != 0 ? Mem.load16(la + cpu.window) : cpu.mmu.load16(la);
  }
}
