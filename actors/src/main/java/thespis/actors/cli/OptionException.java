package thespis.actors.cli;

import java.util.List;

/// The command line cannot be carried out. Each report is printed after the program's name; a report may have more
/// lines, which stand alone.
public final class OptionException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> reports;
  private final transient List<String> notes;
  private final boolean placeless;

  public OptionException(String... reports) {
    this(List.of(reports), List.of(), false);
  }

  private OptionException(List<String> reports, List<String> notes, boolean placeless) {
    super(String.join("\n", reports));
    this.reports = reports;
    this.notes = notes;
    this.placeless = placeless;
  }

  /// What QEMU finds out only when it makes the machine, and reports without the option.
  static OptionException plain(String report) {
    return new OptionException(List.of(report), List.of(), true);
  }

  /// What was to be said of the options before, to be printed first.
  public List<String> notes() {
    return notes;
  }

  /// The same with what was to be said of the options before.
  OptionException after(List<String> said) {
    return new OptionException(reports, List.copyOf(said), placeless);
  }

  public List<String> reports() {
    return reports;
  }

  /// The same with the option quoted before each report. What is quoted from a file gets no advice.
  OptionException at(String where) {
    return placeless || where.isEmpty() ? this : new OptionException(reports.stream()
        .map(r -> where + ": " + (where.startsWith(":") ? r.lines().findFirst().orElse(r) : r))
        .toArray(String[]::new));
  }

  /// The same with one report more.
  OptionException and(String report) {
    String[] all = java.util.stream.Stream.concat(reports.stream(), java.util.stream.Stream.of(report))
        .toArray(String[]::new);
    return new OptionException(all);
  }
}
