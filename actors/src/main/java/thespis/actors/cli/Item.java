package thespis.actors.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// One `key=value` of an option's argument. QEMU knows two dialects: the older, in which a bare `flag` means `flag=on`
/// and
/// `noflag` means `flag=off`, and the newer (of `-machine` and `-smp`), in which only the first key may be left out. In
/// both a comma in a value is written twice.
///
/// @param flag it was written without a value
record Item(String key, String value, boolean flag) {
  /// QAPI "Naming rules": names and list indices with dots between.
  private static final Pattern NAME = Pattern.compile(
      "(__[A-Za-z0-9.-]+_)?[A-Za-z][A-Za-z0-9_-]*(\\.([0-9]+|[A-Za-z][A-Za-z0-9_-]*))*");

  /// The older dialect.
  ///
  /// @param firstKey what the first item means if it has no key of its own; null if it must have one
  static List<Item> flags(String text, String firstKey) {
    List<Item> items = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = endOfKey(text, at);
      String key = text.substring(at, end);
      StringBuilder value = new StringBuilder();
      if (end < text.length() && text.charAt(end) == '=') {
        at = takeValue(text, end + 1, value);
        items.add(new Item(key, value.toString(), false));
      } else if (items.isEmpty() && firstKey != null) {
        at = takeValue(text, at, value);
        items.add(new Item(firstKey, value.toString(), false));
      } else {
        at = end + 1;
        boolean off = key.startsWith("no");
        items.add(new Item(off ? key.substring(2) : key, off ? "off" : "on", true));
      }
    }
    return items;
  }

  /// The newer dialect. A first value without a key has no comma.
  ///
  /// @param firstKey what the first item means if it has no key of its own; null if it must have one
  /// @throws OptionException with QEMU's text, not yet with the option it belongs to
  static List<Item> keyed(String text, String firstKey) {
    List<Item> items = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = endOfKey(text, at);
      String key = text.substring(at, end);
      StringBuilder value = new StringBuilder();
      if (end < text.length() && text.charAt(end) == '=') {
        if (!NAME.matcher(key).matches()) {
          throw new OptionException("Invalid parameter '" + key + "'");
        }
        at = takeValue(text, end + 1, value);
        items.add(new Item(key, value.toString(), false));
      } else if (at == 0 && firstKey != null && !key.isEmpty()) {
        at = end + 1;
        items.add(new Item(firstKey, key, false));
      } else if (key.equals("help") || key.equals("?")) {
        at = end + 1;
        items.add(new Item("help", "", true));
      } else if (!NAME.matcher(key).matches()) {
        throw new OptionException("Invalid parameter '" + key + "'");
      } else {
        throw new OptionException("Expected '=' after parameter '" + key + "'");
      }
    }
    return items;
  }

  /// The last value of a key, which is the one that counts; null if there is none.
  static String last(List<Item> items, String key) {
    String value = null;
    for (Item item : items) {
      if (item.key.equals(key)) {
        value = item.value;
      }
    }
    return value;
  }

  /// How it must have been written.
  String spelling() {
    return value.equals("off") ? "no" + key : key;
  }

  private static int endOfKey(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != ',') {
      at++;
    }
    return at;
  }

  /// Reads up to a single comma and returns where the next item starts.
  private static int takeValue(String text, int from, StringBuilder value) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == ',') {
        if (at < text.length() && text.charAt(at) == ',') {
          at++;
        } else {
          break;
        }
      }
      value.append(c);
    }
    return at;
  }
}
