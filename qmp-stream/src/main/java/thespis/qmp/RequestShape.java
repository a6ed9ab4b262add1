package thespis.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;

/// What a request has to look like, whatever the command. QEMU QMP specification "Issuing commands".
sealed interface RequestShape {
  JsonNode NO_ARGUMENTS = JsonNodeFactory.instance.objectNode();

  /// A command by name; whether there is one of that name is seen later.
  ///
  /// @param id null if the client gave none
  record Request(String command, boolean outOfBand, JsonNode arguments, JsonNode id) implements RequestShape {}

  /// No request.
  record Misshapen(String desc, JsonNode id) implements RequestShape {}

  /// @param oob the client has switched out-of-band commands on
  static RequestShape of(JsonNode json, boolean oob) {
    if (!json.isObject()) {
      return new Misshapen("QMP input must be a JSON object", null);
    }
    JsonNode id = json.get("id");
    String key = null;
    JsonNode arguments = NO_ARGUMENTS;
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      String name = member.getKey();
      JsonNode value = member.getValue();
      if (name.equals("execute") || name.equals("exec-oob") && oob) {
        if (!value.isTextual()) {
          return new Misshapen("QMP input member '" + name + "' must be a string", id);
        }
        if (key != null) {
          return new Misshapen("QMP input member '" + name + "' clashes with '" + key + "'", id);
        }
        key = name;
      } else if (name.equals("arguments")) {
        if (!value.isObject()) {
          return new Misshapen("QMP input member 'arguments' must be an object", id);
        }
        arguments = value;
      } else if (!name.equals("id")) {
        return new Misshapen("QMP input member '" + name + "' is unexpected", id);
      }
    }
    if (key == null) {
      return new Misshapen("QMP input lacks member 'execute'", id);
    }
    return new Request(json.get(key).textValue(), key.equals("exec-oob"), arguments, id);
  }
}
