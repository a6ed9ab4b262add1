package thespis.actors.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.qmp.QmpEvent;
import thespis.qmp.command.JobCommands.JobStatus;

/// What QEMU 7.2 says to the same commands when it has no disk and no node.
class BlockLayerTest {
  private final BlockBench bench = new BlockBench();

  @ParameterizedTest(name = "{0} {1} -> {2}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      block_resize | {"size": 5} | Cannot find device='' nor node-name=''
      block_resize | {"size": -5, "node-name": "n"} | Cannot find device='' nor node-name='n'
      blockdev-del | {"node-name": "x"} | Failed to find node with node-name='x'
      block-set-write-threshold | {"node-name": "x", "write-threshold": 5} | Device 'x' not found
      block-stream | {"device": "x", "base": "a", "bottom": "b"} | 'base' and 'bottom' cannot be specified at the \
      same time
      block-commit | {"device": "x"} | Device 'x' not found
      blockdev-snapshot-sync | {"device": "d", "snapshot-file": "f"} | Cannot find device='d' nor node-name=''
      x-blockdev-set-iothread | {"node-name": "n", "iothread": 5} | Invalid parameter type for 'iothread', \
      expected: StrOrNull
      block-dirty-bitmap-add | {"node": "x", "name": ""} | Bitmap name cannot be empty
      block-dirty-bitmap-clear | {"node": "x", "name": "y"} | Node 'x' not found
      block-dirty-bitmap-merge | {"node": "x", "target": "y", "bitmaps": ["a", {"node": "b", "name": "c"}]} | \
      Node 'x' not found
      block-dirty-bitmap-merge | {"node": "x", "target": "y", "bitmaps": [5]} | Invalid parameter type for \
      'null', expected: BlockDirtyBitmapOrStr
      block-latency-histogram-set | {"id": "x", "boundaries": ["a"]} | Parameter 'boundaries[0]' expects uint64
      eject | {} | Need exactly one of 'device' and 'id'
      eject | {"id": "i", "device": "d"} | Need exactly one of 'device' and 'id'
      eject | {"id": "i"} | Device 'i' not found
      block-export-add | {"type": "nbd", "id": "1 x", "node-name": "n"} | Invalid block export id
      block-export-add | {"type": "fuse", "id": "x", "node-name": "n", "mountpoint": "/x"} | Cannot find \
      device='' nor node-name='n'
      block-export-add | {"type": "vhost-user-blk", "id": "x", "node-name": "n", "addr": {"type": "unix"}} | \
      Parameter 'addr.path' is missing
      block-export-del | {"id": "x"} | Export 'x' is not found
      nbd-server-stop | {} | NBD server not running
      transaction | {"actions": [{"type": "abort", "data": {}}]} | Transaction aborted using Abort action
      transaction | {"actions": [{"type": "nosuch", "data": {}}]} | Parameter 'type' does not accept value 'nosuch'
      transaction | {"actions": [{"type": "block-dirty-bitmap-remove", "data": {"node": "x", "name": "y"}}]} | \
      Node 'x' not found
      transaction | {"actions": [{"type": "block-dirty-bitmap-add", "data": {"node": "x", "name": "y"}}], \
      "properties": {"completion-mode": "grouped"}} | Action 'block-dirty-bitmap-add' does not support \
      Transaction property completion-mode = grouped
      snapshot-save | {"job-id": "1 j", "tag": "t", "vmstate": "v", "devices": []} | Invalid job ID '1 j'
      job-cancel | {"id": "j"} | Job not found
      """)
  void whatIsNamedIsNotFound(String command, String arguments, String text) {
    assertEquals(text, bench.text(command, arguments));
  }

  @Test
  void aSnapshotIsAJobThatComesToNothingAndStaysUntilItIsDismissed() throws InterruptedException {
    String arguments = "{'job-id': 'j', 'tag': 't', 'vmstate': 'v', 'devices': ['d']}";
    assertEquals("", bench.text("snapshot-load", arguments));
    assertEquals("running", bench.value("query-jobs", "{}").get(0).get("status").asText(), "it is answered before it ends");
    bench.await(4);
    assertEquals(
        Stream.of(JobStatus.CREATED, JobStatus.RUNNING, JobStatus.ABORTING, JobStatus.CONCLUDED)
            .map(status -> new QmpEvent.JobStatusChange("j", status)).toList(),
        bench.events);
    assertEquals("Job ID 'j' already in use", bench.text("snapshot-load", arguments));
    assertEquals("No block device node 'd'", bench.value("query-jobs", "{}").get(0).get("error").asText());
    assertEquals("Job 'j' in state 'concluded' cannot accept command verb 'cancel'", bench.text("job-cancel", "{'id': 'j'}"));
    assertEquals("", bench.text("job-dismiss", "{'id': 'j'}"));
    assertEquals(new QmpEvent.JobStatusChange("j", JobStatus.NULL), bench.events.getLast());
    assertEquals("Job not found", bench.text("job-dismiss", "{'id': 'j'}"));
  }
}
