package thespis.actors.demo;

/// The demo cannot go on. The message is for the user.
public final class DemoException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DemoException(String message) {
    super(message);
  }
}
