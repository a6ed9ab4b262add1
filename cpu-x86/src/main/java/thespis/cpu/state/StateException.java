package thespis.cpu.state;

/// What was to be loaded cannot be the state of this device or processor. The text says which field, and why.
public final class StateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StateException(String message) {
    super(message);
  }
}
