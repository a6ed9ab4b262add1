package thespis.cpu.model;

/// The user asked for a processor or a machine that can't be. The message is the whole text for the user, in QEMU's
/// words.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
