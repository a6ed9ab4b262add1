package thespis.machine.acpi;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the user says of the machine in SMBIOS instead of what the board would: values of structures by type and name, and
/// whole structures. Names are those of QEMU's `-smbios`.
///
/// @param values those that are texts
/// @param ports connectors, each with its values
/// @param oemStrings in order
/// @param structures as bytes, which take the place of all of their type
public record SmbiosFields(
    Map<Integer, Map<String, String>> values,
    List<Map<String, String>> ports,
    List<String> oemStrings,
    List<byte[]> structures) {

  public static final SmbiosFields NONE = new SmbiosFields(Map.of(), List.of(), List.of(), List.of());

  public SmbiosFields {
    Map<Integer, Map<String, String>> copy = new HashMap<>();
    values.forEach((type, fields) -> copy.put(type, Map.copyOf(fields)));
    values = Map.copyOf(copy);
    ports = List.copyOf(ports);
    oemStrings = List.copyOf(oemStrings);
    structures = List.copyOf(structures);
  }

  /// Whether anything was said of structures of this type.
  boolean names(int type) {
    return values.containsKey(type);
  }

  String text(int type, String name, String otherwise) {
    return values.getOrDefault(type, Map.of()).getOrDefault(name, otherwise);
  }

  long number(int type, String name, long otherwise) {
    String text = text(type, name, null);
    return text == null ? otherwise : Long.parseUnsignedLong(text);
  }

  /// Types of which there are whole structures.
  Set<Integer> replaced() {
    Set<Integer> types = new HashSet<>();
    structures.forEach(structure -> types.add(structure[0] & 0xFF));
    return types;
  }
}
