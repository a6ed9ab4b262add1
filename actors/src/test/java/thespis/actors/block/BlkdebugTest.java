package thespis.actors.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.qmp.command.BlkdebugEvent;
import thespis.qmp.command.BlockdevOptions.FaultyAccess;

/// Nodes with faults: texts are QEMU 7.2's to the same commands.
class BlkdebugTest {
  @TempDir
  Path folder;

  private final BlockBench bench = new BlockBench();

  @AfterEach
  void close() {
    bench.layer.close();
  }

  private String add(String options) {
    return bench.text("blockdev-add", "{'driver': 'blkdebug', 'node-name': 'a', " + options + "}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'image': {'driver': 'null-co'}                                       | ``",
    "'image': 'nosuch'                                | Cannot find device='nosuch' nor node-name='nosuch'",
    "'align': 3, 'image': {'driver': 'null-co'}                           | Cannot meet constraints with align 3",
    "'align': 512, 'max-discard': 513, 'image': {'driver': 'null-co'} | Cannot meet constraints with max-discard 513",
    "'config': '/nonexist', 'image': {'driver': 'null-co'} "
        + "| Could not read blkdebug config file: No such file or directory",
    "'config': '/etc', 'image': {'driver': 'null-co'}     | Cannot read config file: Is a directory",
    "'inject-error': [{'event': 'x'}], 'image': 'x'       "
        + "| Parameter 'event' does not accept value 'x'",
    "'set-state': [{'event': 'none'}], 'image': 'x'       | Parameter 'set-state[0].new_state' is missing",
  })
  void whatCannotBeIsRefused(String options, String text) {
    assertEquals(text, add(options));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "[inject-error];event = \"read_aio\";errno = \"5\"              | ``",
    "# nothing                                                      | ``",
    "[set-state];event = \"none\";state = \"1\";new_state = \"2\"     | ``",
    "event = \"none\"                                               | no group defined",
    "[drive]                                                        | There is no option group 'drive'",
    "[inject-error];errno = \"5\"                                    | Missing event name for rule",
    "[inject-error];event = \"reading\"                              | invalid parameter value: reading",
    "[inject-error];event = \"none\";iotype = \"write_zeroes\"       | invalid parameter value: write_zeroes",
    "[inject-error];event = \"none\";new_state = \"1\"               | Invalid parameter 'new_state'",
    "[inject-error];event = \"none\";errno = \"EIO\"                 | Parameter 'errno' expects a number",
    "[inject-error];event = \"none\";once = \"1\"                    | Parameter 'once' expects 'on' or 'off'",
  })
  void itsConfigurationIsChecked(String lines, String text) throws IOException {
    Path file = Files.writeString(folder.resolve("rules"), lines.replace(';', '\n') + "\n");
    assertEquals(text, add("'config': '" + file + "', 'image': {'driver': 'null-co'}"));
  }

  @Test
  void itIsCalledAfterWhatItShows() {
    assertEquals("", add("'image': {'driver': 'null-co', 'node-name': 'below'}"));
    assertEquals("blkdebug::null-co://", bench.value("query-named-block-nodes", "{}").at("/0/file").asText());
    assertEquals(true, bench.value("query-named-block-nodes", "{}").at("/0/image/actual-size").isMissingNode());
    assertEquals("image", bench.value("x-debug-query-block-graph", "{}").at("/edges/0/name").asText());
    assertEquals("Node below is not owned by the monitor", bench.text("blockdev-del", "{'node-name': 'below'}"));
    assertEquals(
        "", bench.text("blockdev-add", "{'driver': 'blkdebug', 'node-name': 'd', 'image': 'below',"
            + " 'take-child-perms': ['write'], 'unshare-child-perms': ['write']}"));
    assertEquals(
        "Permission conflict on node 'below': permissions 'write' are both required by node 'e' (uses node 'below' as"
            + " 'image' child) and unshared by node 'd' (uses node 'below' as 'image' child).",
        bench.text("blockdev-add", "{'driver': 'blkdebug', 'node-name': 'e', 'image': 'below',"
            + " 'take-child-perms': ['write']}"));
  }

  private static String outcome(FaultRules rules, FaultyAccess access, long at) {
    try {
      rules.check(access, at, 512);
      return "";
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  @Test
  void accessesFailOnceAnEventHasPutARuleIntoForce() {
    FaultRules rules = FaultRules.of(Optional.of("""
        [inject-error]
        event = "pwritev"
        state = "2"
        iotype = "write"
        errno = "28"
        sector = "3"
        once = "on"

        [set-state]
        event = "flush_to_disk"
        new_state = "2"
        """.lines().toList()), Optional.empty(), Optional.empty());
    rules.happened(BlkdebugEvent.PWRITEV);
    assertEquals("", outcome(rules, FaultyAccess.WRITE, 3 * 512), "another state");
    rules.happened(BlkdebugEvent.FLUSH_TO_DISK);
    rules.happened(BlkdebugEvent.PWRITEV);
    assertEquals("", outcome(rules, FaultyAccess.READ, 3 * 512));
    assertEquals("", outcome(rules, FaultyAccess.WRITE, 4 * 512));
    assertEquals("No space left on device", outcome(rules, FaultyAccess.WRITE, 3 * 512));
    rules.happened(BlkdebugEvent.PWRITEV);
    assertEquals("", outcome(rules, FaultyAccess.WRITE, 3 * 512), "once");
  }

  @Test
  void withoutMoreEveryAccessFails() {
    FaultRules rules = FaultRules.of(
        Optional.of(List.of("[inject-error]", "event = \"none\"")), Optional.empty(), Optional.empty());
    rules.happened(BlkdebugEvent.NONE);
    assertThrows(IOException.class, () -> rules.check(FaultyAccess.FLUSH, 0, 0));
    assertEquals("Input/output error", outcome(rules, FaultyAccess.READ, 0));
    assertEquals("", outcome(rules, FaultyAccess.BLOCK_STATUS, 0));
  }
}
