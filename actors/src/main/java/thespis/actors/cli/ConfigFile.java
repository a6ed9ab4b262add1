package thespis.actors.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import thespis.actors.ConfigText;

/// The file of `-readconfig`, whose groups are options.
final class ConfigFile implements ConfigText.Reader {
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
    ConfigText.read(lines, config);
    config.endGroup();
    return config.groups;
  }

  /// As the program's name and a message are written round it.
  private String where(int line) {
    return ":" + file + ":" + line;
  }

  @Override
  public RuntimeException wrong(String what, int line) {
    return new OptionException(what).at(where(line));
  }

  @Override
  public void group(String name, int line) {
    endGroup();
    lastLine = line;
    option = OPTIONS.getOrDefault(name, UNKNOWN);
    group = name;
    argument = new StringBuilder();
  }

  @Override
  public void pair(String key, String value, int line) {
    lastLine = line;
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
