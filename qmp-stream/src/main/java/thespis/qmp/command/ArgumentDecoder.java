package thespis.qmp.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.wire.WireNames;

/// JSON to the Java types that commands are made of, with QEMU's words for what does not fit. Members are checked in the
/// order of the schema: the first missing or mistyped one is reported, and unexpected ones only after all others.
final class ArgumentDecoder {
  /// Where a value stands: `full` as in `model.props`, `own` its last name, which list elements do not have.
  private record Place(String full, String own) {
    static final Place TOP = new Place("", null);

    Place member(String name) {
      return new Place(full.isEmpty() ? name : full + "." + name, name);
    }

    Place element(int index) {
      return new Place(full + "[" + index + "]", null);
    }
  }

  private ArgumentDecoder() {}

  static Object decode(RecordSpec spec, JsonNode arguments) throws ArgumentException {
    return composite(spec, arguments, Place.TOP);
  }

  private static Object composite(RecordSpec spec, JsonNode json, Place place) throws ArgumentException {
    Object[] values = new Object[spec.size()];
    int found = 0;
    for (int i = 0; i < values.length; i++) {
      RecordSpec.Member member = spec.member(i);
      if (member.rest()) {
        values[i] = all(json);
        continue;
      }
      JsonNode given = spec.lenient() ? text(json.get(member.name()), member) : json.get(member.name());
      if (given == null) {
        if (!member.optional()) {
          throw new ArgumentException("Parameter '" + place.member(member.name()).full() + "' is missing");
        }
        values[i] = Optional.empty();
      } else {
        Object value = value(member.type(), given, place.member(member.name()));
        values[i] = member.optional() ? Optional.of(value) : value;
        found++;
      }
    }
    if (found < json.size() && !spec.lenient()) {
      throw new ArgumentException("Parameter '" + place.member(unexpected(spec, json)).full() + "' is unexpected");
    }
    return spec.create(values);
  }

  private static String unexpected(RecordSpec spec, JsonNode json) {
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!spec.has(name)) {
        return name;
      }
    }
    throw new IllegalStateException("expected an unknown member among " + json);
  }

  private static Map<String, JsonNode> all(JsonNode json) {
    Map<String, JsonNode> members = LinkedHashMap.newLinkedHashMap(json.size());
    json.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
    return members;
  }

  /// What an option parser makes of a value: text, or nothing. An `id` has to be text from the start.
  private static JsonNode text(JsonNode given, RecordSpec.Member member) {
    if (given == null || given.isTextual()) {
      return given;
    }
    if (member.name().equals("id") || given.isContainerNode() || given.isNull()) {
      return null;
    }
    String text = given.isBoolean() ? given.booleanValue() ? "on" : "off" : given.asText();
    return JsonNodeFactory.instance.textNode(text);
  }

  private static Object value(Type type, JsonNode json, Place place) throws ArgumentException {
    if (type == String.class) {
      return expect(json.isTextual(), "string", json, place).textValue();
    }
    if (type == long.class || type == Long.class) {
      return expect(json.isIntegralNumber() && json.canConvertToLong(), "integer", json, place).longValue();
    }
    if (type == boolean.class || type == Boolean.class) {
      return expect(json.isBoolean(), "boolean", json, place).booleanValue();
    }
    if (type == JsonNode.class) {
      return json;
    }
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return list(list.getActualTypeArguments()[0], expect(json.isArray(), "array", json, place), place);
    }
    if (type instanceof Class<?> c && c.isEnum()) {
      return constant(c, expect(json.isTextual(), "string", json, place).textValue(), place);
    }
    if (type instanceof Class<?> c && c.isRecord()) {
      return composite(RecordSpec.of(c), expect(json.isObject(), "object", json, place), place);
    }
    throw new IllegalStateException("expected a type that QAPI has, seen " + type);
  }

  private static List<Object> list(Type element, JsonNode json, Place place) throws ArgumentException {
    List<Object> values = new ArrayList<>(json.size());
    for (int i = 0; i < json.size(); i++) {
      values.add(value(element, json.get(i), place.element(i)));
    }
    return List.copyOf(values);
  }

  private static Object constant(Class<?> type, String text, Place place) throws ArgumentException {
    for (Object constant : type.getEnumConstants()) {
      if (WireNames.of((Enum<?>) constant).equals(text)) {
        return constant;
      }
    }
    // QEMU differs from its own other messages: an element of a list is called 'null' (transcript before-capabilities).
    throw new ArgumentException("Parameter '" + place.own() + "' does not accept value '" + text + "'");
  }

  private static JsonNode expect(boolean fits, String type, JsonNode json, Place place) throws ArgumentException {
    if (!fits) {
      throw new ArgumentException("Invalid parameter type for '" + place.full() + "', expected: " + type);
    }
    return json;
  }
}
