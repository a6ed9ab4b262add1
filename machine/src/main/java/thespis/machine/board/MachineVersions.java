package thespis.machine.board;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import thespis.cpu.prop.GlobalProperty;

/// The versions of QEMU's PC machine types up to 7.2, and what of a version guests, clients and `-smp` can tell. QEMU
/// differs: there, an old version also has the chips' old habits, so that a machine can move between emulators; here all
/// have those of 7.2, and only processors are as old as their machine.
///
/// @param family the part of the name before the version
/// @param version as in `7.2`
public record MachineVersions(String family, String version) {
  public static final String PC = "pc-i440fx";
  public static final String Q35 = "pc-q35";
  private static final String NEWEST = "7.2";

  /// In the order of `-machine help`.
  private static final List<String> PC_VERSIONS = List.of(
      "7.2", "7.1", "7.0", "6.2", "6.1", "6.0", "5.2", "5.1", "5.0", "4.2", "4.1", "4.0", "3.1", "3.0", "2.9", "2.8",
      "2.7", "2.6", "2.5", "2.4", "2.3", "2.2", "2.12", "2.11", "2.10", "2.1", "2.0", "1.7", "1.6", "1.5", "1.4");

  private static final List<String> Q35_VERSIONS = List.of(
      "7.2", "7.1", "7.0", "6.2", "6.1", "6.0", "5.2", "5.1", "5.0", "4.2", "4.1", "4.0.1", "4.0", "3.1", "3.0", "2.9",
      "2.8", "2.7", "2.6", "2.5", "2.4", "2.12", "2.11", "2.10");

  public static List<MachineVersions> pc() {
    return PC_VERSIONS.stream().map(v -> new MachineVersions(PC, v)).toList();
  }

  public static List<MachineVersions> q35() {
    return Q35_VERSIONS.stream().map(v -> new MachineVersions(Q35, v)).toList();
  }

  public static Stream<String> names() {
    return Stream.concat(pc().stream(), q35().stream()).map(MachineVersions::name);
  }

  public String name() {
    return family + "-" + version;
  }

  public boolean newest() {
    return version.equals(NEWEST);
  }

  public boolean deprecated() {
    return !from(2, 0);
  }

  /// The machine of this full name; empty if it is none of them.
  public static Optional<MachineVersions> find(String name) {
    return Stream.concat(pc().stream(), q35().stream()).filter(m -> m.name().equals(name)).findAny();
  }

  /// What it makes of its processors, before anything that the user says.
  public List<GlobalProperty> properties() {
    return OldMachines.properties(this);
  }

  /// CPU models without a version are other names of one with a version.
  public boolean modelsAreAliases() {
    return from(4, 1);
  }

  /// Memory can be given to nodes by `-numa node,mem=`.
  public boolean numaMem() {
    return !from(5, 1);
  }

  public SmpRules smp() {
    return new SmpRules(name(), 1, family.equals(Q35) && from(2, 8) ? 288 : 255, !from(6, 2), true);
  }

  /// Of this version or one before it.
  boolean upTo(String other) {
    String[] parts = other.split("\\.");
    int major = Integer.parseInt(parts[0]);
    int minor = Integer.parseInt(parts[1]);
    return !from(major, minor + 1);
  }

  /// Its migration streams have sections with ends, and tell of the machine and its run state.
  public boolean sectionsHaveEnds() {
    return from(2, 4);
  }

  /// Whoever receives a compressed page looks whether it was whole.
  public boolean decompressionIsChecked() {
    return from(3, 0);
  }

  private boolean from(int major, int minor) {
    String[] parts = version.split("\\.");
    int own = Integer.parseInt(parts[0]);
    return own > major || own == major && Integer.parseInt(parts[1]) >= minor;
  }
}
