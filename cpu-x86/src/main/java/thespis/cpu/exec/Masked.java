package thespis.cpu.exec;

import static thespis.cpu.decode.AvxOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Loads and stores of the elements whose mask has its top bit set; the others touch no memory and can't fault. SDM Vol.
/// 2C "VMASKMOV", "VPMASKMOV", "VGATHERDPS/VGATHERDPD" and others by name.
final class Masked {
  private Masked() {}

  static int run(Cpu cpu, long p, int op) {
    Vectors.require(cpu, p);
    switch (op) {
      case VMASKMOVD -> load(cpu, p, 4);
      case VMASKMOVQ -> load(cpu, p, 8);
      case VMASKSTORED -> store(cpu, p, 4);
      case VMASKSTOREQ -> store(cpu, p, 8);
      case VGATHERDD -> gather(cpu, p, 4, 4);
      case VGATHERDQ -> gather(cpu, p, 4, 8);
      case VGATHERQD -> gather(cpu, p, 8, 4);
      case VGATHERQQ -> gather(cpu, p, 8, 8);
      default -> throw new IllegalStateException("not a masked move: 0x" + Integer.toHexString(op));
    }
    return Flow.NEXT;
  }

  private static boolean chosen(long mask, int at, int size) {
    return Mem.get8(mask + at + size - 1) < 0;
  }

  private static void load(Cpu cpu, long p, int size) {
    int bytes = Vectors.bytes(p);
    long mask = Vectors.first(cpu, p);
    long r = Vectors.result(cpu);
    for (int at = 0; at < bytes; at += 8) {
      Mem.put64(r + at, 0);
    }
    long offset = Operands.offset(cpu, p);
    for (int at = 0; at < bytes; at += size) {
      if (chosen(mask, at, size)) {
        fetch(cpu, Operands.linear(cpu, p, offset + at, size, false), r + at, size);
      }
    }
    Vectors.commit(cpu, p);
  }

  private static void fetch(Cpu cpu, long la, long to, int size) {
    if (size == 8) {
      Mem.put64(to, cpu.mmu.load64(la));
    } else {
      Mem.put32(to, cpu.mmu.load32(la));
    }
  }

  private static void store(Cpu cpu, long p, int size) {
    int bytes = Vectors.bytes(p);
    long mask = Vectors.first(cpu, p);
    long src = Vectors.xmm(cpu, Op.src(p));
    long offset = Operands.offset(cpu, p);
    for (int at = 0; at < bytes; at += size) {
      if (chosen(mask, at, size)) {
        cpu.mmu.checkWrite(Operands.linear(cpu, p, offset + at, size, true), size);
      }
    }
    for (int at = 0; at < bytes; at += size) {
      if (chosen(mask, at, size)) {
        long la = Operands.linear(cpu, p, offset + at, size, true);
        if (size == 8) {
          cpu.mmu.store64(la, Mem.get64(src + at));
        } else {
          cpu.mmu.store32(la, Mem.get32(src + at));
        }
      }
    }
  }

  /// Elements are loaded from the lowest on, and each takes its mask away, so that an instruction that faulted goes on
  /// where it was. In the end the mask is zero, and so is what lies above the elements.
  private static void gather(Cpu cpu, long p, int indexSize, int size) {
    int elements = Vectors.bytes(p) / Math.max(indexSize, size);
    long dst = Vectors.dst(cpu, p);
    long mask = Vectors.first(cpu, p);
    long indices = Vectors.xmm(cpu, Op.index(p));
    long base = Mem.get64(cpu.st + Op.base(p)) + Op.disp(p);
    for (int i = 0; i < elements; i++) {
      int at = i * size;
      if (chosen(mask, at, size)) {
        long index = indexSize == 8 ? Mem.get64(indices + 8L * i) : Mem.get32(indices + 4L * i);
        long offset = base + (index << Op.scale(p));
        if (Op.addressSize(p) == 2) {
          offset &= 0xFFFF_FFFFL;
        }
        fetch(cpu, Operands.linear(cpu, p, offset, size, false), dst + at, size);
        for (int k = 0; k < size; k += 4) {
          Mem.put32(mask + at + k, 0);
        }
      }
    }
    for (int at = 0; at < 32; at += 4) {
      Mem.put32(mask + at, 0);
      if (at >= elements * size) {
        Mem.put32(dst + at, 0);
      }
    }
  }
}
