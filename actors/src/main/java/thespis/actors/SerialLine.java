package thespis.actors;

/// What is plugged into a serial port of a machine.
public interface SerialLine {
  /// The machine's end of the line. Any thread.
  interface Port {
    /// Bytes for the guest; they queue until it takes them.
    void receive(byte[] bytes);

    /// How many of them it has not taken yet.
    int queued();

    /// A break condition.
    void receiveBreak();
  }

  /// The name of the character device at the other end, if it has one.
  default String label() {
    return "";
  }

  /// The machine has been made: input goes there from now on.
  void attached(Port port);

  /// Bytes from the guest. Called with the port's lock held: it must be quick and must not call the port. The array is
  /// the port's own.
  void sent(byte[] bytes, int offset, int length);
}
