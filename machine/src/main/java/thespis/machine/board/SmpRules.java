package thespis.machine.board;

/// What a machine type allows of processors. `machine` is its full name, as in `pc-i440fx-7.2`.
///
/// @param preferSockets machine types up to 6.1 fill sockets before cores
public record SmpRules(String machine, int minCpus, int maxCpus, boolean preferSockets, boolean diesSupported) {
  public static final SmpRules PC = new SmpRules("pc-i440fx-7.2", 1, 255, false, true);
  public static final SmpRules NONE = new SmpRules("none", 1, 1, false, false);

  /// The same machine type with another limit.
  public SmpRules upTo(int most) {
    return new SmpRules(machine, minCpus, most, preferSockets, diesSupported);
  }
}
