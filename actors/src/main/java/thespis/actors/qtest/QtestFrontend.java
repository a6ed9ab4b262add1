package thespis.actors.qtest;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.Frontend;

/// A test at the other end of a character device. Its requests are carried out one after the other on the device's thread,
/// which waits where a request takes its time; meanwhile the test waits too.
public final class QtestFrontend implements Frontend {
  private final QtestSession session;
  private final QtestLog log;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private volatile Chardevs.Output output = (bytes, from, length) -> { };

  /// @param log where what is said is written down
  public QtestFrontend(QtestTarget target, OutputStream log) {
    session = new QtestSession(target, this::send);
    this.log = new QtestLog(log, System::nanoTime);
  }

  /// Where answers go.
  public void attach(Chardevs.Output to) {
    output = to;
  }

  @Override
  public void receive(byte[] bytes) {
    for (byte b : bytes) {
      if (b != '\n') {
        line.write(b);
        continue;
      }
      String request = line.toString(StandardCharsets.ISO_8859_1);
      line.reset();
      log.received(request);
      send(session.answer(request));
    }
  }

  @Override
  public void event(Event event) {
    switch (event) {
      case OPENED -> {
        session.opened();
        log.opened();
      }
      case CLOSED -> log.closed();
      case BREAK, FOCUS_IN, FOCUS_OUT -> { }
    }
  }

  private synchronized void send(String text) {
    log.sent(text);
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.ISO_8859_1);
    output.write(bytes, 0, bytes.length);
  }
}
