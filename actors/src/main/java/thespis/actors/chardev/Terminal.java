package thespis.actors.chardev;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// The terminal on standard input, in raw mode as long as this object is not restored: each key comes at once and is
/// not echoed. termios(3). Where standard input is no terminal there is nothing to do.
public final class Terminal {
  private static final int SIZE = 60;
  private static final long INPUT_FLAGS = 0;
  private static final long OUTPUT_FLAGS = 4;
  private static final long CONTROL_FLAGS = 8;
  private static final long LOCAL_FLAGS = 12;
  private static final long CONTROL_CHARACTERS = 17;
  private static final int VTIME = 5;
  private static final int VMIN = 6;
  private static final int IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON = 0x5EB;
  private static final int OPOST = 1;
  private static final int ECHO_ECHONL_ICANON_IEXTEN = 0x804A;
  private static final int ISIG = 1;

  private final MemorySegment before;
  private boolean restored;

  private Terminal(MemorySegment before) {
    this.before = before;
  }

  /// @param signal Ctrl-C still ends the process
  public static Terminal raw(boolean signal) {
    MemorySegment before = isTerminal() ? Arena.global().allocate(SIZE, 4) : null;
    if (before == null || !Libc.tcgetattr(0, before)) {
      return new Terminal(null);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment now = arena.allocate(SIZE, 4).copyFrom(before);
      clear(now, INPUT_FLAGS, IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON);
      now.set(ValueLayout.JAVA_INT, OUTPUT_FLAGS, now.get(ValueLayout.JAVA_INT, OUTPUT_FLAGS) | OPOST);
      clear(now, LOCAL_FLAGS, ECHO_ECHONL_ICANON_IEXTEN | (signal ? 0 : ISIG));
      clear(now, CONTROL_FLAGS, 0x100);
      now.set(ValueLayout.JAVA_BYTE, CONTROL_CHARACTERS + VMIN, (byte) 1);
      now.set(ValueLayout.JAVA_BYTE, CONTROL_CHARACTERS + VTIME, (byte) 0);
      Libc.tcsetattr(0, now);
    }
    Terminal terminal = new Terminal(before);
    Runtime.getRuntime().addShutdownHook(new Thread(terminal::restore, "terminal-restore"));
    return terminal;
  }

  /// Back to what it was. Twice is fine.
  public synchronized void restore() {
    if (before != null && !restored) {
      restored = true;
      Libc.tcsetattr(0, before);
    }
  }

  /// Asks the kernel's file system, which is cheaper than the C library the first time.
  public static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }

  private static void clear(MemorySegment termios, long field, int bits) {
    termios.set(ValueLayout.JAVA_INT, field, termios.get(ValueLayout.JAVA_INT, field) & ~bits);
  }
}
