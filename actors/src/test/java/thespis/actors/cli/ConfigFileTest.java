package thespis.actors.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Texts as QEMU 7.2 gave them.
class ConfigFileTest {
  @TempDir private Path folder;

  private String file(String text) throws IOException {
    Path file = folder.resolve("c.cfg");
    Files.writeString(file, text);
    return file.toString();
  }

  private Options read(String text, String... more) throws IOException {
    List<String> line = new java.util.ArrayList<>(List.of("-display", "none", "-readconfig", file(text)));
    line.addAll(List.of(more));
    return ((CommandLine.Run) CommandLine.parse("thespis", line)).options();
  }

  @Test
  void groupsAreOptions() throws IOException {
    Options options = read("""
        # a comment
        [machine]
          type = "q35"

        [smp-opts]
          cpus = "2"
        [memory]
          size = "256"
        [device "c1"]
          driver = "qemu64-x86_64-cpu"
          core-id = "1"
        [name]
          guest = "a,b"
        """);
    assertEquals("q35", options.machine().type());
    assertEquals("cpus=2", options.machine().smp());
    assertEquals(256L << 20, options.machine().memory());
    assertEquals(Map.of("id", "c1", "driver", "qemu64-x86_64-cpu", "core-id", "1"),
        options.machine().devices().getFirst().arguments());
    assertEquals("a,b", options.machine().name().orElseThrow());
  }

  @Test
  void aLaterOptionGoesOn() throws IOException {
    assertEquals("cpus=2,maxcpus=4", read("[smp-opts]\ncpus = \"2\"\n", "-smp", "maxcpus=4").machine().smp().replace(
        "cpus=2,cpus=", "cpus=2,"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "foo = \"1\" | thespis:FILE:1: no group defined",
    "[]          | thespis:FILE:1: no group defined",
    "[nosuch]    | thespis: There is no option group 'nosuch'",
    "[nosuch]~a = \"1\"~[memory] | thespis:FILE:2: There is no option group 'nosuch'",
    "[memory]~size = \"x\" | thespis:FILE:2: Parameter 'size' expects a non-negative number below 2^64",
    "[memory]~foo = \"1\" | thespis:FILE:2: Invalid parameter 'foo'",
    "[device]~foo = \"1\" | thespis:FILE:2: Parameter 'driver' is missing",
    "[chardev]~backend = \"null\" | thespis:FILE:2: chardev: no id specified",
    "[mon]~chardev = \"xx\" | thespis:FILE:2: chardev \"xx\" not found",
  })
  void whatIsWrongIsNamedWithItsLine(String text, String words) throws IOException {
    OptionException e = assertThrows(OptionException.class, () -> read(text.replace('~', '\n')));
    assertEquals(words.replace("FILE", folder.resolve("c.cfg").toString()),
        CommandLine.message("thespis", e.reports().getFirst()));
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    OptionException e = assertThrows(
        OptionException.class, () -> CommandLine.parse("thespis", List.of("-readconfig", "/nosuch/x")));
    assertEquals("-readconfig /nosuch/x: Could not open '/nosuch/x': No such file or directory", e.getMessage());
  }
}
