package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/// Compares a table with one that QEMU made. On a difference it shows both disassembled where iasl is installed, else
/// as bytes.
final class GoldenTable {
  private GoldenTable() {}

  static byte[] read(String name) throws IOException {
    try (InputStream in = GoldenTable.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no golden " + name);
      }
      return name.endsWith(".gz") ? new GZIPInputStream(in).readAllBytes() : in.readAllBytes();
    }
  }

  static void assertSame(String name, byte[] expected, byte[] actual) throws IOException {
    if (!Arrays.equals(expected, actual)) {
      fail(name + " differs from byte " + Arrays.mismatch(expected, actual) + " on:\n" + difference(expected, actual));
    }
  }

  private static String difference(byte[] expected, byte[] actual) throws IOException {
    Path folder = Files.createTempDirectory("aml");
    try {
      Path golden = text(folder, "golden", expected);
      Path ours = text(folder, "ours", actual);
      return run(folder, "diff", "-u", "--label", "golden", "--label", "ours", golden.toString(), ours.toString());
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static Path text(Path folder, String name, byte[] table) throws IOException {
    Path aml = Files.write(folder.resolve(name + ".aml"), table);
    Path dsl = folder.resolve(name + ".dsl");
    run(folder, "iasl", "-p", name, "-d", aml.getFileName().toString());
    if (!Files.exists(dsl)) {
      Files.writeString(dsl, HexFormat.ofDelimiter(" ").formatHex(table).replaceAll("(.{48})", "$1\n"));
    }
    return dsl;
  }

  private static String run(Path folder, String... command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      process.waitFor(10, TimeUnit.SECONDS);
      return output;
    } catch (IOException e) {
      return command[0] + " is not installed";
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
