package thespis.actors.chardev;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Several front ends on one device: output of all of them appears, input goes to the one in focus. Keys behind an
/// escape character (Ctrl-A) change the focus and do a few other things, as QEMU's do.
public final class MuxChardev implements Frontend {
  private static final int MOST = 4;
  private static final byte[] QUIT = "QEMU: Terminated\n\r".getBytes(StandardCharsets.US_ASCII);

  private final Chardev device;
  private final int escape;
  private final Runnable quit;
  private final List<Port> ports = new ArrayList<>();
  private int monitors;
  private int focus;
  private boolean escaped;
  private boolean timestamps;
  private boolean lineStart = true;
  private long firstStamp = -1;

  /// @param escape the code of the escape character
  /// @param quit what the key for leaving does
  MuxChardev(Chardev device, int escape, Runnable quit) {
    this.device = device;
    this.escape = escape;
    this.quit = quit;
  }

  /// One front end's share of the device.
  public final class Port {
    private Frontend frontend;

    private Port() {}

    /// What this front end sends.
    public void write(byte[] bytes, int from, int length) {
      output(bytes, from, length);
    }
  }

  public Chardev device() {
    return device;
  }

  /// There are as many front ends as there may be.
  boolean isFull() {
    return ports.size() == MOST;
  }

  /// Another front end. Monitors come first, in order, then the others; the last of all has the focus to begin with.
  public Port add(Frontend frontend) {
    Port port = new Port();
    port.frontend = frontend;
    ports.add(frontend.isMonitor() ? monitors++ : ports.size(), port);
    return port;
  }

  boolean isOpen() {
    return !ports.isEmpty();
  }

  /// All front ends are there: begin.
  void begin() {
    focus = Math.max(0, ports.size() - 1);
    device.connect(this);
  }

  @Override
  public void event(Event event) {
    if (event != Event.OPENED && event != Event.CLOSED) {
      return;
    }
    for (Port port : ports) {
      port.frontend.event(event);
    }
    if (event == Event.OPENED && !ports.isEmpty()) {
      ports.get(focus).frontend.event(Event.FOCUS_IN);
    }
  }

  @Override
  public void receive(byte[] bytes) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
    for (byte b : bytes) {
      if (escaped) {
        escaped = false;
        if ((b & 0xFF) == escape) {
          plain.write(b);
        } else {
          pass(plain);
          key((char) (b & 0xFF));
        }
      } else if ((b & 0xFF) == escape) {
        escaped = true;
      } else {
        plain.write(b);
      }
    }
    pass(plain);
  }

  private void pass(ByteArrayOutputStream plain) {
    if (plain.size() > 0 && !ports.isEmpty()) {
      ports.get(focus).frontend.receive(plain.toByteArray());
      plain.reset();
    }
  }

  private void key(char key) {
    switch (key) {
      case 'h', '?' -> device.write(help().getBytes(StandardCharsets.US_ASCII));
      case 'x' -> {
        device.write(QUIT);
        quit.run();
      }
      case 't' -> {
        timestamps = !timestamps;
        firstStamp = -1;
        lineStart = false;
      }
      case 'b' -> ports.get(focus).frontend.event(Event.BREAK);
      case 'c' -> {
        ports.get(focus).frontend.event(Event.FOCUS_OUT);
        focus = (focus + 1) % ports.size();
        ports.get(focus).frontend.event(Event.FOCUS_IN);
      }
      case 's' -> { }
      default -> { }
    }
  }

  private String help() {
    String e = escape > 0 && escape < 27 ? "C-" + (char) ('a' - 1 + escape) : "0x" + Integer.toHexString(escape);
    return "\n\r"
        + e + " h    print this help\n\r"
        + e + " x    exit emulator\n\r"
        + e + " s    save disk data back to file (if -snapshot)\n\r"
        + e + " t    toggle console timestamps\n\r"
        + e + " b    send break (magic sysrq)\n\r"
        + e + " c    switch between console and monitor\n\r"
        + e + " " + e + "  sends " + e + "\n\r";
  }

  private synchronized void output(byte[] bytes, int from, int length) {
    if (!timestamps) {
      device.write(bytes, from, length);
      return;
    }
    ByteArrayOutputStream stamped = new ByteArrayOutputStream(length + 32);
    for (int i = from; i < from + length; i++) {
      if (lineStart) {
        stamped.writeBytes(stamp().getBytes(StandardCharsets.US_ASCII));
        lineStart = false;
      }
      stamped.write(bytes[i]);
      lineStart = bytes[i] == '\n';
    }
    device.write(stamped.toByteArray());
  }

  private String stamp() {
    long now = System.nanoTime();
    if (firstStamp < 0) {
      firstStamp = now;
    }
    Duration since = Duration.ofNanos(now - firstStamp);
    return String.format(
        "[%02d:%02d:%02d.%03d] ", since.toHours(), since.toMinutesPart(), since.toSecondsPart(), since.toMillisPart());
  }
}
