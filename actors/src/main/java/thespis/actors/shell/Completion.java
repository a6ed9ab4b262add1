package thespis.actors.shell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a line that is being typed can go on with, from the server's own schema: commands, names of arguments, values
/// of enumerations. Of a server without a schema only the commands are known.
final class Completion {
  private final Map<String, JsonNode> types = new TreeMap<>();
  private final List<String> commands = new ArrayList<>();

  /// @param schema as `query-qmp-schema` returns it; null if the server has none
  /// @param names what `query-commands` returned
  Completion(JsonNode schema, JsonNode names) {
    if (schema != null) {
      schema.forEach(type -> types.put(key(type), type));
    }
    if (names != null) {
      names.forEach(command -> commands.add(command.path("name").asText()));
    }
    types.values().stream()
        .filter(t -> t.path("meta-type").asText().equals("command"))
        .map(t -> t.path("name").asText())
        .filter(name -> !commands.contains(name))
        .forEach(commands::add);
    commands.sort(null);
  }

  /// Events and commands may share a name with a type.
  private static String key(JsonNode type) {
    String meta = type.path("meta-type").asText();
    return (meta.equals("command") || meta.equals("event") ? meta + " " : "") + type.path("name").asText();
  }

  /// Whole last words. One that ends with `=` or a dot goes on.
  List<String> ways(String head) {
    List<String> words = List.of(head.stripLeading().split("\\s+", -1));
    String last = words.getLast();
    List<String> ways = words.size() == 1 ? commands : arguments(words.getFirst(), last);
    return ways.stream().filter(w -> w.startsWith(last)).distinct().toList();
  }

  private List<String> arguments(String command, String word) {
    JsonNode type = types.get(types.getOrDefault("command " + command, ShellLine.JSON.createObjectNode())
        .path("arg-type").asText());
    int equals = word.indexOf('=');
    String path = equals < 0 ? word.substring(0, word.lastIndexOf('.') + 1) : word.substring(0, equals);
    String prefix = "";
    for (String part : path.isEmpty() ? new String[0] : path.split("\\.")) {
      type = member(type, part);
      prefix += part + ".";
    }
    List<String> ways = new ArrayList<>();
    if (equals >= 0) {
      values(type).forEach(v -> ways.add(path + "=" + v));
    } else if (type != null) {
      for (JsonNode member : type.path("members")) {
        JsonNode of = types.get(member.path("type").asText());
        boolean object = of != null && of.path("meta-type").asText().equals("object");
        ways.add(prefix + member.path("name").asText() + (object ? "." : "="));
      }
    }
    return ways;
  }

  private JsonNode member(JsonNode type, String name) {
    if (type != null) {
      for (JsonNode member : type.path("members")) {
        if (member.path("name").asText().equals(name)) {
          return types.get(member.path("type").asText());
        }
      }
    }
    return null;
  }

  private static List<String> values(JsonNode type) {
    List<String> values = new ArrayList<>();
    if (type != null && type.path("meta-type").asText().equals("enum")) {
      type.path("values").forEach(v -> values.add(v.asText()));
    } else if (type != null && type.path("json-type").asText().equals("boolean")) {
      values.addAll(List.of("true", "false"));
    }
    return values;
  }
}
