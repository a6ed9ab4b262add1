package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Damaged and random requests over a socket: each client is served to its end, and the next one finds the server as ever.
/// `-Dthespis.soak.bytes=10000000` makes it a soak.
class QmpFuzzTest {
  private static final long BYTES = Long.getLong("thespis.soak.bytes", 100_000);
  private static final int LONGEST = 4096;
  private static final List<String> REQUESTS = List.of(
      "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob']}}",
      "{'execute': 'query-status', 'id': 1}",
      "{'exec-oob': 'query-name', 'id': {'a': [1, 2.5, null]}}",
      "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"x\", \"id\": \"\\u00e9\"}}",
      "{'execute': 'stop'}{'execute': 'cont'}",
      "{'execute': 'x-thespis-wait-unplug', 'arguments': {'id': 'c1', 'timeout': -1}}",
      "{'execute': 'human-monitor-command', 'arguments': {'command-line': 'info cpus'}}",
      "[[[[{}]]]]",
      "\"\\ud800\" 1e400 nul %d ");

  @TempDir
  Path folder;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void whateverAClientSendsTheNextOneIsServed() throws IOException {
    Random random = new Random(7);
    Path socket = folder.resolve("qmp");
    long sent = 0;
    try (Fixture fixture = new Fixture()) {
      fixture.unix(socket);
      while (sent < BYTES) {
        byte[] noise = noise(random);
        try (QmpClient client = random.nextBoolean() ? QmpClient.ready(socket) : QmpClient.unix(socket)) {
          client.send(noise);
          if (random.nextInt(4) > 0) {
            drain(client);
          }
        }
        sent += noise.length;
        try (QmpClient client = QmpClient.ready(socket)) {
          assertTrue(client.ask("{'execute': 'query-name'}").has("return"), () -> "after " + noise.length + " bytes");
        }
      }
    }
  }

  private static byte[] noise(Random random) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(LONGEST);
    while (text.length() < length) {
      text.append(REQUESTS.get(random.nextInt(REQUESTS.size())));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    for (int damage = random.nextInt(20); damage > 0; damage--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  /// All that was sent is answered before the stream ends.
  private static void drain(QmpClient client) throws IOException {
    client.channel().shutdownOutput();
    ByteBuffer answers = ByteBuffer.allocate(1 << 16);
    while (client.channel().read(answers.clear()) >= 0) {
      // Only the end matters.
    }
  }
}
