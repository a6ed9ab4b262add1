package thespis.actors.hmp;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a line says after the command's name. How it is read follows a short specification, one item for each
/// argument: `name:kind`, with `?` behind for one that may be missing. Kinds: `s` a word, perhaps in double quotes;
/// `F` a file's name; `B` a block device's; `M` a number of MiB; `S` all the rest; `b` on or off; `i` and `l` a number
/// of 32 and 64 bits; `o` a size, in MiB if no unit follows; `/` a format; `-x` the flag x; `.` before the `?` place:
/// only there if a dot comes. The rules and texts are those of QEMU 7.2's monitor.
final class Arguments {
  private static final Map<Character, String> WORDS =
      Map.of('s', "string", 'F', "filename", 'B', "block device name");

  private static final String UNITS = "BKMGTPE";
  private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([bBkKmMgGtTpPeE])?(?=\\s|$)");

  private final Map<String, Object> values = new HashMap<>();

  private final String command;
  private final String text;
  private final Function<String, OptionalLong> registers;
  private int at;

  private Arguments(String command, String text, Function<String, OptionalLong> registers) {
    this.command = command;
    this.text = text;
    this.registers = registers;
  }

  /// @param command as error texts name it
  /// @param text what follows the name in the line
  /// @throws HumanMonitor.BadLine if it does not fit
  static Arguments read(
      String specification, String command, String text, DumpFormat.Defaults formats,
      Function<String, OptionalLong> registers) {
    Arguments arguments = new Arguments(command, text, registers);
    String[] items = specification.isEmpty() ? new String[0] : specification.split(",");
    for (int i = 0; i < items.length; i++) {
      int colon = items[i].indexOf(':');
      arguments.take(items[i].substring(0, colon), items[i].substring(colon + 1), formats, items, i);
    }
    arguments.skipBlanks();
    if (arguments.at < text.length()) {
      throw new HumanMonitor.BadLine(command + ": extraneous characters at the end of line");
    }
    return arguments;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /// Null if it was left out.
  String text(String name) {
    return (String) values.get(name);
  }

  boolean isOn(String name) {
    return (boolean) values.get(name);
  }

  long number(String name) {
    return (long) values.get(name);
  }

  DumpFormat format() {
    return (DumpFormat) values.get("fmt");
  }

  private void take(String name, String kind, DumpFormat.Defaults formats, String[] items, int index) {
    skipBlanks();
    boolean optional = kind.endsWith("?");
    switch (kind.charAt(0)) {
      case '/' -> values.put(name, formats.read(slash()));
      case '-' -> flag(name, kind.charAt(1), items, index);
      case 's', 'F', 'B' -> word(name, optional, WORDS.get(kind.charAt(0)));
      case 'S' -> rest(name, optional);
      case 'b' -> onOff(name);
      case 'i', 'l' -> number(name, kind, optional);
      case 'M' -> mebibytes(name);
      case 'o' -> size(name, optional);
      default -> throw new IllegalArgumentException("no such kind of argument: " + kind);
    }
  }

  /// The text between a slash and the next blank; null if there is no slash.
  private String slash() {
    if (at >= text.length() || text.charAt(at) != '/') {
      return null;
    }
    int start = ++at;
    while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private void flag(String name, char letter, String[] items, int index) {
    if (at + 1 >= text.length() || text.charAt(at) != '-') {
      return;
    }
    char typed = text.charAt(at + 1);
    if (typed == letter) {
      values.put(name, true);
      at += 2;
      return;
    }
    for (int i = index + 1; i < items.length; i++) {
      if (items[i].endsWith(":-" + typed)) {
        return;
      }
    }
    throw new HumanMonitor.BadLine(command + ": unsupported option -" + typed);
  }

  private void word(String name, boolean optional, String what) {
    if (at >= text.length()) {
      if (optional) {
        return;
      }
      throw new HumanMonitor.BadLine(command + ": " + what + " expected");
    }
    try {
      values.put(name, text.charAt(at) == '"' ? quoted() : plain());
    } catch (HumanMonitor.BadLine e) {
      throw new HumanMonitor.BadLine(e.getMessage() + "\n" + command + ": " + what + " expected");
    }
  }

  private String plain() {
    int start = at;
    while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() {
    StringBuilder word = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c != '\\') {
        word.append(c);
        continue;
      }
      char escaped = at < text.length() ? text.charAt(at++) : 0;
      word.append(switch (escaped) {
        case 'n' -> '\n';
        case 'r' -> '\r';
        case '\\', '\'', '"' -> escaped;
        default -> throw new HumanMonitor.BadLine("unsupported escape code: '\\" + escaped + "'");
      });
    }
    if (at >= text.length()) {
      throw new HumanMonitor.BadLine("unterminated string");
    }
    at++;
    return word.toString();
  }

  private void rest(String name, boolean optional) {
    if (at < text.length()) {
      values.put(name, text.substring(at));
      at = text.length();
    } else if (!optional) {
      throw new HumanMonitor.BadLine(command + ": string expected");
    }
  }

  private void onOff(String name) {
    String word = plain();
    if (!word.equals("on") && !word.equals("off")) {
      throw new HumanMonitor.BadLine("Expected 'on' or 'off'");
    }
    values.put(name, word.equals("on"));
  }

  private void number(String name, String kind, boolean optional) {
    if (optional && at >= text.length()) {
      return;
    }
    if (kind.endsWith(".")) {
      if (at >= text.length() || text.charAt(at) != '.') {
        return;
      }
      at++;
    }
    Expression.Result result = Expression.read(text, at, registers);
    at = result.end();
    long value = result.value();
    if (kind.charAt(0) == 'i' && value >>> 32 != 0) {
      throw new HumanMonitor.BadLine("'" + command + "' has failed: integer is for 32-bit values");
    }
    values.put(name, kind.charAt(0) == 'i' ? (long) (int) value : value);
  }

  private void mebibytes(String name) {
    number(name, "l", false);
    if (number(name) < 0) {
      throw new HumanMonitor.BadLine("enter a positive value");
    }
    values.put(name, number(name) << 20);
  }

  private void size(String name, boolean optional) {
    if (optional && at >= text.length()) {
      return;
    }
    Matcher size = SIZE.matcher(text).region(at, text.length());
    if (!size.lookingAt()) {
      throw new HumanMonitor.BadLine("invalid size");
    }
    at = size.end();
    int unit = size.group(2) == null ? UNITS.indexOf('M') : UNITS.indexOf(size.group(2).toUpperCase(Locale.ROOT));
    values.put(name, (long) (Double.parseDouble(size.group(1)) * (1L << 10 * unit)));
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
