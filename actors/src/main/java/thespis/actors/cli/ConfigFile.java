package thespis.actors.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The file of `-readconfig`: groups `[option]` or `[option "id"]`, and in them `key = "value"`; a word without a value
/// has an empty one. QEMU 7.2's rules: white space and lines that begin with `#` do not count.
final class ConfigFile {
  private static final Pattern GROUP_WITH_ID = Pattern.compile("\\[\\s*(\\S{1,63})\\s+\"([^\"]{1,63})\"\\s*]?.*");
  private static final Pattern GROUP = Pattern.compile("\\[([^]]{1,63})].*");
  private static final Pattern PAIR = Pattern.compile("\\s*(\\S{1,63})(?:\\s*=\\s*\"([^\"]*)\"?)?.*");

  /// What QEMU calls a group, and the option that it stands for.
  private static final Map<String, String> OPTIONS = Map.ofEntries(
      Map.entry("machine", "machine"), Map.entry("smp-opts", "smp"), Map.entry("memory", "m"),
      Map.entry("device", "device"), Map.entry("chardev", "chardev"), Map.entry("mon", "mon"),
      Map.entry("name", "name"), Map.entry("global", "global"), Map.entry("accel", "accel"),
      Map.entry("boot-opts", "boot"), Map.entry("rtc", "rtc"), Map.entry("overcommit", "overcommit"),
      Map.entry("msg", "msg"), Map.entry("action", "action"), Map.entry("object", "object"),
      Map.entry("numa", "numa"), Map.entry("drive", "drive"), Map.entry("netdev", "netdev"),
      Map.entry("net", "net"), Map.entry("nic", "nic"), Map.entry("fsdev", "fsdev"), Map.entry("virtfs", "virtfs"),
      Map.entry("tpmdev", "tpmdev"), Map.entry("trace", "trace"), Map.entry("sandbox", "sandbox"),
      Map.entry("icount", "icount"), Map.entry("spice", "spice"), Map.entry("fw_cfg", "fw_cfg"),
      Map.entry("acpi", "acpitable"), Map.entry("smbios", "smbios"), Map.entry("add-fd", "add-fd"));

  private static final String UNKNOWN = "?";

  /// One group as an option.
  ///
  /// @param where the file and the group's last line, as messages quote it; empty if nothing stands in the group
  record Group(String option, String argument, String where) {}

  private final String file;
  private final List<Group> groups = new ArrayList<>();
  private String group;
  private String option;
  private StringBuilder argument;
  private int lastLine;

  private ConfigFile(String file) {
    this.file = file;
  }

  /// @throws OptionException with QEMU's text
  static List<Group> read(String file) {
    List<String> lines;
    try {
      lines = Files.readString(Path.of(file), StandardCharsets.ISO_8859_1).lines().toList();
    } catch (NoSuchFileException e) {
      throw new OptionException("Could not open '" + file + "': No such file or directory");
    } catch (IOException e) {
      throw new OptionException(Files.isDirectory(Path.of(file))
          ? "Cannot read config file: Is a directory"
          : "Could not open '" + file + "': Permission denied");
    }
    ConfigFile config = new ConfigFile(file);
    for (int i = 0; i < lines.size(); i++) {
      config.take(lines.get(i), i + 1);
    }
    config.endGroup();
    return config.groups;
  }

  /// As the program's name and a message are written round it.
  private String where(int line) {
    return ":" + file + ":" + line;
  }

  private void take(String line, int number) {
    if (line.isBlank() || line.startsWith("#")) {
      return;
    }
    Matcher withId = GROUP_WITH_ID.matcher(line);
    Matcher group = GROUP.matcher(line);
    if (withId.matches()) {
      begin(withId.group(1), number);
      add("id", withId.group(2));
    } else if (group.matches()) {
      begin(group.group(1), number);
    } else if (option == null) {
      throw new OptionException("no group defined").at(where(number));
    } else {
      Matcher pair = PAIR.matcher(line);
      if (!pair.matches()) {
        throw new OptionException("parse error").at(where(number));
      }
      add(pair.group(1), pair.group(2) == null ? "" : pair.group(2));
    }
    lastLine = number;
  }

  private void begin(String name, int number) {
    endGroup();
    option = OPTIONS.getOrDefault(name, UNKNOWN);
    group = name;
    argument = new StringBuilder();
  }

  private void add(String key, String value) {
    argument.append(argument.isEmpty() ? "" : ",").append(key).append('=').append(value.replace(",", ",,"));
  }

  private void endGroup() {
    String where = argument == null || argument.isEmpty() ? "" : where(lastLine);
    if (UNKNOWN.equals(option)) {
      String report = "There is no option group '" + group + "'";
      throw where.isEmpty() ? OptionException.plain(report) : new OptionException(report).at(where);
    }
    if (option != null) {
      groups.add(new Group(option, argument.toString(), where));
    }
  }
}
