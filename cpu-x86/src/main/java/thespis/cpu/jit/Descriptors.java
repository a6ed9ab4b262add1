package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import java.util.function.IntConsumer;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.state.Cpu;

/// Reads descriptors of the GDT in translated code. SDM Vol. 3A "Segment Descriptor Tables".
final class Descriptors {
  /// Bits of a selector that say something else than the descriptor's place in the GDT.
  static final int TABLE_AND_RPL = 7;

  static final int TABLE = 4;

  private Descriptors() {}

  /// The descriptor whose selector is in EAX goes to RCX, if the GDT has it in supervisor's memory that is known.
  ///
  /// @param otherwise emits a jump by a condition
  static void look(Asm a, IntConsumer otherwise) {
    a.group1(1, 2, RAX, TABLE_AND_RPL); // OR
    a.rm(0, ONE, 0x3B, 0, RAX, STATE, Asm.st(Cpu.GDT_LIMIT));
    otherwise.accept(Asm.CC_A);
    a.group1(4, 2, RAX, ~TABLE_AND_RPL);
    a.loadState(RCX, Cpu.GDT_BASE);
    a.rr(0, ONE, 0x03, 1, RCX, RAX);
    a.rorx(2, RAX, RCX, Tlb.INDEX_SHIFT);
    a.group1(4, 2, RAX, Tlb.INDEX_MASK);
    int table = Asm.st(Cpu.TLB) + Tlb.SUPERVISOR * Tlb.TABLE_BYTES;
    a.rmx(0x2B, RCX, STATE, RAX, table + Tlb.TAG_READ); // SUB
    a.group1(7, 3, RCX, 4096 - 8);
    otherwise.accept(Asm.CC_A);
    a.rmx(0x03, RCX, STATE, RAX, table + Tlb.HOST);
    a.load(RCX, RCX, 0);
  }
}
