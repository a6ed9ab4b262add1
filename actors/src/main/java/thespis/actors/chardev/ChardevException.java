package thespis.actors.chardev;

/// A character device cannot be opened. The message is QEMU's, without the option it belongs to.
public final class ChardevException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ChardevException(String message) {
    super(message);
  }
}
