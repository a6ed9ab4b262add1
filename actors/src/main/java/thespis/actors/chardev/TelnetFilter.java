package thespis.actors.chardev;

import java.io.ByteArrayOutputStream;

/// What a Telnet client sends, without the protocol's own commands. RFC 854 "TELNET Command Structure". Options are not
/// negotiated: the server says how it will be, and the client's answers are passed over.
final class TelnetFilter {
  private static final int IAC = 255, DONT = 254, DO = 253, WONT = 252, WILL = 251, SB = 250, BREAK = 243, SE = 240;
  private static final int BINARY = 0, ECHO = 1, SUPPRESS_GO_AHEAD = 3;

  private enum State {
    DATA,
    COMMAND,
    OPTION,
    SUBNEGOTIATION,
    SUBNEGOTIATION_COMMAND
  }

  private State state = State.DATA;

  /// What is sent to a client that has come: character at a time, echoed by the server, eight bits.
  static byte[] greeting() {
    return new byte[] {
      (byte) IAC, (byte) WILL, ECHO, (byte) IAC, (byte) WILL, SUPPRESS_GO_AHEAD, (byte) IAC, (byte) WILL, BINARY,
      (byte) IAC, (byte) DO, BINARY
    };
  }

  /// @param onBreak called for the client's break key
  byte[] data(byte[] bytes, Runnable onBreak) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
    for (byte each : bytes) {
      int b = each & 0xFF;
      switch (state) {
        case DATA -> {
          if (b == IAC) {
            state = State.COMMAND;
          } else if (b != 0) {
            plain.write(b);
          }
        }
        case COMMAND -> command(b, plain, onBreak);
        case OPTION -> state = State.DATA;
        case SUBNEGOTIATION -> state = b == IAC ? State.SUBNEGOTIATION_COMMAND : state;
        case SUBNEGOTIATION_COMMAND -> state = b == SE ? State.DATA : State.SUBNEGOTIATION;
      }
    }
    return plain.toByteArray();
  }

  private void command(int b, ByteArrayOutputStream plain, Runnable onBreak) {
    state = State.DATA;
    switch (b) {
      case IAC -> plain.write(IAC);
      case WILL, WONT, DO, DONT -> state = State.OPTION;
      case SB -> state = State.SUBNEGOTIATION;
      case BREAK -> onBreak.run();
      default -> { }
    }
  }
}
