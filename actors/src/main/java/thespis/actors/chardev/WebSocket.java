package thespis.actors.chardev;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// The server's side of a WebSocket, which carries bytes in binary messages. RFC 6455 "The WebSocket Protocol". Messages
/// are not kept apart; extensions are not offered.
final class WebSocket {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MOST_HEADER_BYTES = 4096;
  private static final int MOST_CONTROL_BYTES = 125;
  private static final int CONTROL = 8;
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final Consumer<byte[]> answers;
  private byte[] pending = {};
  private boolean open;

  /// Of the data frame that is being received: what is still to come, its mask, and how much of it came.
  private long left;

  private final byte[] mask = new byte[4];
  private int received;

  /// @param answers is given what the protocol itself sends
  WebSocket(Consumer<byte[]> answers) {
    this.answers = answers;
  }

  /// Client and server have agreed.
  boolean isOpen() {
    return open;
  }

  /// What a client sends.
  ///
  /// @return the bytes that it carries; null if the talk is over
  byte[] data(byte[] bytes) {
    byte[] all = Arrays.copyOf(pending, pending.length + bytes.length);
    System.arraycopy(bytes, 0, all, pending.length, bytes.length);
    pending = all;
    if (!open) {
      int end = new String(pending, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
      if (end < 0) {
        return pending.length > MOST_HEADER_BYTES ? refuse() : new byte[0];
      }
      String request = new String(pending, 0, end, StandardCharsets.ISO_8859_1);
      pending = Arrays.copyOfRange(pending, end + 4, pending.length);
      if (!shakeHands(request)) {
        return refuse();
      }
      open = true;
    }
    return frames();
  }

  private byte[] refuse() {
    answers.accept(("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII));
    return null;
  }

  /// RFC 6455 "Server-Side Requirements".
  private boolean shakeHands(String request) {
    String[] lines = request.split("\r\n");
    Map<String, String> headers = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(line.substring(0, colon).strip().toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    String key = headers.get("sec-websocket-key");
    String protocols = headers.getOrDefault("sec-websocket-protocol", "");
    boolean fits = lines[0].matches("GET / HTTP/1\\.1")
        && headers.getOrDefault("upgrade", "").equalsIgnoreCase("websocket")
        && headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("upgrade")
        && "13".equals(headers.get("sec-websocket-version"))
        && key != null
        && Arrays.stream(protocols.split(",")).anyMatch(protocol -> protocol.strip().equals("binary"));
    if (fits) {
      answers.accept(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: " + accept(key) + "\r\nSec-WebSocket-Protocol: binary\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
    }
    return fits;
  }

  static String accept(String key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /// RFC 6455 "Base Framing Protocol". What a client sends is always masked. What a data frame carries is passed on as it
  /// comes, however long the frame is; control frames are short.
  private byte[] frames() {
    ByteArrayOutputStream carried = new ByteArrayOutputStream();
    while (true) {
      if (left > 0) {
        byte[] part = unmasked((int) Math.min(left, pending.length));
        left -= part.length;
        carried.writeBytes(part);
      }
      if (left > 0 || pending.length < 2) {
        return carried.toByteArray();
      }
      int header = 2;
      long length = pending[1] & 0x7F;
      int kind = pending[0] & 0x0F;
      if (length >= 126) {
        int more = length == 126 ? 2 : 8;
        if (pending.length < header + more) {
          return carried.toByteArray();
        }
        length = number(header, more);
        header += more;
      }
      boolean control = kind >= CONTROL;
      if ((pending[1] & MASKED) == 0 || length < 0 || control && length > MOST_CONTROL_BYTES) {
        return null;
      }
      if (pending.length < header + mask.length + (control ? length : 0)) {
        return carried.toByteArray();
      }
      System.arraycopy(pending, header, mask, 0, mask.length);
      received = 0;
      pending = Arrays.copyOfRange(pending, header + mask.length, pending.length);
      if (!control) {
        left = length;
      } else if (!answered(kind, unmasked((int) length))) {
        return null;
      }
    }
  }

  /// @return false: the talk is over
  private boolean answered(int kind, byte[] payload) {
    switch (kind) {
      case CLOSE -> answers.accept(frame(CLOSE, payload, 0, payload.length));
      case PING -> answers.accept(frame(PONG, payload, 0, payload.length));
      default -> { }
    }
    return kind != CLOSE;
  }

  private long number(int from, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | pending[from + i] & 0xFF;
    }
    return value;
  }

  /// The next bytes of the frame.
  private byte[] unmasked(int length) {
    byte[] payload = Arrays.copyOf(pending, length);
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[received++ & 3];
    }
    pending = Arrays.copyOfRange(pending, length, pending.length);
    return payload;
  }

  /// Before the handshake nothing can be sent.
  byte[] message(byte[] bytes, int from, int length) {
    return open ? frame(BINARY, bytes, from, length) : new byte[0];
  }

  private static byte[] frame(int kind, byte[] bytes, int from, int length) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(length + 10);
    frame.write(FINAL | kind);
    int more = length < 126 ? 0 : length < 65536 ? 2 : 8;
    frame.write(more == 0 ? length : more == 2 ? 126 : 127);
    for (int i = more - 1; i >= 0; i--) {
      frame.write((int) ((long) length >>> 8 * i));
    }
    frame.write(bytes, from, length);
    return frame.toByteArray();
  }
}
