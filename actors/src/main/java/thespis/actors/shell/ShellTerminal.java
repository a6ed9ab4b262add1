package thespis.actors.shell;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import thespis.actors.chardev.Terminal;
import thespis.actors.hmp.LineEditor;
import thespis.actors.hmp.Ways;

/// The terminal of a shell: a prompt with a line that is edited, and texts that come from elsewhere meanwhile, which
/// appear above it.
final class ShellTerminal implements AutoCloseable {
  private static final int CTRL_D = 4;
  private static final int END = -1;

  private final String prompt;
  private final Terminal terminal = Terminal.raw(true);
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final BlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
  private final LineEditor editor = new LineEditor();
  private boolean reading;

  ShellTerminal(String prompt) {
    this.prompt = prompt;
    Thread.ofPlatform().daemon().name("shell-keys").start(this::readKeys);
  }

  private void readKeys() {
    try (FileInputStream in = new FileInputStream(FileDescriptor.in)) {
      for (int key; (key = in.read()) >= 0; ) {
        keys.add(key);
      }
    } catch (IOException e) {
      // As at its end.
    }
    end();
  }

  /// No more lines.
  void end() {
    keys.add(END);
  }

  /// The next line; null at the end.
  String read(Function<String, List<String>> completion) {
    synchronized (this) {
      reading = true;
      out.print(prompt);
    }
    try {
      while (true) {
        int key = keys.take();
        synchronized (this) {
          if (key == END || key == CTRL_D && editor.line().isEmpty()) {
            out.print("\r\n");
            return null;
          }
          LineEditor.Action action = editor.key(key);
          if (action == LineEditor.Action.COMPLETE) {
            out.print(Ways.go(editor, completion.apply(editor.head()), prompt));
          }
          out.print(editor.output());
          if (action == LineEditor.Action.ENTER) {
            reading = false;
            return editor.take();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  synchronized void print(String text) {
    if (reading) {
      out.print("\r\033[K");
    }
    out.print(text.replace("\n", "\r\n") + "\r\n");
    if (reading) {
      out.print(prompt);
      editor.show();
      out.print(editor.output());
    }
  }

  @Override
  public void close() {
    terminal.restore();
  }
}
