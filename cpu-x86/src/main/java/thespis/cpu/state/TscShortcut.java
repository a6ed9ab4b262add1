package thespis.cpu.state;

import thespis.cpu.mmu.Mem;
import thespis.cpu.run.GuestClock;

/// What one processor's clock says about the host's time-stamp counter, in the state block, where translated code
/// computes the guest's from it. Used on the processor's own thread.
final class TscShortcut implements GuestClock.Shortcut {
  private final Cpu cpu;

  TscShortcut(Cpu cpu) {
    this.cpu = cpu;
  }

  @Override
  public void open(long start, long length, long rate, long base) {
    if (cpu.features.tscHz() != 1_000_000_000L || (cpu.cr4 & Cpu.CR4_TSD) != 0) {
      close();
      return;
    }
    long st = cpu.st;
    Mem.put64(st + NativeState.TSC_START, start);
    Mem.put64(st + NativeState.TSC_RATE, rate);
    Mem.put64(st + NativeState.TSC_BASE, base);
    Mem.put64(st + NativeState.TSC_LENGTH, length);
  }

  @Override
  public void close() {
    Mem.put64(cpu.st + NativeState.TSC_LENGTH, 0);
  }
}
