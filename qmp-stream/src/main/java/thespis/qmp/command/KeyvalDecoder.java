package thespis.qmp.command;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.wire.WireNames;

/// Command-line text, `key=value` by `key=value`, to the Java types of unions such as {@link ObjectOptions}, with QEMU's
/// words for what does not fit. They differ from the words for JSON. Structs in structs have no text form. A key may be
/// given again: lists grow, anything else is what was said last.
final class KeyvalDecoder {
  private static final long MAX_RANGE = 1 << 16;

  private KeyvalDecoder() {}

  static Object decode(UnionSpec spec, Map<String, List<String>> values) throws ArgumentException {
    for (RecordSpec.Member member : spec.beforeTheTag()) {
      if (!values.containsKey(member.name())) {
        throw new ArgumentException("Parameter '" + member.name() + "' is missing");
      }
    }
    if (!values.containsKey(spec.tag())) {
      throw new ArgumentException("Parameter '" + spec.tag() + "' is missing");
    }
    String name = values.get(spec.tag()).getLast();
    Class<?> variant = spec.cases().get(name);
    if (variant == null) {
      throw new ArgumentException("Parameter '" + spec.tag() + "' does not accept value '" + name + "'");
    }
    RecordSpec record = RecordSpec.of(variant);
    Object[] members = new Object[record.size()];
    for (int i = 0; i < members.length; i++) {
      RecordSpec.Member member = record.member(i);
      List<String> text = values.get(member.name());
      if (text == null && !member.optional()) {
        throw new ArgumentException("Parameter '" + member.name() + "' is missing");
      }
      Object value = text == null ? null : value(member, member.type(), text);
      members[i] = member.optional() ? Optional.ofNullable(value) : value;
    }
    for (String key : values.keySet()) {
      if (!key.equals(spec.tag()) && !record.has(key)) {
        throw new ArgumentException("Invalid parameter '" + key + "'");
      }
    }
    return record.create(members);
  }

  private static Object value(RecordSpec.Member member, Type type, List<String> texts) throws ArgumentException {
    String text = texts.getLast();
    if (type == String.class) {
      return text;
    }
    if (type == boolean.class || type == Boolean.class) {
      return switch (text) {
        case "on", "yes", "true", "y" -> true;
        case "off", "no", "false", "n" -> false;
        default -> throw expects(member, "'on' or 'off'");
      };
    }
    if (type == long.class || type == Long.class) {
      return switch (member.bits()) {
        case 0 -> number(text, member, "an int64 value");
        case Long.SIZE -> size(text, member);
        default -> narrow(unsigned(text, member), member);
      };
    }
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      List<Long> all = new ArrayList<>();
      for (String one : texts) {
        all.addAll(range(one, member));
      }
      return List.copyOf(all);
    }
    if (type instanceof Class<?> c && c.isEnum()) {
      for (Object constant : c.getEnumConstants()) {
        if (WireNames.of((Enum<?>) constant).equals(text)) {
          return constant;
        }
      }
      throw new ArgumentException("Parameter '" + member.name() + "' does not accept value '" + text + "'");
    }
    throw new ArgumentException("Invalid parameter '" + member.name() + "'");
  }

  private static long number(String text, RecordSpec.Member member, String what) throws ArgumentException {
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw expects(member, what);
    }
  }

  private static long unsigned(String text, RecordSpec.Member member) throws ArgumentException {
    if (text.startsWith("-")) {
      throw expects(member, "a uint64 value");
    }
    return number(text, member, "a uint64 value");
  }

  private static long narrow(long value, RecordSpec.Member member) throws ArgumentException {
    if (value >>> member.bits() != 0) {
      throw expects(member, "uint" + member.bits() + "_t");
    }
    return value;
  }

  /// With a suffix for powers of 1024.
  private static long size(String text, RecordSpec.Member member) throws ArgumentException {
    int unit = text.isEmpty() ? -1 : "bkmgtpe".indexOf(Character.toLowerCase(text.charAt(text.length() - 1)));
    String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
    if (!digits.matches("[0-9]+|0[xX][0-9a-fA-F]+|[0-9]+\\.[0-9]+")) {
      throw expects(member, "a size value");
    }
    long scale = 1L << 10 * Math.max(unit, 0);
    try {
      return digits.contains(".")
          ? (long) (Double.parseDouble(digits) * scale)
          : Math.multiplyExact(digits.startsWith("0x") ? Long.decode(digits) : Long.parseLong(digits), scale);
    } catch (NumberFormatException | ArithmeticException e) {
      throw expects(member, "a size value");
    }
  }

  private static List<Long> range(String text, RecordSpec.Member member) throws ArgumentException {
    String wrong = "a uint64 value or range";
    String[] ends = text.split("-", -1);
    long first = number(ends[0], member, wrong);
    long last = ends.length == 2 ? number(ends[1], member, wrong) : first;
    if (ends.length > 2 || last < first || last - first >= MAX_RANGE) {
      throw expects(member, wrong);
    }
    List<Long> all = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      all.add(i);
    }
    return List.copyOf(all);
  }

  private static ArgumentException expects(RecordSpec.Member member, String what) {
    return new ArgumentException("Parameter '" + member.name() + "' expects " + what);
  }
}
