package thespis.cpu.apic;

import java.util.concurrent.atomic.AtomicLongArray;
import thespis.cpu.state.StateIo;

/// One of the 256-bit registers with a bit for each vector: ISR, TMR, IRR. SDM Vol. 3A "Interrupt Acceptance for Fixed
/// Interrupts". Any thread.
final class VectorBits {
  private static final int WORDS = 4;

  private final AtomicLongArray words = new AtomicLongArray(WORDS);

  void set(int vector) {
    long bit = 1L << (vector & 63);
    words.getAndUpdate(vector >>> 6, w -> w | bit);
  }

  void clear(int vector) {
    long bit = 1L << (vector & 63);
    words.getAndUpdate(vector >>> 6, w -> w & ~bit);
  }

  boolean has(int vector) {
    return (words.get(vector >>> 6) >>> (vector & 63) & 1) != 0;
  }

  /// The highest vector that is set, or -1.
  int highest() {
    for (int i = WORDS - 1; i >= 0; i--) {
      long w = words.get(i);
      if (w != 0) {
        return i * 64 + 63 - Long.numberOfLeadingZeros(w);
      }
    }
    return -1;
  }

  /// As the register map has them: 32 bits each, from 0.
  int dword(int n) {
    return (int) (words.get(n >>> 1) >>> 32 * (n & 1));
  }

  void reset() {
    for (int i = 0; i < WORDS; i++) {
      words.set(i, 0);
    }
  }

  void state(StateIo io, String name) {
    long[] saved = new long[WORDS];
    for (int i = 0; i < WORDS; i++) {
      saved[i] = words.get(i);
    }
    io.longs(name, saved);
    for (int i = 0; io.loading() && i < WORDS; i++) {
      words.set(i, saved[i]);
    }
  }
}
