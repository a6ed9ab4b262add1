package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;
import thespis.machine.qom.ObjectType;
import thespis.machine.qom.ObjectTypes;
import thespis.qmp.wire.JsonWriter;

/// The table of machine types against the `query-machines` of QEMU 7.2.
class MachineTypeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void typesAreQemusWithEverythingThatIsToldOfThem() throws IOException {
    try (InputStream in = MachineTypeTest.class.getResourceAsStream("qemu-7.2-machines.json")) {
      JsonWriter writer = new JsonWriter(false);
      writer.value(MachineType.all().stream().map(MachineType::info).toList());
      assertEquals(
          byName(JSON.readTree(in)), byName(JSON.readTree(new String(writer.take(), StandardCharsets.US_ASCII))));
    }
  }

  @Test
  void everyTypeIsAnObjectTypeToo() {
    TreeSet<String> wrong = new TreeSet<>();
    for (MachineType type : MachineType.all()) {
      ObjectType found = ObjectTypes.find(type.name() + "-machine");
      if (found == null || found.isAbsent() != (type.family() == MachineType.Family.NOT_YET)) {
        wrong.add(type.name());
      }
    }
    assertTrue(wrong.isEmpty(), wrong.toString());
  }

  @Test
  void anAliasStandsForTheNewestVersion() {
    assertEquals("pc-i440fx-7.2", MachineType.find("pc").name());
    assertEquals("pc-q35-7.2", MachineType.find("q35").name());
  }

  @Test
  void aTypeThatIsNotThereYetIsRefusedByName() {
    assertEquals(
        "machine type 'microvm' is not supported yet",
        assertThrows(ConfigException.class, () -> MachineType.find("microvm")).getMessage());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "isapc    | 2           | Invalid SMP CPUs 2. The max CPUs supported by machine 'isapc' is 1",
    "microvm  | 1,dies=2    | dies not supported by this machine's CPU topology",
    "x-remote | 2           | Invalid SMP CPUs 2. The max CPUs supported by machine 'x-remote' is 1",
    "microvm  | 2,maxcpus=4 | machine type 'microvm' is not supported yet"
  })
  void whatIsWrongWithItsProcessorsIsSaidFirst(String board, String smp, String text) {
    assertEquals(text,
        assertThrows(MachineException.class, () -> Machine.builder().board(board).smp(smp).start()).getMessage());
  }

  private static TreeMap<String, JsonNode> byName(JsonNode list) {
    TreeMap<String, JsonNode> map = new TreeMap<>();
    list.forEach(entry -> map.put(entry.get("name").asText(), entry));
    return map;
  }
}
