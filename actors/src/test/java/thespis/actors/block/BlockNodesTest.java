package thespis.actors.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes as clients make, change and remove them: what QEMU 7.2 answered to the same lines, one after another. Texts are
/// those of errors; without one a command succeeds.
class BlockNodesTest {
  @TempDir
  Path folder;

  private final BlockBench bench = new BlockBench();

  @AfterEach
  void close() {
    bench.layer.close();
  }

  private void conversation(String lines) {
    for (String line : lines.replace("{dir}", folder.toString()).lines().toList()) {
      String[] parts = line.strip().split(" \\| ", 2);
      int space = parts[0].indexOf(' ');
      String text = parts.length == 1 ? "" : parts[1].strip();
      assertEquals(text, bench.text(parts[0].substring(0, space), parts[0].substring(space + 1)), line);
    }
  }

  private String file(String name, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
      file.setLength(bytes);
    }
    return folder.resolve(name).toString();
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    bench.value("query-named-block-nodes", "{}").forEach(node -> names.add(node.get("node-name").asText()));
    return names;
  }

  private JsonNode node(String name) {
    for (JsonNode node : bench.value("query-named-block-nodes", "{}")) {
      if (node.get("node-name").asText().equals(name)) {
        return node;
      }
    }
    throw new AssertionError("no node " + name);
  }

  @Test
  void aNodeHasANameOfItsOwnAndADriverThatIsThere() {
    conversation("""
        blockdev-add {'driver': 'null-co'} | 'node-name' must be specified for the root node
        blockdev-add {'node-name': 'a'} | Parameter 'driver' is missing
        blockdev-add {'driver': 'nosuch', 'node-name': 'a'} | Parameter 'driver' does not accept value 'nosuch'
        blockdev-add {'driver': 'null-co', 'node-name': 'a', 'x': 1} | Parameter 'x' is unexpected
        blockdev-add {'driver': 'null-co', 'node-name': 'a'}
        blockdev-add {'driver': 'null-co', 'node-name': 'a'} | Duplicate nodes with node-name='a'
        blockdev-add {'driver': 'null-co', 'node-name': '1a'} | Invalid node-name: '1a'
        blockdev-add {'driver': 'null-co', 'node-name': 'a1234567890123456789012345678901'} | Node name too long
        blockdev-add {'driver': 'null-co', 'node-name': 'b', 'detect-zeroes': 'unmap'} | setting detect-zeroes to unmap \
        is not allowed without setting discard operation to unmap
        blockdev-add {'driver': 'null-co', 'node-name': 'b', 'force-share': true} | force-share=on can only be used \
        with read-only images
        blockdev-add {'driver': 'raw', 'node-name': 'b', 'file': 'zz'} | Cannot find device='zz' nor node-name='zz'
        blockdev-add {'driver': 'raw', 'node-name': 'b', 'file': null} | Invalid parameter type for 'file', expected: \
        BlockdevRef
        blockdev-add {'driver': 'raw', 'node-name': 'b', 'file': {'driver': 'file'}} | Parameter 'file.filename' is missing
        blockdev-add {'driver': 'raw', 'node-name': 'b', 'file': {'driver': 'null-co', 'node-name': 'a'}} | Duplicate \
        nodes with node-name='a'
        """);
    assertEquals(List.of("a"), names());
  }

  @Test
  void whatAHostCantOpenIsNoNode() throws IOException {
    file("img", 4096);
    conversation("""
        blockdev-add {'driver': 'file', 'node-name': 'f', 'filename': '{dir}/zz'} | Could not open '{dir}/zz': No such \
        file or directory
        blockdev-add {'driver': 'file', 'node-name': 'f', 'filename': ''} | The 'file' block driver requires a file name
        blockdev-add {'driver': 'file', 'node-name': 'f', 'filename': '{dir}'} | Could not open '{dir}': Is a directory
        blockdev-add {'driver': 'file', 'node-name': 'f', 'filename': '{dir}', 'read-only': true} | 'file' driver \
        requires '{dir}' to be a regular file
        blockdev-add {'driver': 'host_device', 'node-name': 'f', 'filename': '{dir}/img'} | 'host_device' driver \
        requires '{dir}/img' to be either a character or block device
        blockdev-add {'driver': 'file', 'node-name': 'f', 'filename': '{dir}/img', 'aio': 'native'} | aio=native was \
        specified, but it requires cache.direct=on, which was not specified.
        blockdev-add {'driver': 'raw', 'node-name': 'r', 'file': {'driver': 'file', 'filename': '{dir}/img'}, 'size': \
        1000} | Specified size is not multiple of 512
        """);
    assertEquals(List.of(), names());
  }

  @Test
  void aPartOfANodeLiesWithinIt() {
    conversation("""
        blockdev-add {'driver': 'null-co', 'node-name': 'b', 'size': 1000}
        blockdev-add {'driver': 'raw', 'node-name': 'r', 'file': 'b', 'offset': 2048} | Offset (2048) cannot be greater \
        than size of the containing file (1024)
        blockdev-add {'driver': 'raw', 'node-name': 'r', 'file': 'b', 'offset': 512, 'size': 1024} | The sum of offset \
        (512) and size (1024) has to be smaller or equal to the  actual size of the containing file (1024)
        blockdev-add {'driver': 'raw', 'node-name': 'r', 'file': 'b', 'offset': 512, 'size': 512}
        """);
    assertEquals("""
        json:{"offset": 512, "driver": "raw", "size": 512, "file": {"driver": "null-co", "size": 1000}}""",
        node("r").get("file").asText());
    assertEquals(1024, node("b").at("/image/virtual-size").asLong());
  }

  @Test
  void whatIsUsedStaysAndWhatWasMadeForAnotherGoesWithIt() throws IOException {
    file("img", 1000);
    conversation("""
        blockdev-add {'driver': 'file', 'node-name': 'f', 'filename': '{dir}/img'}
        blockdev-add {'driver': 'raw', 'node-name': 'r', 'file': 'f'}
        blockdev-add {'driver': 'raw', 'node-name': 's', 'file': {'driver': 'file', 'filename': '{dir}/img', \
        'node-name': 'own'}}
        blockdev-del {'node-name': 'zz'} | Failed to find node with node-name='zz'
        blockdev-del {'node-name': 'f'} | Block device f is in use
        blockdev-del {'node-name': 'own'} | Node own is not owned by the monitor
        """);
    assertEquals(List.of("s", "own", "r", "f"), names());
    conversation("""
        blockdev-del {'node-name': 's'}
        blockdev-del {'node-name': 'r'}
        blockdev-del {'node-name': 'f'}
        """);
    assertEquals(List.of(), names());
  }

  @Test
  void aNodeTellsWhatItIs() throws IOException {
    String path = file("img", 1000);
    conversation("""
        blockdev-add {'driver': 'raw', 'node-name': 'r', 'file': {'driver': 'file', 'filename': '{dir}/img'}, \
        'read-only': true, 'cache': {'direct': true, 'no-flush': true}, 'detect-zeroes': 'on'}
        """);
    JsonNode raw = node("r");
    assertEquals(path, raw.at("/image/filename").asText());
    assertEquals("raw", raw.get("drv").asText());
    assertEquals(1024, raw.at("/image/virtual-size").asLong());
    assertFalse(raw.at("/image/dirty-flag").asBoolean(true));
    assertEquals("{\"writeback\":true,\"direct\":true,\"no-flush\":true}", raw.get("cache").toString());
    JsonNode below = bench.value("query-named-block-nodes", "{}").get(1);
    assertEquals("#block0", below.get("node-name").asText().substring(0, 7));
    assertEquals(true, below.get("ro").asBoolean(), "a node that is made for another is used as that one is");
    JsonNode stats = bench.value("query-blockstats", "{'query-nodes': true}").get(1);
    assertEquals(below.get("node-name"), stats.at("/parent/node-name"));
  }

  @Test
  void aSizeChangesWhereItCan() throws IOException {
    String path = file("img", 4096);
    conversation("""
        blockdev-add {'driver': 'null-co', 'node-name': 'a', 'size': 1048576}
        blockdev-add {'driver': 'file', 'node-name': 'f', 'filename': '{dir}/img'}
        blockdev-add {'driver': 'raw', 'node-name': 'r', 'file': 'f'}
        blockdev-add {'driver': 'file', 'node-name': 'ro', 'filename': '{dir}/img', 'read-only': true}
        blockdev-add {'driver': 'raw', 'node-name': 'part', 'file': 'a', 'size': 512}
        block_resize {'device': 'f', 'size': 512} | Cannot find device='f' nor node-name=''
        block_resize {'node-name': 'a', 'size': -1} | Parameter 'size' expects a >0 size
        block_resize {'node-name': 'a', 'size': 512} | Permission conflict on node 'a': permissions 'resize' are both \
        required by an unnamed block device (uses node 'a' as 'root' child) and unshared by node 'part' (uses node 'a' \
        as 'file' child).
        block_resize {'node-name': 'part', 'size': 512} | Cannot resize fixed-size raw disks
        blockdev-del {'node-name': 'part'}
        block_resize {'node-name': 'a', 'size': 512} | Image format driver does not support resize
        block_resize {'node-name': 'ro', 'size': 512} | Image is read-only
        block_resize {'node-name': 'r', 'size': 1000000}
        """);
    assertEquals(1_000_000, Files.size(Path.of(path)));
    assertEquals(1_000_448, node("r").at("/image/virtual-size").asLong());
  }

  @Test
  void howANodeIsUsedChangesAndWhatItIsDoesNot() throws IOException {
    file("img", 4096);
    conversation("""
        blockdev-add {'driver': 'null-co', 'node-name': 'a', 'size': 1048576}
        blockdev-add {'driver': 'file', 'node-name': 'f', 'filename': '{dir}/img'}
        blockdev-add {'driver': 'raw', 'node-name': 'r', 'file': 'f'}
        blockdev-add {'driver': 'raw', 'node-name': 's', 'file': {'driver': 'file', 'filename': '{dir}/img'}}
        blockdev-reopen {'options': [{'driver': 'null-co'}]} | node-name not specified
        blockdev-reopen {'options': [{'driver': 'null-co', 'node-name': 'zz'}]} | Failed to find node with node-name='zz'
        blockdev-reopen {'options': [{'driver': 'null-co', 'node-name': 'a'}]} | Option 'size' cannot be reset to its \
        default value
        blockdev-reopen {'options': [{'driver': 'null-co', 'node-name': 'a', 'size': 4096}]} | Cannot change the option \
        'size'
        blockdev-reopen {'options': [{'driver': 'null-aio', 'node-name': 'a', 'size': 1048576}]} | Cannot change the \
        option 'driver'
        blockdev-reopen {'options': [{'driver': 'file', 'node-name': 'f', 'filename': '{dir}/zz'}]} | Cannot change the \
        option 'filename'
        blockdev-reopen {'options': [{'driver': 'file', 'node-name': 'f', 'filename': '{dir}/img', 'locking': 'off'}]} | \
        Cannot change the option 'locking'
        blockdev-reopen {'options': [{'driver': 'raw', 'node-name': 'a', 'file': 'r'}]} | Cannot set file child to format \
        node without file child
        blockdev-reopen {'options': [{'driver': 'raw', 'node-name': 'r', 'file': 'zz'}]} | Cannot find device='' nor \
        node-name='zz'
        blockdev-reopen {'options': [{'driver': 'raw', 'node-name': 'r', 'file': 'r'}]} | Making 'r' a file child of 'r' \
        would create a cycle
        blockdev-reopen {'options': [{'driver': 'raw', 'node-name': 'r', 'file': {'driver': 'null-co'}}]} | Cannot change \
        the option 'file.driver'
        blockdev-reopen {'options': [{'driver': 'raw', 'node-name': 's', 'file': {'driver': 'file', 'filename': \
        '{dir}/zz'}}]} | Cannot change the option 'filename'
        blockdev-reopen {'options': [{'driver': 'raw', 'node-name': 'r', 'file': 'a', 'offset': 512}, {'driver': 'file', \
        'node-name': 'f', 'filename': '{dir}/img', 'read-only': true}]}
        """);
    assertEquals(true, node("f").get("ro").asBoolean());
    assertEquals(1048576 - 512, node("r").at("/image/virtual-size").asLong());
    assertEquals("[{\"parent\":3,\"child\":1}, {\"parent\":5,\"child\":4}]", edges().toString());
  }

  private List<String> edges() {
    List<String> edges = new ArrayList<>();
    bench.value("x-debug-query-block-graph", "{}").get("edges").forEach(edge -> edges.addFirst(
        "{\"parent\":" + edge.get("parent") + ",\"child\":" + edge.get("child") + "}"));
    return edges;
  }

  @Test
  void aFileIsMadeByAJob() throws IOException {
    conversation("""
        blockdev-create {'job-id': 'j', 'options': {'driver': 'raw'}} | Driver does not support blockdev-create
        blockdev-create {'job-id': '1j', 'options': {'driver': 'file', 'filename': '{dir}/n', 'size': 1}} | Invalid job \
        ID '1j'
        blockdev-create {'job-id': 'j', 'options': {'driver': 'file', 'filename': '{dir}/new', 'size': 1001}}
        job-dismiss {'id': 'j'}
        blockdev-create {'job-id': 'j', 'options': {'driver': 'file', 'filename': '{dir}', 'size': 1001}}
        blockdev-create {'job-id': 'm', 'options': {'driver': 'file', 'filename': '{dir}/m', 'size': 1, 'preallocation': \
        'metadata'}}
        blockdev-create {'job-id': 'f', 'options': {'driver': 'file', 'filename': '{dir}/f', 'size': 4096, \
        'preallocation': 'full'}}
        blockdev-create {'job-id': 'n', 'options': {'driver': 'file', 'filename': '/nosuch/x', 'size': 1}}
        """);
    assertEquals(1001, Files.size(folder.resolve("new")));
    assertEquals(4096, HostFile.allocated(folder.resolve("f").toString()));
    List<String> errors = new ArrayList<>();
    bench.value("query-jobs", "{}").forEach(job -> errors.add(job.get("id").asText() + " " + job.path("error").asText()));
    assertEquals(List.of(
        "j Could not create '" + folder + "': Is a directory", "m Unsupported preallocation mode: metadata", "f ",
        "n Could not create '/nosuch/x': No such file or directory"), errors);
  }

  @Test
  void bitmapsAreChangedTogetherOrNotAtAll() {
    conversation("""
        blockdev-add {'driver': 'null-co', 'node-name': 'a', 'size': 1048576}
        blockdev-add {'driver': 'null-co', 'node-name': 'b'}
        block-dirty-bitmap-add {'node': 'a', 'name': 'x', 'granularity': 100} | Granularity must be power of 2 and at \
        least 512
        block-dirty-bitmap-add {'node': 'a', 'name': 'x', 'persistent': true} | Can't store persistent bitmaps to a: \
        Operation not supported
        block-dirty-bitmap-add {'node': 'a', 'name': 'x'}
        block-dirty-bitmap-add {'node': 'a', 'name': 'x'} | Bitmap already exists: x
        block-dirty-bitmap-add {'node': 'b', 'name': 'y'}
        block-dirty-bitmap-clear {'node': 'a', 'name': 'zz'} | Dirty bitmap 'zz' not found
        block-dirty-bitmap-merge {'node': 'a', 'target': 'x', 'bitmaps': [{'node': 'b', 'name': 'y'}]} | Bitmaps are of \
        different sizes (destination size is 1048576, source size is 1073741824) and can't be merged
        transaction {'actions': [{'type': 'block-dirty-bitmap-add', 'data': {'node': 'a', 'name': 't'}}, {'type': \
        'block-dirty-bitmap-disable', 'data': {'node': 'a', 'name': 'x'}}, {'type': 'abort', 'data': {}}]} | \
        Transaction aborted using Abort action
        """);
    assertEquals("[{\"name\":\"x\",\"count\":0,\"granularity\":65536,\"recording\":true,\"busy\":false,"
        + "\"persistent\":false}]", node("a").get("dirty-bitmaps").toString());
    assertEquals("af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc",
        bench.value("x-debug-block-dirty-bitmap-sha256", "{'node': 'a', 'name': 'x'}").get("sha256").asText());
  }
}
