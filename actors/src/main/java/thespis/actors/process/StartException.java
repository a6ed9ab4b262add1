package thespis.actors.process;

import java.util.List;

/// The emulator cannot start. Each report is printed after the program's name.
final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> reports;

  StartException(String... reports) {
    super(String.join("\n", reports));
    this.reports = List.of(reports);
  }

  List<String> reports() {
    return reports;
  }
}
