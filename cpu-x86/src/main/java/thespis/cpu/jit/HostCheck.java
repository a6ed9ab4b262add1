package thespis.cpu.jit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Whether translations can run on this host: Linux on an x86-64 processor with the instructions that translated code
/// uses or passes on.
final class HostCheck {
  private static final List<String> NEEDED =
      List.of("bmi1", "bmi2", "abm", "popcnt", "ssse3", "sse4_1", "sse4_2", "aes", "pclmulqdq", "cx16");

  /// The host processor's features by Linux's names; none where translations can't run at all.
  private static final Set<String> FEATURES = read();

  static final boolean GOOD = FEATURES.containsAll(NEEDED);

  private HostCheck() {}

  static boolean has(String feature) {
    return FEATURES.contains(feature);
  }

  /// All of them, always in the same order.
  static String features() {
    return String.join(" ", new TreeSet<>(FEATURES));
  }

  private static Set<String> read() {
    if (!"amd64".equals(System.getProperty("os.arch")) || !"Linux".equals(System.getProperty("os.name"))) {
      return Set.of();
    }
    try (BufferedReader in = Files.newBufferedReader(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("flags")) {
          return new HashSet<>(Arrays.asList(line.split("[: \\t]+")));
        }
      }
    } catch (IOException e) {
      return Set.of(); // a host that does not say what it can is taken at its least
    }
    return Set.of();
  }
}
