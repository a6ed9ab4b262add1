package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.qmp.QmpEvent;
import thespis.qmp.QmpReply;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.BitmapCommands;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.DriveCommands;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.command.JobCommands;
import thespis.qmp.command.JobCommands.JobInfo;
import thespis.qmp.command.JobCommands.JobStatus;
import thespis.qmp.command.JobCommands.JobType;
import thespis.qmp.command.NodeCommands;
import thespis.qmp.command.QmpCommand;
import thespis.qmp.command.TransactionCommands;

/// What QEMU 7.2 says to the same commands when it has no disk.
class EmptyBlockLayerTest {
  private final List<String> events = new ArrayList<>();
  private final Jobs jobs = new Jobs(event -> {
    QmpEvent.JobStatusChange change = (QmpEvent.JobStatusChange) event;
    events.add(change.id() + " " + change.status());
  });

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
  void whatIsNamedIsNotFound(String command, String arguments, String text) throws Exception {
    assertEquals(text, answer(command, arguments));
  }

  @Test
  void aSnapshotIsAJobThatComesToNothingAndStaysUntilItIsDismissed() throws Exception {
    String arguments = """
        {"job-id": "j", "tag": "t", "vmstate": "v", "devices": ["d"]}""";
    assertEquals("", answer("snapshot-load", arguments));
    assertEquals(List.of("j CREATED", "j RUNNING", "j ABORTING", "j CONCLUDED"), events);
    assertEquals("Job ID 'j' already in use", answer("snapshot-load", arguments));
    assertEquals(
        new QmpReply.Ok(List.of(new JobInfo(
            "j", JobType.SNAPSHOT_LOAD, JobStatus.CONCLUDED, 1, 1, Optional.of("No block device node 'd'")))),
        jobs.answer(new JobCommands.QueryJobs()));
    assertEquals("Job 'j' in state 'concluded' cannot accept command verb 'cancel'", answer("job-cancel", "{\"id\": \"j\"}"));
    assertEquals("", answer("job-dismiss", "{\"id\": \"j\"}"));
    assertEquals("j NULL", events.getLast());
    assertEquals("Job not found", answer("job-dismiss", "{\"id\": \"j\"}"));
  }

  /// Empty if it succeeds.
  private String answer(String name, String arguments) throws Exception {
    try {
      QmpCommand<?> command = CommandTable.find(name).decode(new ObjectMapper().readTree(arguments));
      QmpReply reply = switch (command) {
        case NodeCommands<?> c -> EmptyBlockLayer.answer(c);
        case BitmapCommands<?> c -> EmptyBlockLayer.answer(c);
        case DriveCommands<?> c -> EmptyBlockLayer.answer(c);
        case ExportCommands<?> c -> EmptyBlockLayer.answer(c);
        case TransactionCommands<?> c -> EmptyBlockLayer.answer(c);
        case JobCommands<?> c -> jobs.answer(c);
        default -> throw new IllegalStateException("not a disk's: " + command);
      };
      return reply instanceof QmpReply.Fail fail ? fail.desc() : "";
    } catch (ArgumentException e) {
      return e.getMessage();
    }
  }
}
