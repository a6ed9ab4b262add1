package thespis.cpu.run;

/// The one source of time of a machine. Host-driven or virtual; it stands still while the machine is paused.
public interface GuestClock {
  /// Nanoseconds of guest time since power-on.
  long nanos();

  /// A timer of one chip: armed for one deadline at a time.
  Timer timer(String name, Runnable onExpiry);

  interface Timer {
    /// Calls `onExpiry` once when {@link GuestClock#nanos} has reached the deadline (at once if it has passed), on the
    /// clock's thread. Arming again moves the deadline.
    void arm(long deadlineNanos);

    void cancel();
  }
}
