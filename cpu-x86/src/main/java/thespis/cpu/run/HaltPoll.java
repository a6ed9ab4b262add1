package thespis.cpu.run;

import java.util.function.LongSupplier;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Watches a halted processor for a moment before its thread is given up: waking a thread takes longer than the pauses
/// of two processors that work hand in hand. How long depends on how the last halts went: one that ended soon makes for
/// a longer look, a long one for none. Used on the processor's own thread.
final class HaltPoll {
  /// A look is never longer, and a halt that took longer was not worth one.
  private static final long MOST = 200_000;

  private static final long FIRST = 10_000;

  private final Cpu cpu;
  private final LongSupplier nanos;
  private long patience;

  /// When the thread was given up, while it is.
  private long since;

  private boolean resting;

  HaltPoll(Cpu cpu, LongSupplier nanos) {
    this.cpu = cpu;
    this.nanos = nanos;
  }

  /// The processor has halted. True as soon as somebody wants its attention, false if it is to give up its thread.
  boolean attention() {
    long start = nanos.getAsLong();
    long passed = 0;
    while (passed < patience) {
      if (Mem.getVolatile32(cpu.st + Cpu.ATTENTION) != 0) {
        return true;
      }
      Thread.onSpinWait();
      passed = nanos.getAsLong() - start;
    }
    since = start;
    resting = true;
    return false;
  }

  /// The processor has a thread again.
  void resume() {
    if (!resting) {
      return;
    }
    resting = false;
    if (nanos.getAsLong() - since > MOST) {
      patience = 0;
    } else {
      patience = Math.clamp(patience * 2, FIRST, MOST);
    }
  }

  /// Nanoseconds of the next look.
  long patience() {
    return patience;
  }
}
