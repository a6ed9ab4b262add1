package thespis.machine.qom;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertLinesMatch;

import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What introspection tells of the types of chips, buses and backends, against QEMU 7.2 (`qom-list-properties`: `class`;
/// `device-list-properties`: `device`). Columns: name, type, default, description.
class ChipPropertiesTest {
  @Test
  void introspectionTellsWhatQemuTells() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("chip-properties.txt")) {
      String golden = new String(in.readAllBytes(), UTF_8);
      StringBuilder told = new StringBuilder();
      for (String type : golden.lines().filter(line -> !line.startsWith(" ")).toList()) {
        told.append(type).append('\n');
        add(told, "class", ObjectTypes.properties(type));
        ObjectType found = ObjectTypes.find(type);
        if (found.isA("device") && !found.isAbstract()) {
          add(told, "device", ObjectTypes.deviceProperties(type));
        }
      }
      assertLinesMatch(golden.lines(), told.toString().lines());
    }
  }

  private static void add(StringBuilder out, String kind, List<Map<String, Object>> properties) {
    properties.stream()
        .sorted(Comparator.comparing(p -> p.get("name").toString()))
        .forEach(p -> out.append(line(kind, p)).append('\n'));
  }

  private static String line(String kind, Map<String, Object> p) {
    Object initial = p.get("default-value");
    String told = initial == null ? "-" : initial instanceof String ? '"' + initial.toString() + '"' : initial.toString();
    return ("  " + kind + " " + p.get("name").toString().replace(' ', '~') + " " + p.get("type") + " " + told + " "
        + p.getOrDefault("description", "")).stripTrailing();
  }
}
