package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The handshake is the example of RFC 6455 "Opening Handshake".
class WebSocketTest {
  static final String REQUEST = "GET / HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
      + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat, binary\r\n"
      + "Sec-WebSocket-Version: 13\r\n\r\n";
  static final String RESPONSE = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: binary\r\n\r\n";

  private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
  private final WebSocket socket = new WebSocket(bytes -> answers.write(bytes, 0, bytes.length));

  static byte[] masked(int kind, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x80 | kind);
    frame.write(0x80 | (bytes.length < 126 ? bytes.length : 126));
    if (bytes.length >= 126) {
      frame.write(bytes.length >>> 8);
      frame.write(bytes.length);
    }
    byte[] mask = {1, 2, 3, 4};
    frame.writeBytes(mask);
    for (int i = 0; i < bytes.length; i++) {
      frame.write(bytes[i] ^ mask[i & 3]);
    }
    return frame.toByteArray();
  }

  private String data(byte[] bytes) {
    return new String(socket.data(bytes), StandardCharsets.ISO_8859_1);
  }

  private void open() {
    data(REQUEST.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void theHandshakeIsTheOneOfTheExample() {
    for (byte b : REQUEST.getBytes(StandardCharsets.US_ASCII)) {
      assertEquals("", data(new byte[] {b}));
    }
    assertEquals(RESPONSE, answers.toString(StandardCharsets.US_ASCII));
    assertTrue(socket.isOpen());
  }

  @ParameterizedTest
  @CsvSource({"GET /,POST /", "websocket,other", "13,12", "binary,text", "Key,Clue", "Connection,Collection"})
  void aRequestThatDoesNotFitIsRefused(String part, String other) {
    assertNull(socket.data(REQUEST.replaceFirst(part, other).getBytes(StandardCharsets.US_ASCII)));
    assertTrue(answers.toString(StandardCharsets.US_ASCII).startsWith("HTTP/1.1 400"));
  }

  @Test
  void framesComeInPiecesAndTogether() {
    open();
    byte[] one = masked(2, "hello");
    assertEquals("", data(Arrays.copyOf(one, 5)));
    assertEquals("h", data(Arrays.copyOfRange(one, 5, 7)));
    assertEquals("ello", data(Arrays.copyOfRange(one, 7, one.length)));
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(masked(1, "a"));
    two.writeBytes(masked(0, "b".repeat(300)));
    assertEquals("a" + "b".repeat(300), data(two.toByteArray()));
  }

  /// Nothing of it is kept.
  @Test
  void aFrameMayBeLongerThanMemory() {
    open();
    byte[] mask = {1, 2, 3, 4};
    byte[] header = {(byte) 0x82, (byte) 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4};
    assertEquals("", data(header));
    for (int i = 0; i < 10; i++) {
      assertEquals("\0".repeat(4), data(mask));
    }
    assertEquals("\0", data(Arrays.copyOf(mask, 1)));
    assertEquals("\0\0", data(Arrays.copyOfRange(mask, 1, 3)));
  }

  /// RFC 6455 "Control Frames".
  @Test
  void aControlFrameIsShort() {
    open();
    assertEquals("", data(masked(9, "x".repeat(125))));
    assertNull(socket.data(masked(9, "x".repeat(126))));
  }

  @Test
  void aPingIsAnsweredAndAnEndToo() {
    open();
    answers.reset();
    assertEquals("", data(masked(9, "x")));
    assertEquals("\u008a\u0001x", answers.toString(StandardCharsets.ISO_8859_1));
    assertNull(socket.data(masked(8, "")));
  }

  @Test
  void whatIsNotMaskedEndsTheTalk() {
    open();
    assertNull(socket.data(new byte[] {(byte) 0x82, 1, 'x'}));
  }

  @ParameterizedTest
  @CsvSource({"5,2", "200,4", "70000,10"})
  void messagesHaveTheShortestLength(int length, int header) {
    assertEquals(0, socket.message(new byte[length], 0, length).length, "before the handshake nothing goes out");
    open();
    byte[] frame = socket.message(new byte[length], 0, length);
    assertEquals(length + header, frame.length);
    assertEquals((byte) 0x82, frame[0]);
  }
}
