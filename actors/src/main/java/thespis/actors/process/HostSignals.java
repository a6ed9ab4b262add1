package thespis.actors.process;

import java.util.function.IntConsumer;
import sun.misc.Signal;

/// The signals that ask the emulator to end: SIGTERM, SIGINT, SIGHUP. signal(7).
final class HostSignals {
  private HostSignals() {}

  /// @param ask hears the signal's number, on a thread of the JVM's
  static void handle(IntConsumer ask) {
    for (String name : new String[] {"TERM", "INT", "HUP"}) {
      try {
        Signal.handle(new Signal(name), signal -> ask.accept(signal.getNumber()));
      } catch (IllegalArgumentException e) {
        // Whoever started us has decided that this one is ignored.
      }
    }
  }
}
