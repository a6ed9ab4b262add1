package thespis.actors.hmp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import thespis.cpu.prop.Input;
import thespis.machine.qom.ObjectTree;

/// The commands for the machine's objects.
final class ObjectCommands {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Separators SEPARATORS =
      Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);

  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("qom-list", "path:s?", "path", "list QOM properties",
          (s, a) -> a.has("path") ? s.machine().lookAtObjects(tree -> list(tree, a.text("path"))) : HmpCommand.text("/\n")),
      new HmpCommand("qom-get", "path:s,property:s", "path property", "print QOM property",
          (s, a) -> s.machine().lookAtObjects(tree -> json(tree.get(a.text("path"), a.text("property"))))),
      new HmpCommand("qom-set", "json:-j,path:s,property:s,value:S", "[-j] path property value",
          "set QOM property.\n\t\t\t-j: the value is specified in json format.",
          (s, a) -> s.machine().lookAtObjects(tree -> set(tree, a))));

  private ObjectCommands() {}

  private static String list(ObjectTree tree, String path) {
    StringBuilder out = new StringBuilder();
    tree.list(path).forEach(row -> out.append(row.get("name")).append(" (").append(row.get("type")).append(")\n"));
    return out.toString();
  }

  private static String json(Object value) {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(SEPARATORS);
    printer.indentObjectsWith(new DefaultIndenter("    ", "\n"));
    printer.indentArraysWith(new DefaultIndenter("    ", "\n"));
    try {
      return JSON.writer(printer).writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a property's value that JSON has no form for: " + value, e);
    }
  }

  private static String set(ObjectTree tree, Arguments arguments) {
    String path = arguments.text("path");
    String property = arguments.text("property");
    String value = arguments.text("value");
    if (!arguments.has("json")) {
      tree.find(path).set(property, Input.ofOption(value));
      return "";
    }
    try {
      tree.set(path, property, JSON.readValue(value, Object.class));
      return "";
    } catch (JsonProcessingException e) {
      return "Error: JSON parse error, expecting value\n";
    }
  }
}
