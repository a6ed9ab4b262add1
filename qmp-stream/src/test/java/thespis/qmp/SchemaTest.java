package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import thespis.qmp.command.CommandSpec;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.Schema;
import thespis.qmp.wire.JsonWriter;

/// Our schema against the one that QEMU 7.2 answered `query-qmp-schema` with. What we accept has to be what QEMU
/// accepts, save for values of enums and cases of unions that are not there yet; what we return has to be something that
/// QEMU might return.
class SchemaTest {
  private static final Set<String> OURS = Set.of("cpu-add", "DEVICE_UNPLUG_GUEST_ERROR", "X_THESPIS_SLOT");

  /// What QEMU takes before there is a machine.
  private static final Set<String> PRECONFIG = Set.of("""
      block-commit block-dirty-bitmap-add block-dirty-bitmap-clear block-dirty-bitmap-disable
      block-dirty-bitmap-enable block-dirty-bitmap-merge block-dirty-bitmap-remove block-export-add
      block-export-del block-job-cancel block-job-complete block-job-dismiss block-job-finalize block-job-pause
      block-job-resume block-job-set-speed block-latency-histogram-set block-set-write-threshold block-stream
      block_resize block_set_io_throttle blockdev-add blockdev-backup blockdev-create blockdev-del
      blockdev-mirror blockdev-reopen blockdev-snapshot blockdev-snapshot-delete-internal-sync
      blockdev-snapshot-internal-sync blockdev-snapshot-sync change-backing-file drive-backup drive-mirror
      nbd-server-add nbd-server-remove nbd-server-start nbd-server-stop netdev_add netdev_del object-add
      object-del qmp_capabilities qom-get qom-list qom-list-properties qom-list-types qom-set query-block
      query-block-exports query-block-jobs query-blockstats query-chardev query-command-line-options
      query-commands query-hotpluggable-cpus query-iothreads query-memdev query-name query-named-block-nodes
      query-pr-managers query-qmp-schema query-status query-uuid query-version quit set-action set-numa-node
      x-blockdev-amend x-blockdev-change x-blockdev-set-iothread x-debug-block-dirty-bitmap-sha256
      x-debug-query-block-graph x-exit-preconfig
      """.strip().split("\\s+"));

  private final Map<String, JsonNode> ours = byName(own());
  private final Map<String, JsonNode> theirs = byName(qemus());
  private final List<String> differences = new ArrayList<>();
  private final Set<String> compared = new TreeSet<>();

  @Test
  void commandsAndEventsAreQemus() {
    int commands = 0;
    for (JsonNode entity : ours.values()) {
      String name = entity.get("name").asText();
      if (name.startsWith("x-thespis-") || OURS.contains(name)) {
        continue;
      }
      JsonNode their = theirs.get(name);
      switch (entity.get("meta-type").asText()) {
        case "command" -> {
          commands++;
          same(name + " features", their.path("features").toString(), entity.path("features").toString());
          same(name + " allow-oob", their.has("allow-oob"), entity.has("allow-oob"));
          accepted(name, their.get("arg-type").asText(), entity.get("arg-type").asText());
          returned(name + " =>", their.get("ret-type").asText(), entity.get("ret-type").asText());
        }
        case "event" -> returned(name, their.get("arg-type").asText(), entity.get("arg-type").asText());
        default -> {}
      }
    }
    assertEquals("", String.join("\n", differences));
    assertTrue(commands > 90, "compared only " + commands);
  }

  @Test
  void theCommandsThatAreListedAreQemusAllOfThem() {
    Set<String> names = new TreeSet<>();
    theirs.values().stream()
        .filter(entity -> entity.get("meta-type").asText().equals("command"))
        .forEach(entity -> names.add(entity.get("name").asText()));
    Set<String> listed = new TreeSet<>();
    CommandTable.qemus().forEach(command -> listed.add(command.name()));
    assertEquals(names, listed);
  }

  @Test
  void qemusCommandsForTheTimeBeforeTheMachineAreOurs() {
    for (CommandSpec command : CommandTable.all()) {
      if (theirs.containsKey(command.name())) {
        assertEquals(PRECONFIG.contains(command.name()), command.preconfig(), command.name());
      }
    }
  }

  @Test
  void everyTypeThatIsMentionedIsThere() {
    for (JsonNode entity : ours.values()) {
      for (String link : List.of("arg-type", "ret-type", "element-type", "type")) {
        entity.findValuesAsText(link).forEach(type -> assertTrue(ours.containsKey(type), entity + ": " + type));
      }
    }
  }

  private void accepted(String where, String their, String our) {
    if (begin(where, their, our)) {
      return;
    }
    JsonNode a = theirs.get(their);
    JsonNode b = ours.get(our);
    switch (b.get("meta-type").asText()) {
      case "array" -> accepted(where + "[]", a.get("element-type").asText(), b.get("element-type").asText());
      case "enum" -> subset(where, words(a), words(b));
      case "object" -> {
        Map<String, JsonNode> theirMembers = byName(a.get("members"));
        Map<String, JsonNode> ourMembers = byName(b.get("members"));
        same(where, theirMembers.keySet(), ourMembers.keySet());
        ourMembers.forEach((name, member) -> {
          JsonNode other = theirMembers.get(name);
          if (other != null) {
            same(where + "." + name + " optional", other.has("default"), member.has("default"));
            same(where + "." + name + " features", other.path("features").toString(), member.path("features").toString());
            accepted(where + "." + name, other.get("type").asText(), member.get("type").asText());
          }
        });
        variants(where, a, b, true);
      }
      default -> {}
    }
  }

  private void returned(String where, String their, String our) {
    if (begin(where, their, our)) {
      return;
    }
    JsonNode a = theirs.get(their);
    JsonNode b = ours.get(our);
    switch (b.get("meta-type").asText()) {
      case "array" -> returned(where + "[]", a.get("element-type").asText(), b.get("element-type").asText());
      case "enum" -> subset(where, words(a), words(b));
      case "object" -> {
        Map<String, JsonNode> theirMembers = byName(a.get("members"));
        Map<String, JsonNode> ourMembers = byName(b.get("members"));
        subset(where, theirMembers.keySet(), ourMembers.keySet());
        theirMembers.forEach((name, member) -> {
          JsonNode own = ourMembers.get(name);
          boolean mayLack = member.has("default");
          if (own == null || own.has("default")) {
            same(where + "." + name + " may be left out", mayLack, true);
          }
          if (own != null) {
            returned(where + "." + name, member.get("type").asText(), own.get("type").asText());
          }
        });
        variants(where, a, b, false);
      }
      default -> {}
    }
  }

  private void variants(String where, JsonNode their, JsonNode our, boolean accepted) {
    if (!our.has("tag")) {
      return;
    }
    same(where + " tag", their.path("tag").asText(), our.get("tag").asText());
    Map<String, String> cases = new HashMap<>();
    their.path("variants").forEach(v -> cases.put(v.get("case").asText(), v.get("type").asText()));
    for (JsonNode variant : our.get("variants")) {
      String name = variant.get("case").asText();
      if (!cases.containsKey(name)) {
        differences.add(where + ": no case " + name);
      } else if (accepted) {
        accepted(where + "|" + name, cases.get(name), variant.get("type").asText());
      } else {
        returned(where + "|" + name, cases.get(name), variant.get("type").asText());
      }
    }
  }

  /// True if there is nothing more to compare: the same pair again, or types of different kinds.
  private boolean begin(String where, String their, String our) {
    String a = theirs.get(their).get("meta-type").asText();
    String b = ours.get(our).get("meta-type").asText();
    if (!a.equals(b) || a.equals("builtin") && !their.equals(our)) {
      differences.add(where + ": QEMU has " + theirs.get(their) + ", we have " + ours.get(our));
      return true;
    }
    return !compared.add(where.contains("=>") + their + "/" + our);
  }

  private void same(String where, Object their, Object our) {
    if (!their.equals(our)) {
      differences.add(where + ": QEMU has " + their + ", we have " + our);
    }
  }

  private void subset(String where, Set<String> their, Set<String> our) {
    if (!their.containsAll(our)) {
      differences.add(where + ": QEMU has " + their + ", we have " + our);
    }
  }

  private static Set<String> words(JsonNode enumeration) {
    return byName(enumeration.get("members")).keySet();
  }

  private static Map<String, JsonNode> byName(JsonNode entities) {
    Map<String, JsonNode> map = new LinkedHashMap<>();
    entities.forEach(entity -> map.put(entity.get("name").asText(), entity));
    return map;
  }

  private static JsonNode own() {
    JsonWriter writer = new JsonWriter(false);
    writer.value(Schema.of(CommandTable.all(), List.of(QmpEvent.class.getPermittedSubclasses())));
    return json(new String(writer.take(), StandardCharsets.US_ASCII));
  }

  private static JsonNode qemus() {
    try (InputStream in = SchemaTest.class.getResourceAsStream("qemu-7.2-schema.json.gz")) {
      return new ObjectMapper().readTree(new GZIPInputStream(in)).get("return");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
