package thespis.actors;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import thespis.cpu.model.ConfigException;
import thespis.machine.board.SmpRules;

/// The machine types there are, as `query-machines` and `-machine` know them.
///
/// @param about what the list of `-machine help` says of it
/// @param alias the name that stands for the newest version
/// @param defaultCpu the model of its CPUs when none is asked for; empty if it then has none
public record MachineType(
    String name,
    String about,
    Optional<String> alias,
    boolean isDefault,
    SmpRules smp,
    boolean hotpluggableCpus,
    Optional<String> defaultCpu,
    String defaultRamId) {

  static final MachineType NONE = new MachineType(
      "none", "empty machine", Optional.empty(), false, SmpRules.NONE, false, Optional.empty(), "ram");
  static final MachineType PC = new MachineType(
      "pc-i440fx-7.2",
      "Standard PC (i440FX + PIIX, 1996)",
      Optional.of("pc"),
      true,
      SmpRules.PC,
      true,
      Optional.of("qemu64"),
      "pc.ram");
  static final MachineType Q35 = new MachineType(
      "pc-q35-7.2",
      "Standard PC (Q35 + ICH9, 2009)",
      Optional.of("q35"),
      false,
      new SmpRules("pc-q35-7.2", 1, 288, false, true),
      true,
      Optional.of("qemu64"),
      "pc.ram");

  static List<MachineType> all() {
    return List.of(NONE, PC, Q35);
  }

  /// The list of `-machine help`: a line for each name, an alias before what it stands for.
  public static String help() {
    return "Supported machines are:\n" + all().stream()
        .sorted(Comparator.comparing((MachineType type) -> type.alias.isEmpty()))
        .map(MachineType::helpLines)
        .collect(Collectors.joining());
  }

  private String helpLines() {
    return alias.map(a -> helpLine(a, about + " (alias of " + name + ")")).orElse("")
        + helpLine(name, about + (isDefault ? " (default)" : ""));
  }

  private static String helpLine(String name, String about) {
    return String.format("%-20s %s%n", name, about);
  }

  /// @throws ConfigException with QEMU's text
  static MachineType find(String nameOrAlias) {
    for (MachineType type : all()) {
      if (type.name.equals(nameOrAlias) || type.alias.equals(Optional.of(nameOrAlias))) {
        return type;
      }
    }
    throw new ConfigException("unsupported machine type\nUse -machine help to list supported machines");
  }
}
