package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuOption;
import thespis.cpu.prop.GlobalProperty;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// Replays recorded QMP exchanges of QEMU 7.2.22 on the plain classes, as far as they are about objects: what a
/// command returns or how it fails must be the same.
class ObjectTranscriptTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Many devices of QEMU's have it that we do not have.
  private static final List<String> INTERFACES = List.of("hotplug-handler");

  private ObjectTree tree;
  private CpuObjects cpus;
  private CpuSlots slots;
  private boolean[] taken;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "qom-list-machine, 11",
    "device-list-properties-cpu, 7",
    "qom-list-types-cpu, 7",
    "qom-get-cpu-default, 44",
    "query-cpu-definitions, 1",
    "query-cpu-model-expansion, 17",
    "qom-set-errors, 16",
    "device-add-properties-values, 20",
    "device-add-enforce-check, 8",
    "global-properties, 7",
    "device-add-errors-topology, 20",
    "device-add-apic-id, 11"
  })
  void answersAreThoseOfQemu(String scenario, int atLeast) throws IOException {
    JsonNode transcript;
    try (InputStream in = getClass().getResourceAsStream(scenario + ".jsonl.gz")) {
      transcript = JSON.readTree(new GZIPInputStream(in));
    }
    start(transcript.get("args"));
    JsonNode sent = null;
    int compared = 0;
    for (JsonNode step : transcript.get("exchange")) {
      if (step.has("send")) {
        sent = step.get("send");
      } else if (step.has("recv") && sent != null && isModelled(sent)) {
        JsonNode expected = step.get("recv");
        JsonNode actual = answer(sent);
        boolean set = step.path("set").asBoolean();
        assertEquals(
            text(set ? sorted(expected) : expected), text(set ? sorted(actual) : actual), () -> scenario + ": ");
        compared++;
      }
    }
    assertTrue(compared >= atLeast, "compared " + compared);
  }

  private void start(JsonNode args) {
    Topology topology = Topology.SINGLE;
    List<GlobalProperty> globals = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).asText().equals("-smp")) {
        topology = Topology.resolve(SmpRequest.parse(args.get(i + 1).asText()), SmpRules.PC, warning -> {});
      } else if (args.get(i).asText().equals("-global")) {
        String text = args.get(i + 1).asText();
        String name = text.substring(text.indexOf('.') + 1, text.indexOf('='));
        globals.add(new GlobalProperty(
            text.substring(0, text.indexOf('.')), name, text.substring(text.indexOf('=') + 1)));
      }
    }
    slots = CpuSlots.of(topology);
    taken = new boolean[topology.maxCpus()];
    MachineObjects objects = new MachineObjects("pc-i440fx-7.2", topology);
    objects.memory(null, 128 << 20);
    objects.addHost();
    tree = objects.tree();
    tree.find("/chardevs").add("compat_monitor0", new QomObject(ObjectTypes.find("chardev-socket"), null));
    cpus = new CpuObjects(CpuOption.parse("qemu64"), globals, Accelerator.qemuTcg(), topology.layout());
    QomObject boot = cpus.create(cpus.typeName());
    tree.addUnattached(boot);
    cpus.realize(boot, slots.all().get(0), warning -> {});
    taken[0] = true;
    MachineObjects.addApicsCompanion(tree);
    objects.addChips(new ChipValues() {});
  }

  private static boolean isModelled(JsonNode sent) {
    return switch (sent.get("execute").asText()) {
      case "qom-list-types" -> !INTERFACES.contains(sent.path("arguments").path("implements").asText());
      case "qmp_capabilities", "query-cpus-fast", "query-hotpluggable-cpus" -> false;
      default -> true;
    };
  }

  private JsonNode answer(JsonNode sent) {
    JsonNode args = sent.path("arguments");
    try {
      Object result = switch (sent.get("execute").asText()) {
        case "qom-get" -> tree.get(args.get("path").asText(), args.get("property").asText());
        case "qom-set" -> {
          tree.set(args.get("path").asText(), args.get("property").asText(), plain(args.get("value")));
          yield Map.of();
        }
        case "qom-list" -> tree.list(args.get("path").asText());
        case "qom-list-types" -> ObjectTypes.list(
            args.get("implements").asText(), args.path("abstract").asBoolean(false));
        case "qom-list-properties" -> ObjectTypes.properties(args.get("typename").asText());
        case "device-list-properties" -> ObjectTypes.deviceProperties(args.get("typename").asText());
        case "query-cpu-definitions" -> new CpuIntrospection(cpus, true).definitions();
        case "query-cpu-model-expansion" -> expand(args);
        case "device_add" -> plug(args);
        default -> throw new IllegalStateException(sent.toString());
      };
      return JSON.createObjectNode().set("return", JSON.valueToTree(result));
    } catch (ConfigException e) {
      return error("GenericError", e.getMessage());
    } catch (DeviceNotFoundException e) {
      return error("DeviceNotFound", e.getMessage());
    }
  }

  private Object expand(JsonNode args) {
    Map<String, Object> props =
        plain(args.path("model").path("props")) instanceof Map<?, ?> map ? castMap(map) : Map.of();
    return new CpuIntrospection(cpus, true)
        .expansion(args.get("type").asText().equals("static"), args.path("model").get("name").asText(), props);
  }

  private Object plug(JsonNode args) {
    Map<String, Object> props = castMap((Map<?, ?>) plain(args));
    QomObject cpu = cpus.create((String) props.remove("driver"));
    String id = (String) props.remove("id");
    if (tree.at("/machine/peripheral/" + id) != null) {
      throw new ConfigException("Duplicate device ID '" + id + "'");
    }
    cpu.setHotplugged(true);
    tree.addPeripheral(cpu, id);
    try {
      CpuObjects.setAll(cpu, props);
      CpuSlot slot = slots.place(CpuObjects.address(cpu), i -> taken[i]);
      cpus.realize(cpu, slot, warning -> {});
      taken[slot.index()] = true;
    } catch (ConfigException e) {
      cpu.remove();
      throw e;
    }
    return Map.of();
  }

  private static JsonNode error(String errorClass, String desc) {
    return JSON.valueToTree(Map.of("error", Map.of("class", errorClass, "desc", desc)));
  }

  private static Object plain(JsonNode node) {
    try {
      return JSON.treeToValue(node, Object.class);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> castMap(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  /// One line per element and member, members in order of their names.
  private static String text(JsonNode node) throws IOException {
    return JSON.writer()
        .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .withDefaultPrettyPrinter()
        .writeValueAsString(plain(node));
  }

  private static JsonNode sorted(JsonNode node) {
    if (!(node.get("return") instanceof ArrayNode list)) {
      return node;
    }
    List<JsonNode> elements = new ArrayList<>();
    list.forEach(elements::add);
    elements.sort(Comparator.comparing(e -> {
      try {
        return text(e);
      } catch (IOException problem) {
        throw new IllegalStateException(problem);
      }
    }));
    return JSON.createObjectNode().set("return", JSON.createArrayNode().addAll(elements));
  }
}
