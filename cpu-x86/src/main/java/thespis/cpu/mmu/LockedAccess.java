package thespis.cpu.mmu;

import thespis.cpu.exec.Breakpoints;
import thespis.cpu.state.Cpu;

/// Locked compare-and-exchange, of which all read-modify-write instructions with LOCK are made. SDM Vol. 3A "Locked Atomic
/// Operations". Operands that span a page edge or lie in a device are done under one lock.
public final class LockedAccess {
  private final Cpu cpu;
  private final Mmu mmu;

  LockedAccess(Cpu cpu, Mmu mmu) {
    this.cpu = cpu;
    this.mmu = mmu;
  }

  /// True if memory held `old` (compared at operand size) and now holds `v`.
  ///
  /// @param size log2 of the operand's bytes
  public boolean compareAndStore(long la, int size, long old, long v) {
    int bytes = 1 << size;
    mmu.checkWrite(la, bytes);
    if ((la & 0xFFF) + bytes > 4096 || mmu.hostForWrite(la) == 0) {
      synchronized (mmu.phys()) {
        if (mmu.load(la, size) != old) {
          return false;
        }
        mmu.store(la, size, v);
        return true;
      }
    }
    watched(la, bytes);
    long a = mmu.hostForWrite(la);
    boolean done =
        switch (size) {
          case 3 -> Mem.cas64(a, old, v);
          case 2 -> Mem.cas32(a, (int) old, (int) v);
          default -> small(a, bytes, old, v);
        };
    if (done && mmu.notifies(la)) {
      mmu.written(a, bytes);
    }
    return done;
  }

  private void watched(long la, int bytes) {
    if (cpu.breakpoints) {
      Breakpoints.data(cpu, la, bytes, true);
    }
  }

  /// LOCK CMPXCHG16B on an aligned address; memory's old content goes to `old`.
  public boolean compareAndStore16(long la, long low, long high, long nextLow, long nextHigh, long[] old) {
    long a = mmu.hostForWrite(la);
    boolean done;
    watched(la, 16);
    if (a != 0) {
      done = Cas128.compareAndSet(a, low, high, nextLow, nextHigh, old);
      if (mmu.notifies(la)) {
        mmu.written(a, 16);
      }
      return done;
    }
    old[0] = mmu.load64(la);
    old[1] = mmu.load64(la + 8);
    done = old[0] == low && old[1] == high;
    mmu.store64(la, done ? nextLow : old[0]);
    mmu.store64(la + 8, done ? nextHigh : old[1]);
    return done;
  }

  /// Bytes and words through the dword that holds them (or, where a word spans two, the quadword at its address).
  private static boolean small(long a, int bytes, long old, long v) {
    long at = a & -4L;
    int shift = (int) (a - at) * 8;
    long mask = (1L << 8 * bytes) - 1;
    if (shift + 8 * bytes > 32) {
      at = a & -8L;
      shift = (int) (a - at) * 8;
      if (shift + 8 * bytes > 64) {
        at = a - 3; // a word over a quadword edge: a split lock, as the guest asked for
        shift = 24;
      }
      while (true) {
        long now = Mem.getVolatile64(at);
        if ((now >>> shift & mask) != (old & mask)) {
          return false;
        }
        if (Mem.cas64(at, now, now & ~(mask << shift) | (v & mask) << shift)) {
          return true;
        }
      }
    }
    while (true) {
      int now = Mem.getVolatile32(at);
      if ((now >>> shift & mask) != (old & mask)) {
        return false;
      }
      if (Mem.cas32(at, now, (int) (now & ~(mask << shift) | (v & mask) << shift))) {
        return true;
      }
    }
  }
}
