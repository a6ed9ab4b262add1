package thespis.cpu.run;

/// The one source of time of a machine. Host-driven or virtual; it stands still while the machine is paused.
public interface GuestClock {
  /// Nanoseconds of guest time since power-on.
  long nanos();

  /// The same, for a chip that tells it to the guest: it may be measuring one clock by another.
  default long measured() {
    return nanos();
  }

  /// False while the machine is paused: what comes from outside then has to wait, as the guest could not hear of it.
  default boolean isRunning() {
    return true;
  }

  /// A processor has a moment between two instructions and holds no lock of a chip's: timers that are due may expire now,
  /// on its thread.
  default void serveDue() {}

  /// A timer of one chip: armed for one deadline at a time.
  Timer timer(String name, Runnable onExpiry);

  /// For one processor, to say when it runs. A clock that follows the host's can then spare it the time for which the
  /// host gave the CPU to somebody else, if that would spoil a measurement.
  ///
  /// @param shortcut is told whenever the processor may compute the time itself
  default Pace pace(Shortcut shortcut) {
    return Pace.NONE;
  }

  /// Guest time as a function of the host's time-stamp counter, for one processor, on whose thread it is told. Closed
  /// when a slice begins.
  interface Shortcut {
    /// For counts from `start` on, `length` of them, guest time is base + ((count - start) * rate >>> 32).
    void open(long start, long length, long rate, long base);

    /// The clock must be asked.
    void close();
  }

  interface Pace {
    Pace NONE = new Pace() {
      @Override
      public void begin() {}

      @Override
      public void end(boolean idle) {}
    };

    /// The processor runs on this thread from now on.
    void begin();

    /// It has stopped running there.
    ///
    /// @param idle it wants to: what follows is not time that it lacks
    void end(boolean idle);
  }

  interface Timer {
    /// Calls `onExpiry` once when {@link GuestClock#nanos} has reached the deadline (at once if it has passed), on the
    /// clock's thread or in {@link GuestClock#serveDue}. Arming again moves the deadline.
    void arm(long deadlineNanos);

    void cancel();
  }
}
