package thespis.actors.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import thespis.cpu.model.Numbers;
import thespis.machine.acpi.FirmwareFiles;
import thespis.machine.acpi.SmbiosFields;

/// What the guest's firmware and kernel are told: `-fw_cfg` and `-smbios`.
final class FirmwareOptions {
  private static final int LONGEST_NAME = 55;
  private static final int OEM_STRINGS = 11;
  private static final int PORT = 8;
  private static final int HEADER = 4;

  private static final Map<Integer, Set<String>> FIELDS = Map.of(
      0, Set.of("vendor", "version", "date", "release", "uefi"),
      1, Set.of("manufacturer", "product", "version", "serial", "uuid", "sku", "family"),
      2, Set.of("manufacturer", "product", "version", "serial", "asset", "location"),
      3, Set.of("manufacturer", "version", "serial", "asset", "sku"),
      4, Set.of("sock_pfx", "manufacturer", "version", "serial", "asset", "part", "max-speed", "current-speed",
          "processor-id"),
      PORT, Set.of("internal_reference", "external_reference", "connector_type", "port_type"),
      OEM_STRINGS, Set.of("value", "path"),
      17, Set.of("loc_pfx", "bank", "manufacturer", "serial", "asset", "part", "speed"));

  private static final Set<String> NUMBERS =
      Set.of("max-speed", "current-speed", "processor-id", "connector_type", "port_type", "speed");

  private final Map<String, Options.FirmwareFile> files = new LinkedHashMap<>();
  private final Map<Integer, Map<String, String>> values = new HashMap<>();
  private final List<Map<String, String>> ports = new ArrayList<>();
  private final List<String> oemStrings = new ArrayList<>();
  private final List<byte[]> structures = new ArrayList<>();

  List<Options.FirmwareFile> files() {
    return List.copyOf(files.values());
  }

  SmbiosFields smbios() {
    return new SmbiosFields(values, ports, oemStrings, structures);
  }

  /// `-fw_cfg`.
  ///
  /// @return a warning, or nothing
  String file(List<Item> items, String where) {
    String name = Item.last(items, "name");
    String text = Item.last(items, "string");
    String file = Item.last(items, "file");
    String object = Item.last(items, "gen_id");
    long sources = java.util.stream.Stream.of(text, file, object).filter(s -> s != null && !s.isEmpty()).count();
    if (name == null || name.isEmpty() || sources != 1) {
      throw new OptionException("name, plus exactly one of file, string and gen_id, are needed");
    }
    if (name.length() > LONGEST_NAME) {
      throw new OptionException("name too long (max. " + LONGEST_NAME + " char)");
    }
    if (object != null && !object.isEmpty()) {
      throw new OptionException("Cannot find object ID '" + object + "'");
    }
    boolean isText = text != null && !text.isEmpty();
    byte[] content = isText ? text.getBytes(StandardCharsets.UTF_8) : content(file);
    boolean taken = FirmwareFiles.NAMES.contains(name)
        || files.putIfAbsent(name, new Options.FirmwareFile(where, name, content)) != null;
    if (taken) {
      throw new OptionException("duplicate fw_cfg file name: " + name);
    }
    return name.startsWith("opt/") ? ""
        : "warning: externally provided fw_cfg item names should be prefixed with \"opt/\"";
  }

  private static byte[] content(String file) {
    try {
      return Files.readAllBytes(Path.of(file));
    } catch (IOException e) {
      throw new OptionException("can't load " + file + ": Failed to open file “" + file + "”: " + reason(file));
    }
  }

  private static String reason(String file) {
    return !Files.exists(Path.of(file)) ? "No such file or directory"
        : Files.isDirectory(Path.of(file)) ? "Is a directory" : "Permission denied";
  }

  /// `-smbios`.
  ///
  /// @return the UUID that it gives the machine, or null
  String smbios(List<Item> items) {
    String file = Item.last(items, "file");
    if (file != null) {
      check(items, Set.of("file"));
      structures.add(structure(file));
      return null;
    }
    String kind = Item.last(items, "type");
    if (kind == null) {
      throw new OptionException("Must specify type= or file=");
    }
    OptionalLong number = Numbers.int64(kind);
    if (number.isEmpty()) {
      throw new OptionException("Parameter 'type' expects a number");
    }
    if (number.getAsLong() < 0 || number.getAsLong() > 255) {
      throw new OptionException("out of range!");
    }
    int type = (int) number.getAsLong();
    if (type == 41) {
      throw new OptionException("SMBIOS type 41 is not supported yet");
    }
    Set<String> known = FIELDS.get(type);
    if (known == null) {
      throw new OptionException("Don't know how to build fields for SMBIOS type " + type);
    }
    check(items, known);
    return take(type, items);
  }

  private static void check(List<Item> items, Set<String> known) {
    for (Item item : items) {
      if (!known.contains(item.key()) && !(item.key().equals("type") && !known.contains("file"))) {
        throw new OptionException("Invalid parameter '" + item.key() + "'");
      }
    }
  }

  private String take(int type, List<Item> items) {
    Map<String, String> fields = type == PORT ? new HashMap<>() : values.computeIfAbsent(type, t -> new HashMap<>());
    for (Item item : items) {
      String value = item.value();
      switch (item.key()) {
        case "type" -> { }
        case "value" -> oemStrings.add(value);
        case "path" -> oemStrings.add(oemString(value));
        default -> fields.put(item.key(), checked(item.key(), value));
      }
    }
    if (type == PORT) {
      ports.add(fields);
    }
    return type == 1 ? fields.get("uuid") : null;
  }

  private static final Set<String> SPEEDS = Set.of("max-speed", "current-speed");
  private static final long MOST_MEGAHERTZ = 0xFFFF;

  private static String checked(String key, String value) {
    if (key.equals("uefi")) {
      return Bool.parse(key, value) ? "on" : "off";
    }
    if (key.equals("release")) {
      String[] parts = value.split("\\.");
      if (parts.length < 2 || !parts[0].matches("[0-9]{1,3}") || !parts[1].matches("[0-9]{1,3}")) {
        throw new OptionException("Invalid release");
      }
    }
    if (NUMBERS.contains(key)) {
      OptionalLong number = Numbers.uint64(value);
      if (number.isEmpty()) {
        throw new OptionException("Parameter '" + key + "' expects a number");
      }
      if (SPEEDS.contains(key) && Long.compareUnsigned(number.getAsLong(), MOST_MEGAHERTZ) > 0) {
        throw new OptionException("SMBIOS CPU speed is too large (> " + MOST_MEGAHERTZ + ")");
      }
      return Long.toUnsignedString(number.getAsLong());
    }
    return value;
  }

  private static String oemString(String file) {
    try {
      return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new OptionException("Could not open '" + file + "': " + reason(file));
    }
  }

  private static byte[] structure(String file) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of(file));
      if (bytes.length >= HEADER) {
        return bytes;
      }
    } catch (IOException e) {
      // As one that is too short.
    }
    throw new OptionException("Cannot read SMBIOS file " + file);
  }
}
