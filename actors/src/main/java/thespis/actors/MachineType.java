package thespis.actors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuOption;
import thespis.cpu.model.CpuModel;
import thespis.machine.board.MachineVersions;
import thespis.machine.board.SmpRules;
import thespis.machine.qom.DeviceHelp;
import thespis.qmp.command.MachineCommands;

/// The machine types of QEMU 7.2, as `query-machines` and `-machine` know them; not all of them can be made.
///
/// @param about what the list of `-machine help` says of it
/// @param alias the name that stands for the newest version
/// @param defaultCpu the model of its CPUs when none is asked for; empty if it then has none
public record MachineType(
    String name,
    Family family,
    String about,
    Optional<String> alias,
    boolean isDefault,
    boolean deprecated,
    boolean numaMem,
    SmpRules smp,
    boolean hotpluggableCpus,
    Optional<String> defaultCpu,
    Optional<String> defaultRamId) {

  enum Family {
    NONE,
    PC,
    Q35,
    NOT_YET
  }

  private static final Optional<String> QEMU64 = Optional.of("qemu64");
  private static final Optional<String> PC_RAM = Optional.of("pc.ram");

  static final MachineType NONE = plain(
      "none", Family.NONE, "empty machine", SmpRules.NONE, false, Optional.empty(), Optional.of("ram"));

  /// In the order of `-machine help`.
  private static final List<MachineType> ALL = table();

  private static List<MachineType> table() {
    List<MachineType> all = new ArrayList<>();
    all.add(plain("microvm", Family.NOT_YET, "microvm (i386)",
        new SmpRules("microvm", 1, 288, false, false), false, QEMU64, Optional.of("microvm.ram")));
    MachineVersions.pc().forEach(v ->
        all.add(versioned(v, Family.PC, "Standard PC (i440FX + PIIX, 1996)", "pc")));
    MachineVersions.q35().forEach(v -> all.add(versioned(v, Family.Q35, "Standard PC (Q35 + ICH9, 2009)", "q35")));
    all.add(plain("isapc", Family.NOT_YET, "ISA-only PC",
        new SmpRules("isapc", 1, 1, false, true), true, Optional.of("486"), PC_RAM));
    all.add(NONE);
    all.add(plain("x-remote", Family.NOT_YET, "Experimental remote machine",
        new SmpRules("x-remote", 1, 1, false, false), false, Optional.empty(), Optional.empty()));
    return List.copyOf(all);
  }

  private static MachineType versioned(MachineVersions v, Family family, String about, String alias) {
    return new MachineType(
        v.name(),
        family,
        about,
        v.newest() ? Optional.of(alias) : Optional.empty(),
        v.newest() && family == Family.PC,
        v.deprecated(),
        v.numaMem(),
        v.smp(),
        true,
        QEMU64,
        PC_RAM);
  }

  private static MachineType plain(
      String name,
      Family family,
      String about,
      SmpRules smp,
      boolean hotpluggableCpus,
      Optional<String> defaultCpu,
      Optional<String> defaultRamId) {
    return new MachineType(
        name, family, about, Optional.empty(), false, false, false, smp, hotpluggableCpus, defaultCpu, defaultRamId);
  }

  static List<MachineType> all() {
    return ALL;
  }

  /// The list of `-machine help`: a line for each name, an alias before what it stands for.
  public static String help() {
    return "Supported machines are:\n"
        + ALL.stream().map(MachineType::helpLines).collect(Collectors.joining());
  }

  /// What `-machine TYPE,help` prints.
  ///
  /// @throws ConfigException with QEMU's text, or naming a type that can't be made yet
  public static String help(String nameOrAlias) {
    return DeviceHelp.machine(find(nameOrAlias).name);
  }

  private String helpLines() {
    return alias.map(a -> helpLine(a, about + " (alias of " + name + ")")).orElse("")
        + helpLine(name, about + (isDefault ? " (default)" : "") + (deprecated ? " (deprecated)" : ""));
  }

  private static String helpLine(String name, String about) {
    return String.format("%-20s %s%n", name, about);
  }

  /// @throws ConfigException with QEMU's text, or naming a type that can't be made yet
  static MachineType find(String nameOrAlias) {
    MachineType type = named(nameOrAlias);
    if (type.family == Family.NOT_YET) {
      throw new ConfigException("machine type '" + type.name + "' is not supported yet");
    }
    return type;
  }

  /// That of a machine which is to be made. Of one that can't be, what is wrong with its processors is said first.
  ///
  /// @throws ConfigException with QEMU's text, or naming a type that can't be made yet
  static MachineType of(MachineConfig config) {
    MachineType type = named(config.board());
    if (type.family == Family.NOT_YET) {
      CpuLimit.topology(config, type, warning -> {});
      config.cpu().ifPresent(CpuOption::parse);
    }
    return find(config.board());
  }

  private static MachineType named(String nameOrAlias) {
    return ALL.stream()
        .filter(type -> type.name.equals(nameOrAlias) || type.alias.equals(Optional.of(nameOrAlias)))
        .findFirst()
        .orElseThrow(() ->
            new ConfigException("unsupported machine type\nUse -machine help to list supported machines"));
  }

  /// Can memory be given to NUMA nodes as a number of bytes? False for a type that there is not.
  public static boolean takesNumaMem(String nameOrAlias) {
    return ALL.stream()
        .anyMatch(t -> t.numaMem && (t.name.equals(nameOrAlias) || t.alias.equals(Optional.of(nameOrAlias))));
  }

  /// As `query-machines` shows it.
  MachineCommands.MachineInfo info() {
    return new MachineCommands.MachineInfo(
        name,
        alias,
        isDefault ? Optional.of(true) : Optional.empty(),
        smp.maxCpus(),
        hotpluggableCpus,
        numaMem,
        deprecated,
        defaultCpu.map(model -> model + CpuModel.TYPE_SUFFIX),
        defaultRamId);
  }
}
