package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import thespis.qmp.wire.Input;
import thespis.qmp.wire.JsonReader;

/// A monitor on a terminal or pipe.
@Timeout(60)
class DeviceListenerTest {
  private final Fixture fixture = new Fixture();
  private final BlockingQueue<byte[]> output = new LinkedBlockingQueue<>();
  private final DeviceListener device = new DeviceListener(output::add);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void whoComesIsGreetedAndServedAndSoIsTheNext() throws InterruptedException {
    fixture.serve(device);
    for (int client = 0; client < 2; client++) {
      device.opened();
      assertTrue(next().has("QMP"));
      type("{'execute': 'qmp_capabilities'}");
      assertTrue(next().has("return"));
      type("{'execute': 'query-status'}");
      assertEquals("prelaunch", next().at("/return/status").textValue());
      device.closed();
    }
  }

  @Test
  void whatIsTypedBeforeTheMonitorIsThereIsKept() throws InterruptedException {
    device.opened();
    type("{'execute': 'qmp_capabilities'}");
    fixture.serve(device);
    assertTrue(next().has("QMP"));
    assertTrue(next().has("return"));
  }

  @Test
  void withPrettyOnAnswersHaveLineBreaks() throws InterruptedException {
    fixture.serve(device, true, new CompletableFuture<>());
    device.opened();
    assertEquals(
        "{\r\n    \"QMP\": {\r\n        \"version\": {\r\n            \"qemu\": {\r\n                \"micro\": 22,\r\n"
            + "                \"minor\": 2,\r\n                \"major\": 7\r\n            },\r\n"
            + "            \"package\": \"test\"\r\n        },\r\n        \"capabilities\": [\r\n"
            + "            \"oob\"\r\n        ]\r\n    }\r\n}\r\n",
        new String(output.take(), StandardCharsets.US_ASCII));
    type("{'execute': 'qmp_capabilities', 'id': []}");
    assertEquals(
        "{\r\n    \"return\": {\r\n    },\r\n    \"id\": [\r\n    ]\r\n}\r\n",
        new String(output.take(), StandardCharsets.US_ASCII));
  }

  @Test
  void theDeviceWaitsWhileTheClientIsAheadOfItsAnswers() throws InterruptedException {
    fixture.serve(device);
    device.opened();
    next();
    type("{'execute': 'qmp_capabilities'}");
    next();
    type("{'execute': 'system_reset'}");
    Thread typist = Thread.ofVirtual().start(() -> {
      for (int i = 0; i < 10; i++) {
        try {
          type("{'execute': 'query-status', 'id': " + i + "}");
        } catch (InterruptedException e) {
          return;
        }
      }
    });
    assertFalse(typist.join(Duration.ofMillis(50)), "it should be held back");
    fixture.board.tell(new StubBoard.Release());
    assertTrue(next().has("return"));
    for (int i = 0; i < 10; i++) {
      assertEquals(i, next().get("id").intValue());
    }
    typist.join();
  }

  private void type(String text) throws InterruptedException {
    device.received(text.getBytes(StandardCharsets.US_ASCII));
  }

  private JsonNode next() throws InterruptedException {
    byte[] bytes = output.take();
    JsonReader reader = new JsonReader();
    reader.feed(bytes, 0, bytes.length);
    return ((Input.Value) reader.next()).json();
  }
}
