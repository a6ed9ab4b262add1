package thespis.actors.chardev;

/// A character device cannot be had. The message is the text for the user.
public final class ChardevException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ChardevException(String message) {
    super(message);
  }

  static ChardevException inUse(String label) {
    return new ChardevException("Device '" + label + "' is in use");
  }

  static ChardevException taken(String label) {
    return new ChardevException("attempt to add duplicate property '" + label + "' to object (type 'container')");
  }
}
