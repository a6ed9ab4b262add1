package thespis.actors.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import thespis.cpu.model.Numbers;

/// Options about the host: descriptors that were left open, what the process may do, sound.
final class HostOptions {
  private static final List<String> SOUND_DRIVERS =
      List.of("none", "alsa", "dbus", "jack", "oss", "pa", "sdl", "sndio", "spice", "wav");
  private static final Pattern SEED = Pattern.compile("(0[xX][0-9a-fA-F]+|[0-9]+)");

  final List<Options.Descriptor> descriptors = new ArrayList<>();
  Optional<Options.Denied> denied = Optional.empty();
  Optional<String> processName = Optional.empty();
  Optional<Path> root = Optional.empty();
  Optional<String> user = Optional.empty();

  /// `-add-fd`.
  void addDescriptor(List<Item> items, String where) {
    long fd = number(items, "fd", -1);
    long set = number(items, "set", -1);
    if (fd < 0 || fd > Integer.MAX_VALUE) {
      throw new OptionException("fd option is required and must be non-negative");
    }
    if (fd > 2 && set < 0) {
      throw new OptionException("set option is required and must be non-negative");
    }
    descriptors.add(new Options.Descriptor(where, set, (int) fd, Optional.ofNullable(Item.last(items, "opaque"))));
  }

  private static long number(List<Item> items, String key, long otherwise) {
    String text = Item.last(items, key);
    if (text == null) {
      return otherwise;
    }
    OptionalLong number = text.startsWith("-") ? Numbers.int64(text) : Numbers.uint64(text);
    if (number.isEmpty()) {
      throw new OptionException("Parameter '" + key + "' expects a number");
    }
    return number.getAsLong();
  }

  /// `-sandbox`.
  void sandbox(List<Item> items) {
    String enable = Item.last(items, "enable");
    if (enable == null || !Bool.parse("enable", enable)) {
      return;
    }
    denied = Optional.of(new Options.Denied(
        denied(items, "obsolete", "allow", false),
        denied(items, "elevateprivileges", "children", true),
        denied(items, "spawn", "allow", false),
        denied(items, "resourcecontrol", "allow", false)));
  }

  /// @param other a third word, by which it is not denied
  private static boolean denied(List<Item> items, String key, String other, boolean third) {
    String value = Item.last(items, key);
    if (value == null || value.equals("allow") || third && value.equals(other)) {
      return false;
    }
    if (!value.equals("deny")) {
      throw new OptionException("invalid argument for " + key);
    }
    return true;
  }

  /// `-audiodev`: there is no sound card, so only the driver that does nothing has nothing to do.
  static void audio(String text) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (text.startsWith("{")) {
      values.putAll(JsonArgument.object(text));
    } else {
      Item.keyed(text, "driver").forEach(item -> values.put(item.key(), item.value()));
    }
    for (String needed : List.of("id", "driver")) {
      if (!values.containsKey(needed)) {
        throw new OptionException("Parameter '" + needed + "' is missing");
      }
    }
    String driver = String.valueOf(values.get("driver"));
    if (!SOUND_DRIVERS.contains(driver)) {
      throw new OptionException("Parameter 'driver' does not accept value '" + driver + "'");
    }
    if (!driver.equals("none")) {
      throw new OptionException("there is no sound card yet: only driver=none is supported");
    }
    for (String key : values.keySet()) {
      if (!key.matches("id|driver|timer-period|(in|out)(\\..*)?")) {
        throw new OptionException("Parameter '" + key + "' is unexpected");
      }
    }
  }

  /// `-seed`: nothing here is random that would have to be repeated.
  static void seed(String text) {
    if (!SEED.matcher(text).matches()) {
      throw new OptionException("Invalid seed number: " + text);
    }
  }

  /// `-compat`.
  static void compat(List<Item> items) {
    for (Item item : items) {
      switch (item.key()) {
        case "deprecated-input", "unstable-input" -> word(item, "accept", "reject", "crash");
        case "deprecated-output", "unstable-output" -> word(item, "accept", "hide");
        default -> throw new OptionException("Parameter '" + item.key() + "' is unexpected");
      }
      if (!item.value().equals("accept")) {
        throw new OptionException("only 'accept' is supported yet");
      }
    }
  }

  private static void word(Item item, String... known) {
    if (!List.of(known).contains(item.value())) {
      throw new OptionException("Parameter '" + item.key() + "' does not accept value '" + item.value() + "'");
    }
  }

  /// `-trace`: there are no trace events here.
  ///
  /// @return warnings
  static List<String> trace(List<Item> items) {
    List<String> notes = new ArrayList<>();
    for (Item item : items) {
      if (item.key().equals("enable") && !item.value().contains("*")) {
        notes.add("warning: trace event '" + item.value() + "' does not exist");
      } else if (item.key().equals("events")) {
        throw new OptionException("trace events from a file are not supported yet");
      }
    }
    return notes;
  }

  private static final Pattern SETTING = Pattern.compile("([^.]{1,63})\\.([^.]{1,63})\\.([^=]{1,63})=(.*)");

  /// `-set GROUP.ID.KEY=VALUE`: what is to be added to an option given before.
  record Setting(String group, String id, String key, String value) {
    static Setting parse(String text) {
      Matcher parts = SETTING.matcher(text);
      if (!parts.matches()) {
        throw new OptionException("can't parse: \"" + text + "\"");
      }
      return new Setting(parts.group(1), parts.group(2), parts.group(3), parts.group(4));
    }
  }
}
