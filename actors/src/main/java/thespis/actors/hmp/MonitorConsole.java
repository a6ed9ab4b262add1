package thespis.actors.hmp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import thespis.actors.Version;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.Frontend;

/// A human at a character device: prompt, echo, a line at a time. On a device shared with a serial port nothing is
/// shown before the monitor has the focus. What is typed while a command runs is read when it has answered.
public final class MonitorConsole implements Frontend {
  private static final String PROMPT = "(qemu) ";
  private static final String BANNER = "QEMU " + Version.NUMBER + " monitor - type 'help' for more information\r\n";

  private final HumanMonitor monitor;
  private final boolean shared;
  private final LineEditor editor = new LineEditor();
  private final ArrayDeque<Byte> typedAhead = new ArrayDeque<>();
  private Chardevs.Output output;
  private boolean greeted;
  private boolean busy;

  /// @param shared the device is a multiplexer
  public MonitorConsole(MonitorContext context, boolean shared) {
    this.monitor = HumanMonitor.onTerminal(context, editor::history);
    this.shared = shared;
  }

  public synchronized void attach(Chardevs.Output output) {
    this.output = output;
  }

  @Override
  public boolean isMonitor() {
    return true;
  }

  @Override
  public synchronized void event(Event event) {
    switch (event) {
      case OPENED -> {
        greeted = false;
        if (!shared) {
          greet();
        }
      }
      case FOCUS_IN -> {
        if (greeted) {
          print(PROMPT);
          editor.show();
          print(editor.output());
        } else {
          greet();
        }
      }
      case FOCUS_OUT -> {
        print("\r\n");
      }
      case CLOSED, BREAK -> { }
    }
  }

  @Override
  public synchronized void receive(byte[] bytes) {
    for (byte b : bytes) {
      typedAhead.add(b);
    }
    read();
  }

  private void greet() {
    greeted = true;
    print(BANNER + PROMPT);
  }

  private void read() {
    while (!busy && !typedAhead.isEmpty()) {
      LineEditor.Action action = editor.key(typedAhead.remove() & 0xFF);
      switch (action) {
        case ENTER -> {
          print(editor.output());
          busy = true;
          monitor.run(editor.take()).thenAccept(this::answered);
        }
        case COMPLETE -> {
          busy = true;
          monitor.completions(editor.head()).thenAccept(this::completed);
        }
        case NONE -> { }
      }
    }
    print(editor.output());
  }

  private synchronized void answered(String text) {
    busy = false;
    print(text + PROMPT);
    read();
  }

  private synchronized void completed(List<String> ways) {
    busy = false;
    print(Ways.go(editor, ways, PROMPT));
    read();
  }

  private void print(String text) {
    if (!text.isEmpty()) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      output.write(bytes, 0, bytes.length);
    }
  }
}
