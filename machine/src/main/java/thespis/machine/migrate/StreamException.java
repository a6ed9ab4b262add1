package thespis.machine.migrate;

import java.io.IOException;

/// A stream that is not a machine's state, not whole, or not this machine's. The text is for the user.
public final class StreamException extends IOException {
  private static final long serialVersionUID = 1;

  public StreamException(String message) {
    super(message);
  }
}
