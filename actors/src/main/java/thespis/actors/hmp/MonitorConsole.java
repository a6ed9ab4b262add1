package thespis.actors.hmp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import thespis.actors.Version;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.Frontend;

/// A human at a character device: prompt, echo, a line at a time. On a device shared with a serial port nothing is
/// shown before the monitor has the focus.
public final class MonitorConsole implements Frontend {
  private static final int BACKSPACE = 8;
  private static final int CTRL_U = 21;
  private static final int DELETE = 127;
  private static final String BANNER = "QEMU " + Version.NUMBER + " monitor - type 'help' for more information\r\n";

  private final HumanMonitor monitor;
  private final boolean shared;
  private final StringBuilder line = new StringBuilder();
  private final ArrayDeque<String> typedAhead = new ArrayDeque<>();
  private Chardevs.Output output;
  private boolean inFocus;
  private boolean greeted;
  private boolean busy;

  /// @param shared the device is a multiplexer
  public MonitorConsole(HumanMonitor monitor, boolean shared) {
    this.monitor = monitor;
    this.shared = shared;
  }

  public synchronized void attach(Chardevs.Output output) {
    this.output = output;
  }

  @Override
  public synchronized void event(Event event) {
    switch (event) {
      case OPENED -> {
        greeted = false;
        if (!shared) {
          inFocus = true;
          greet();
        }
      }
      case FOCUS_IN -> {
        inFocus = true;
        if (greeted) {
          print("\r\n(qemu) " + line);
        } else {
          print("\r\n");
          greet();
        }
      }
      case FOCUS_OUT -> {
        inFocus = false;
        print("\r\n");
      }
      case CLOSED, BREAK -> { }
    }
  }

  @Override
  public synchronized void receive(byte[] bytes) {
    ByteArrayOutputStream echo = new ByteArrayOutputStream();
    for (byte b : bytes) {
      switch (b) {
        case '\r', '\n' -> {
          echo.writeBytes(new byte[] {'\r', '\n'});
          flush(echo);
          typedAhead.add(line.toString());
          line.setLength(0);
          runNext();
        }
        case BACKSPACE, DELETE -> {
          if (!line.isEmpty()) {
            line.setLength(line.length() - 1);
            echo.writeBytes(new byte[] {'\b', ' ', '\b'});
          }
        }
        case CTRL_U -> {
          echo.writeBytes("\b \b".repeat(line.length()).getBytes(StandardCharsets.US_ASCII));
          line.setLength(0);
        }
        default -> {
          if (b >= ' ') {
            line.append((char) b);
            echo.write(b);
          }
        }
      }
    }
    flush(echo);
  }

  private void flush(ByteArrayOutputStream echo) {
    output.write(echo.toByteArray(), 0, echo.size());
    echo.reset();
  }

  private void greet() {
    greeted = true;
    print(BANNER + "(qemu) ");
  }

  /// One line after the other: the next waits for the answer.
  private void runNext() {
    if (busy || typedAhead.isEmpty()) {
      return;
    }
    busy = true;
    monitor.run(typedAhead.remove()).thenAccept(this::answered);
  }

  private synchronized void answered(String text) {
    busy = false;
    print(text + "(qemu) ");
    runNext();
  }

  private void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    output.write(bytes, 0, bytes.length);
  }
}
