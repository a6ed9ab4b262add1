package thespis.qmp;

import java.util.function.LongSupplier;

/// How long to look for a client's next command before the thread is given up: a client that sends it as soon as the last
/// answer is there would else wait for a thread to be woken each time. A wait that ended soon makes for a longer look, a
/// long one for none, so that a quiet monitor costs nothing.
final class QuickLook {
  private static final long FIRST = 10_000;

  /// Of a look, and of a wait that a look would have been worth.
  private static final long MOST = 100_000;

  private final LongSupplier nanos;
  private long patience;
  private long begin;

  /// @param nanos the time
  QuickLook(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// There is nothing to do.
  void begin() {
    begin = nanos.getAsLong();
  }

  /// True while it is too soon to give the thread up.
  boolean goesOn() {
    return patience != 0 && nanos.getAsLong() - begin < patience;
  }

  /// There was something to do only after the thread was given up.
  void missed() {
    patience = nanos.getAsLong() - begin > MOST ? 0 : Math.clamp(patience * 2, FIRST, MOST);
  }
}
