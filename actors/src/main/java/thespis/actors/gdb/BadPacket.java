package thespis.actors.gdb;

/// A packet that does not have the form that its first letters promise: it is answered with `E22`, EINVAL.
final class BadPacket extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadPacket() {
    super(null, null, false, false);
  }
}
