package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Conversations with QEMU 7.2, held with a stub machine: messages and their order have to be the recorded ones.
@Timeout(60)
class GoldenTest {
  @TempDir
  private Path dir;

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {
      "malformed-json",
      "request-shape-errors",
      "argument-errors",
      "id-echo",
      "before-capabilities",
      "oob-not-enabled",
      "reconnect-needs-negotiation",
      "events-before-negotiation-are-lost"
  })
  void theConversationIsTheRecordedOne(String scenario) throws IOException {
    try (Fixture fixture = new Fixture();
        InputStream in = GoldenTest.class.getResourceAsStream(scenario + ".jsonl")) {
      fixture.unix(dir.resolve("a"));
      fixture.unix(dir.resolve("b"));
      Map<String, QmpClient> clients = new HashMap<>();
      int compared = 0;
      for (JsonNode step : new ObjectMapper().readTree(in).get("exchange")) {
        String conn = step.path("conn").asText("a");
        if (step.has("recv")) {
          assertEquals(
              normal(step.get("recv")), normal(clients.get(conn).read()), scenario + ": message " + compared);
          compared++;
        } else if (step.has("connect")) {
          String name = step.get("connect").textValue();
          clients.put(name, QmpClient.unix(dir.resolve(name)));
        } else if (step.has("disconnect")) {
          clients.remove(step.get("disconnect").textValue()).close();
        } else if (step.has("send")) {
          clients.get(conn).send((step.get("send") + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
          clients.get(conn).send(step.get("send_raw").textValue());
        }
      }
      assertTrue(compared > 4);
      clients.values().forEach(QmpClient::close);
    }
  }

  /// Without what differs from run to run: versions, times, thread ids; numbers by value.
  private static JsonNode normal(JsonNode message) throws IOException {
    JsonNode copy = new ObjectMapper().readTree(message.toString());
    if (copy.has("QMP")) {
      ((ObjectNode) copy.at("/QMP/version")).put("package", "");
    }
    if (copy.has("timestamp")) {
      ((ObjectNode) copy).putObject("timestamp").put("seconds", 0).put("microseconds", 0);
    }
    copy.path("return").forEach(entry -> {
      if (entry.has("qom-path")) {
        ((ObjectNode) entry).put("thread-id", 0);
      }
    });
    return copy;
  }
}
