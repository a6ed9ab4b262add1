package thespis.qmp.command;

/// Arguments that do not fit the command; the message is QEMU's. Without stack trace: clients cause it.
public final class ArgumentException extends Exception {
  ArgumentException(String message) {
    super(message, null, false, false);
  }
}
