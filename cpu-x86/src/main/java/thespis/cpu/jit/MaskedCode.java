package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.AvxOps;
import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// Translates loads and stores of chosen elements. A masked move runs as itself where the whole vector lies in one page that
/// is known, and is interpreted else, since elements that are not chosen may lie where nothing is. A gather is done element
/// by element on the registers in the state block, unless an element lies in two pages; what a fault interrupts goes on where
/// it was. SDM Vol. 2C "VMASKMOV", "VPMASKMOV", "VGATHERDPS/VGATHERDPD" and others by name.
final class MaskedCode {
  private MaskedCode() {}

  /// False if it is neither; then nothing was emitted. AVX is needed already.
  ///
  /// @param f fields of the instruction
  static boolean emit(Unit u, long p, AvxCode.Form f) {
    if (u.code32 && u.isMoved()) {
      return false; // some elements may lie outside
    }
    switch (Op.op(p)) {
      case AvxOps.VMASKMOVD, AvxOps.VMASKMOVQ -> move(u, f, false);
      case AvxOps.VMASKSTORED, AvxOps.VMASKSTOREQ -> move(u, f, true);
      case AvxOps.VGATHERDD -> gather(u, p, f, 4, 4);
      case AvxOps.VGATHERDQ -> gather(u, p, f, 4, 8);
      case AvxOps.VGATHERQD -> gather(u, p, f, 8, 4);
      case AvxOps.VGATHERQQ -> gather(u, p, f, 8, 8);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void move(Unit u, AvxCode.Form f, boolean store) {
    u.flags.needSaved();
    u.effectiveAddress(RCX);
    u.segment(16 << f.l());
    u.checkOrInterpret(16 << f.l(), store ? Mmu.STORE : Mmu.LOAD);
    u.vectors.readYmm(f.vvvv());
    if (store) {
      u.vectors.readYmm(f.reg());
    } else {
      u.vectors.writeYmm(f.reg());
    }
    u.a.vexM(f.pp(), f.map(), f.opcode(), f.w(), f.l(), f.reg(), f.vvvv(), RCX, 0);
  }

  private static int slot(int register) {
    return Asm.st(Cpu.XMM + 32 * register);
  }

  private static void gather(Unit u, long p, AvxCode.Form f, int indexSize, int size) {
    Asm a = u.a;
    int elements = (16 << f.l()) / Math.max(indexSize, size);
    int to = slot(f.reg());
    int mask = slot(f.vvvv());
    u.flushXmm();
    u.vectors.are(0, 0);
    u.flags.needSaved();
    u.flags.lost();
    for (int i = 0; i < elements; i++) {
      long skip = unlessChosen(a, mask + i * size + size - 1);
      address(u, p, i, indexSize);
      a.group1(4, 2, RCX, 0xFFF); // AND
      a.group1(7, 2, RCX, 4096 - size);
      u.interpretIf(Asm.CC_A);
      Asm.patch32(skip, a.at);
    }
    for (int i = 0; i < elements; i++) {
      long skip = unlessChosen(a, mask + i * size + size - 1);
      long again = a.at;
      address(u, p, i, indexSize);
      u.check(size, Mmu.LOAD, again);
      a.opM(ONE, 0x8A, size == 8 ? 3 : 2, RAX, RCX, 0);
      a.opM(ONE, 0x88, size == 8 ? 3 : 2, RAX, STATE, to + i * size);
      a.rm(0, ONE, 0xC7, size == 8 ? 1 : 0, 0, STATE, mask + i * size);
      a.d(0);
      Asm.patch32(skip, a.at);
    }
    a.movImm(RAX, 0);
    for (int at = 0; at < 32; at += 8) {
      a.store(RAX, STATE, mask + at);
      if (at >= elements * size) {
        a.store(RAX, STATE, to + at);
      }
    }
  }

  /// A jump that is taken where the top bit of an element of the mask is clear.
  private static long unlessChosen(Asm a, int top) {
    a.opM(ONE, 0x80, 0, 7, STATE, top); // CMP m8, 0
    a.b(0);
    return a.jcc(Asm.CC_NS, a.at);
  }

  /// Linear address of an element to RCX.
  private static void address(Unit u, long p, int element, int indexSize) {
    Asm a = u.a;
    int index = slot(Op.index(p)) + indexSize * element;
    if (indexSize == 8) {
      a.load(RCX, STATE, index);
    } else {
      a.rm(0, ONE, 0x63, 1, RCX, STATE, index); // MOVSXD
    }
    int base = Op.base(p);
    boolean none = base == Op.NO_REG;
    int b = none ? -1 : u.read(base, RAX);
    boolean wide = Op.addressSize(p) == 3;
    a.lea(wide, RCX, b, RCX, Op.scale(p), (int) Op.disp(p));
    u.segment(1);
  }
}
