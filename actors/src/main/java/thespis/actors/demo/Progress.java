package thespis.actors.demo;

import java.io.PrintStream;
import java.util.Locale;

/// A bar that grows with a download. Where nobody can see it grow, a line at the end is enough.
final class Progress {
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final boolean live;
  private final String what;
  private final long total;

  /// @param total bytes to come; 0 if that is not known
  Progress(PrintStream out, boolean live, String what, long total) {
    this.out = out;
    this.live = live;
    this.what = what;
    this.total = total;
  }

  void at(long bytes) {
    if (live) {
      out.print("\r" + text(bytes));
      out.flush();
    }
  }

  void done(long bytes) {
    out.println((live ? "\r" : "") + text(bytes));
  }

  private String text(long bytes) {
    double share = total == 0 ? 0 : Math.min(1.0, (double) bytes / total);
    int full = (int) (share * WIDTH);
    return String.format(
        Locale.ROOT, "  %-34s [%s%s] %6.1f MB", what, "#".repeat(full), ".".repeat(WIDTH - full), bytes / 1e6);
  }
}
