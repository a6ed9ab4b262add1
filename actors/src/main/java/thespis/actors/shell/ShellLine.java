package thespis.actors.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// A command as it is typed: `name key=value key.member=value`, in the manner of QEMU's qmp-shell. A value that is a
/// whole number, `true`, `false`, `null`, or JSON in brackets or quotes is that; anything else is a string. A line that
/// begins with a brace is a whole QMP message.
final class ShellLine {
  static final ObjectMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

  /// The line says nothing that could be sent.
  static final class BadLine extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadLine(String message) {
      super(message);
    }
  }

  private ShellLine() {}

  static ObjectNode message(String line) {
    if (line.stripLeading().startsWith("{")) {
      if (json(line) instanceof ObjectNode message) {
        return message;
      }
      throw new BadLine("this is no JSON object: " + line.strip());
    }
    return message(words(line));
  }

  /// @param words the command's name and its arguments
  static ObjectNode message(List<String> words) {
    ObjectNode arguments = JSON.createObjectNode();
    for (String word : words.subList(1, words.size())) {
      int equals = word.indexOf('=');
      if (equals <= 0) {
        throw new BadLine("expected key=value, got '" + word + "'");
      }
      put(arguments, List.of(word.substring(0, equals).split("\\.")), word, value(word.substring(equals + 1)));
    }
    ObjectNode message = JSON.createObjectNode().put("execute", words.getFirst());
    if (!arguments.isEmpty()) {
      message.set("arguments", arguments);
    }
    return message;
  }

  private static void put(ObjectNode into, List<String> path, String word, JsonNode value) {
    ObjectNode at = into;
    for (String part : path.subList(0, path.size() - 1)) {
      JsonNode next = at.has(part) ? at.get(part) : at.putObject(part);
      if (!(next instanceof ObjectNode object)) {
        throw new BadLine("'" + part + "' is a value already, so '" + word + "' cannot go into it");
      }
      at = object;
    }
    if (at.has(path.getLast())) {
      throw new BadLine("'" + word + "' was given twice");
    }
    at.set(path.getLast(), value);
  }

  private static JsonNode value(String text) {
    boolean bracketed = !text.isEmpty() && "{[\"'".indexOf(text.charAt(0)) >= 0;
    if (bracketed) {
      return json(text);
    }
    if (text.matches("true|false|null|-?[0-9]{1,19}")) {
      return json(text.replaceFirst("^(-?)0+(?=[0-9])", "$1"));
    }
    return JSON.getNodeFactory().textNode(text);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new BadLine("this is no JSON: " + text.strip());
    }
  }

  /// Splits at blanks that are not within quotes or brackets. Quotes round a whole word, or round the value of a key,
  /// stay: they make it a string.
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    int depth = 0;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        if (c == '\\' && i + 1 < line.length()) {
          word.append(c);
          c = line.charAt(++i);
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      } else if (Character.isWhitespace(c) && depth <= 0) {
        flush(words, word);
        continue;
      }
      word.append(c);
    }
    flush(words, word);
    return words;
  }

  private static void flush(List<String> words, StringBuilder word) {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }
}
