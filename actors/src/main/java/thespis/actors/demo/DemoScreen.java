package thespis.actors.demo;

import java.io.PrintStream;
import java.util.Locale;

/// What the demo shows: a line for each thing that happens, with the time since the start and who it is about.
final class DemoScreen {
  private final PrintStream out;
  private final long start = System.nanoTime();

  DemoScreen(PrintStream out) {
    this.out = out;
  }

  /// Seconds since the start.
  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  synchronized void line(String who, String text) {
    out.printf(Locale.ROOT, "%8.3f  %-8s  %s%n", seconds(), who, text);
    out.flush();
  }

  synchronized void plain(String text) {
    out.println(text);
    out.flush();
  }
}
