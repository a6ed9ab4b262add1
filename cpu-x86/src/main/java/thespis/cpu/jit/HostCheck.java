package thespis.cpu.jit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Whether translations can run on this host: Linux on an x86-64 processor with the instructions that translated code
/// uses or passes on.
final class HostCheck {
  private static final List<String> NEEDED =
      List.of("bmi1", "bmi2", "abm", "popcnt", "ssse3", "sse4_1", "sse4_2", "aes", "pclmulqdq", "cx16");

  static final boolean GOOD = good();

  private HostCheck() {}

  private static boolean good() {
    if (!"amd64".equals(System.getProperty("os.arch")) || !"Linux".equals(System.getProperty("os.name"))) {
      return false;
    }
    try (BufferedReader in = Files.newBufferedReader(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("flags")) {
          return Arrays.asList(line.split("[: \\t]+")).containsAll(NEEDED);
        }
      }
    } catch (IOException e) {
      return false; // a host that does not say what it can is taken at its least
    }
    return false;
  }
}
