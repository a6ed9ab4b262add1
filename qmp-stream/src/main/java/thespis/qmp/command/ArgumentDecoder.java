package thespis.qmp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.wire.JsonNumbers;
import thespis.qmp.wire.WireNames;

/// JSON to the Java types that commands are made of, with QEMU's words for what does not fit. Members are checked in
/// the order of the schema: the first missing or mistyped one is reported, and unexpected ones only after all others.
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
    if (spec.boxed()) {
      return spec.create(new Object[] {value(spec.member(0).type(), arguments, Place.TOP)});
    }
    return spec.lenient() ? options(spec, arguments) : composite(spec, arguments, Place.TOP, null);
  }

  private static Object union(UnionSpec spec, JsonNode json, Place place) throws ArgumentException {
    for (RecordSpec.Member member : spec.beforeTheTag()) {
      member(member, json, place);
    }
    Place at = place.member(spec.tag());
    JsonNode given = json.get(spec.tag());
    if (given == null) {
      throw new ArgumentException("Parameter '" + at.full() + "' is missing");
    }
    String name = expect(given.isTextual(), "string", given, at).textValue();
    Class<?> variant = spec.cases().get(name);
    if (variant == null) {
      throw notAccepted(at, name);
    }
    return composite(RecordSpec.of(variant), json, place, spec.tag());
  }

  /// @param tag a member that has been looked at already; null if there is none
  private static Object composite(RecordSpec spec, JsonNode json, Place place, String tag) throws ArgumentException {
    Object[] values = new Object[spec.size()];
    int found = tag == null ? 0 : 1;
    for (int i = 0; i < values.length; i++) {
      values[i] = member(spec.member(i), json, place);
      if (json.has(spec.member(i).name())) {
        found++;
      }
    }
    if (found < json.size()) {
      throw new ArgumentException("Parameter '" + place.member(unexpected(spec, json, tag)).full() + "' is unexpected");
    }
    return spec.create(values);
  }

  private static Object member(RecordSpec.Member member, JsonNode json, Place place) throws ArgumentException {
    Place at = place.member(member.name());
    JsonNode given = json.get(member.name());
    if (given == null && member.optional()) {
      return Optional.empty();
    }
    if (given == null) {
      throw new ArgumentException("Parameter '" + at.full() + "' is missing");
    }
    Object value = member.bits() == 0 ? value(member.type(), given, at)
        : member.type() == Long.class || member.type() == long.class ? unsigned(member.bits(), given, at)
        : unsignedList(member.bits(), given, at);
    return member.optional() ? Optional.of(value) : value;
  }

  private static String unexpected(RecordSpec spec, JsonNode json, String tag) {
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!spec.has(name) && !name.equals(tag)) {
        return name;
      }
    }
    throw new IllegalStateException("expected an unknown member among " + json);
  }

  /// See {@link QmpCommand}.
  private static Object options(RecordSpec spec, JsonNode json) {
    Map<String, String> options = LinkedHashMap.newLinkedHashMap(json.size());
    for (Map.Entry<String, JsonNode> given : json.properties()) {
      boolean unseen = given.getKey().equals("id") && !given.getValue().isTextual();
      String text = unseen ? null : optionText(given.getValue());
      if (text != null) {
        options.put(given.getKey(), text);
      }
    }
    Object[] values = new Object[spec.size()];
    for (int i = 0; i < values.length; i++) {
      RecordSpec.Member member = spec.member(i);
      String text = options.get(member.name());
      values[i] = member.rest() ? options : member.optional() ? Optional.ofNullable(text) : text;
    }
    return spec.create(values);
  }

  private static String optionText(JsonNode json) {
    return switch (json.getNodeType()) {
      case STRING -> json.textValue();
      case NUMBER -> JsonNumbers.text(json);
      case BOOLEAN -> json.booleanValue() ? "on" : "off";
      default -> null;
    };
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
    if (type == StringOrNull.class) {
      return new StringOrNull(
          json.isNull() ? null : expectAlternate(json.isTextual(), "StrOrNull", json, place).textValue());
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
      return composite(RecordSpec.of(c), expect(json.isObject(), "object", json, place), place, null);
    }
    if (type instanceof Class<?> c && UnionSpec.is(c)) {
      return union(UnionSpec.of(c), expect(json.isObject(), "object", json, place), place);
    }
    if (type instanceof Class<?> c && c.isAnnotationPresent(Alternate.class)) {
      return alternate(c, json, place);
    }
    throw new IllegalStateException("expected a type that QAPI has, seen " + type);
  }

  /// A text or an object, whichever record has it.
  private static Object alternate(Class<?> type, JsonNode json, Place place) throws ArgumentException {
    for (Class<?> variant : type.getPermittedSubclasses()) {
      RecordSpec spec = RecordSpec.of(variant);
      Type content = spec.member(0).type();
      if (content == String.class ? json.isTextual() : json.isObject()) {
        return spec.create(new Object[] {value(content, json, place)});
      }
    }
    expectAlternate(false, type.getAnnotation(Alternate.class).value(), json, place);
    throw new IllegalStateException("expected to have refused " + json);
  }

  private static long unsigned(int bits, JsonNode json, Place place) throws ArgumentException {
    if (!json.isIntegralNumber() || json.bigIntegerValue().bitLength() > Long.SIZE) {
      throw new ArgumentException("Parameter '" + place.full() + "' expects uint64");
    }
    long value = json.bigIntegerValue().longValue();
    if (bits < Long.SIZE && value >>> bits != 0) {
      throw new ArgumentException("Parameter '" + place.own() + "' expects uint" + bits + "_t");
    }
    return value;
  }

  private static List<Object> unsignedList(int bits, JsonNode json, Place place) throws ArgumentException {
    expect(json.isArray(), "array", json, place);
    List<Object> values = new ArrayList<>(json.size());
    for (int i = 0; i < json.size(); i++) {
      values.add(unsigned(bits, json.get(i), place.element(i)));
    }
    return List.copyOf(values);
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
    throw notAccepted(place, text);
  }

  private static ArgumentException notAccepted(Place place, String text) {
    return new ArgumentException("Parameter '" + place.own() + "' does not accept value '" + text + "'");
  }

  /// QEMU differs from its own other messages: an element of a list is called 'null', and what is above is left out.
  private static JsonNode expectAlternate(boolean fits, String type, JsonNode json, Place place)
      throws ArgumentException {
    return expect(fits, type, json, new Place(String.valueOf(place.own()), place.own()));
  }

  private static JsonNode expect(boolean fits, String type, JsonNode json, Place place) throws ArgumentException {
    if (!fits) {
      throw new ArgumentException("Invalid parameter type for '" + place.full() + "', expected: " + type);
    }
    return json;
  }
}
