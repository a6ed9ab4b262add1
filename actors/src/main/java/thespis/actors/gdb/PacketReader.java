package thespis.actors.gdb;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/// What a debugger sends, taken apart: packets between `$` and `#` with a checksum, Ctrl-C, acknowledgements. GDB manual
/// "Remote Protocol: Overview".
final class PacketReader {
  private static final int INTERRUPT = 3;
  private static final int ESCAPE = '}';
  private static final int ESCAPED = 0x20;

  /// What a debugger was told that a packet may have.
  static final int PACKET_SIZE = 4096;

  private enum State {
    BETWEEN,
    DATA,
    ESCAPED_DATA,
    FIRST_DIGIT,
    SECOND_DIGIT
  }

  private final Consumer<byte[]> packets;
  private final Runnable interrupts;
  private final Consumer<Boolean> checked;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private State state = State.BETWEEN;
  private int sum;
  private int said;

  /// @param interrupts hears of Ctrl-C
  /// @param checked hears of each packet whether its checksum is right
  PacketReader(Consumer<byte[]> packets, Runnable interrupts, Consumer<Boolean> checked) {
    this.packets = packets;
    this.interrupts = interrupts;
    this.checked = checked;
  }

  void read(byte[] bytes) {
    for (byte b : bytes) {
      read(b & 0xFF);
    }
  }

  private void read(int b) {
    switch (state) {
      case BETWEEN -> {
        if (b == '$') {
          begin();
        } else if (b == INTERRUPT) {
          interrupts.run();
        }
      }
      case DATA -> {
        switch (b) {
          case '#' -> state = State.FIRST_DIGIT;
          case '$' -> begin(); // what came before was cut off
          case ESCAPE -> {
            sum += b;
            state = State.ESCAPED_DATA;
          }
          default -> add(b, b);
        }
      }
      case ESCAPED_DATA -> {
        state = State.DATA;
        add(b, b ^ ESCAPED);
      }
      case FIRST_DIGIT -> {
        said = Character.digit(b, 16) << 4;
        state = State.SECOND_DIGIT;
      }
      case SECOND_DIGIT -> {
        state = State.BETWEEN;
        boolean right = (said | Character.digit(b, 16)) == (sum & 0xFF);
        checked.accept(right);
        if (right) {
          packets.accept(data.toByteArray());
        }
      }
    }
  }

  /// A packet that is longer than it may be is none.
  private void add(int sent, int meant) {
    sum += sent;
    data.write(meant);
    if (data.size() > PACKET_SIZE) {
      state = State.BETWEEN;
    }
  }

  private void begin() {
    data.reset();
    sum = 0;
    state = State.DATA;
  }

  /// A packet to be sent.
  static byte[] packet(String text) {
    int sum = 0;
    StringBuilder out = new StringBuilder("$");
    for (char c : text.toCharArray()) {
      if (c == '$' || c == '#' || c == ESCAPE || c == '*') {
        out.append((char) ESCAPE).append((char) (c ^ ESCAPED));
        sum += ESCAPE + (c ^ ESCAPED);
      } else {
        out.append(c);
        sum += c;
      }
    }
    return out.append(String.format("#%02x", sum & 0xFF)).toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
