package thespis.cpu.jit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file in which Linux's `perf` looks for names of code that no object file holds: a line of start, size and name for
/// each translation. perf-report(1), and tools/perf/Documentation/jit-interface.txt of Linux. Where code memory was used
/// again the later line counts.
public final class PerfMap implements TranslationWatch, AutoCloseable {
  private final Writer out;

  public PerfMap(Path file) throws IOException {
    out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII);
  }

  /// Where `perf` looks for this process's.
  public static Path usual() {
    return Path.of("/tmp/perf-" + ProcessHandle.current().pid() + ".map");
  }

  @Override
  public synchronized void translated(int processor, long rip, int length, long code, long bytes) {
    try {
      out.write(String.format("%x %x guest-0x%x [vcpu %d]\n", code, bytes, rip, processor));
      out.flush(); // perf may look at any time, and the process may end at any time
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
