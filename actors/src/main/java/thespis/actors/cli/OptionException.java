package thespis.actors.cli;

import java.util.List;

/// The command line cannot be carried out. Each report is printed after the program's name; a report may have more
/// lines, which stand alone.
public final class OptionException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> reports;
  private final transient List<String> notes;
  private final boolean placeless;
  private final int status;

  public OptionException(String... reports) {
    this(List.of(reports), List.of(), false, 1);
  }

  private OptionException(List<String> reports, List<String> notes, boolean placeless, int status) {
    super(String.join("\n", reports));
    this.reports = reports;
    this.notes = notes;
    this.placeless = placeless;
    this.status = status;
  }

  /// What QEMU finds out only when it makes the machine, and reports without the option.
  static OptionException plain(String report) {
    return new OptionException(List.of(report), List.of(), true, 1);
  }

  /// What was to be said of the options before, to be printed first.
  public List<String> notes() {
    return notes;
  }

  /// The same with what was to be said of the options before.
  OptionException after(List<String> said) {
    return new OptionException(reports, List.copyOf(said), placeless, status);
  }

  /// The same as an end that is no failure.
  OptionException harmless() {
    return new OptionException(reports, notes, placeless, 0);
  }

  /// What the process returns.
  public int status() {
    return status;
  }

  public List<String> reports() {
    return reports;
  }

  /// The same with the option quoted before each report. What is quoted from a file gets no advice.
  OptionException at(String where) {
    return placeless || where.isEmpty() ? this : new OptionException(
        reports.stream()
            .map(r -> where + ": " + (where.startsWith(":") ? r.lines().findFirst().orElse(r) : r))
            .toList(),
        notes, false, status);
  }

  /// The same with one report more.
  OptionException and(String report) {
    String[] all = java.util.stream.Stream.concat(reports.stream(), java.util.stream.Stream.of(report))
        .toArray(String[]::new);
    return new OptionException(all);
  }
}
