package thespis.actors.qtest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.LongSupplier;

/// What was said in a test's talk and when, in seconds since its beginning: `[I ...]` for its beginning and end, `[R ...]`
/// for what was received, `[S ...]` for what was sent.
final class QtestLog {
  private final OutputStream out;
  private final LongSupplier nanos;
  private long start;
  private boolean open;

  QtestLog(OutputStream out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
  }

  synchronized void opened() {
    start = nanos.getAsLong();
    open = true;
    write("[I 0.000000] OPENED");
  }

  synchronized void closed() {
    if (open) {
      write("[I +" + time() + "] CLOSED");
      open = false;
    }
  }

  synchronized void received(String line) {
    write("[R +" + time() + "] " + line);
  }

  synchronized void sent(String line) {
    if (open) {
      write("[S +" + time() + "] " + line);
    }
  }

  private String time() {
    return String.format(Locale.ROOT, "%.6f", (nanos.getAsLong() - start) / 1e9);
  }

  private void write(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    } catch (IOException e) {
      // The test goes on without its log.
    }
  }
}
