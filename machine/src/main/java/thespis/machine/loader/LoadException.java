package thespis.machine.loader;

/// A kernel or initrd that cannot be loaded; the message is QEMU's, without the program's name in front.
public final class LoadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LoadException(String message) {
    super(message);
  }

  public LoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
