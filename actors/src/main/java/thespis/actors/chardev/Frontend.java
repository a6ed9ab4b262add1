package thespis.actors.chardev;

/// Who uses a character device: a serial port, a monitor.
public interface Frontend {
  /// What can happen to the device besides bytes.
  enum Event {
    /// Somebody is at the other end.
    OPENED,
    /// Nobody is any more.
    CLOSED,
    /// A break condition on the line.
    BREAK,
    /// On a shared device: what is typed comes here from now on.
    FOCUS_IN,
    /// What is typed goes elsewhere from now on.
    FOCUS_OUT
  }

  /// Bytes from the other end, on the device's own thread. It may block until there is room: then the other end waits.
  void receive(byte[] bytes);

  default void event(Event event) {}

  /// It is a monitor: on a shared device those come before others.
  default boolean isMonitor() {
    return false;
  }

  /// May another device take the place of the one that it uses?
  default boolean movable() {
    return false;
  }
}
