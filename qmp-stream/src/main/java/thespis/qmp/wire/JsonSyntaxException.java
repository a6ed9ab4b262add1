package thespis.qmp.wire;

/// A value whose tokens do not make JSON; the message is QEMU's, without its prefix. Without stack trace: clients cause
/// it.
final class JsonSyntaxException extends Exception {
  JsonSyntaxException(String message) {
    super(message, null, false, false);
  }
}
