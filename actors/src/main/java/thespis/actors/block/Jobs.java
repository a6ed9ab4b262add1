package thespis.actors.block;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import thespis.qmp.QmpEvent;
import thespis.qmp.QmpReply;
import thespis.qmp.command.JobCommands;
import thespis.qmp.command.JobCommands.JobInfo;
import thespis.qmp.command.JobCommands.JobStatus;
import thespis.qmp.command.JobCommands.JobType;
import thespis.qmp.command.NodeCommands.BlockdevCreate;
import thespis.qmp.command.NodeCommands.CreateOptions;
import thespis.qmp.command.NodeCommands.Preallocation;

/// Background jobs, which stay until a client dismisses them: files that are made for images, and snapshots, which want a
/// disk and so come to an end before they have begun. QEMU QMP reference "Background jobs".
final class Jobs {
  private static final int PIECE = 1 << 20;

  /// @param error why it came to nothing
  private record Job(JobType type, JobStatus status, Optional<String> error) {}

  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final Supplier<BlockHost> host;

  Jobs(Supplier<BlockHost> host) {
    this.host = host;
  }

  QmpReply answer(JobCommands<?> command) {
    return switch (command) {
      case JobCommands.QueryJobs _ -> new QmpReply.Ok(all());
      case JobCommands.SnapshotSave c -> snapshot(c.jobId(), JobType.SNAPSHOT_SAVE, c.devices());
      case JobCommands.SnapshotLoad c -> snapshot(c.jobId(), JobType.SNAPSHOT_LOAD, c.devices());
      case JobCommands.SnapshotDelete c -> snapshot(c.jobId(), JobType.SNAPSHOT_DELETE, c.devices());
      case JobCommands.JobPause(String id) -> refuse(id, "pause");
      case JobCommands.JobResume(String id) -> refuse(id, "resume");
      case JobCommands.JobCancel(String id) -> refuse(id, "cancel");
      case JobCommands.JobComplete(String id) -> refuse(id, "complete");
      case JobCommands.JobFinalize(String id) -> refuse(id, "finalize");
      case JobCommands.JobDismiss(String id) -> dismiss(id);
    };
  }

  private List<JobInfo> all() {
    return jobs.entrySet().stream()
        .map(job -> new JobInfo(
            job.getKey(), job.getValue().type, job.getValue().status,
            job.getValue().status == JobStatus.CONCLUDED ? 1 : 0, 1, job.getValue().error))
        .toList();
  }

  private void begin(String id, JobType type) {
    if (!id.matches("[A-Za-z][A-Za-z0-9._-]*")) {
      throw new BlockException("Invalid job ID '" + id + "'");
    }
    if (jobs.containsKey(id)) {
      throw new BlockException("Job ID '" + id + "' already in use");
    }
    step(id, type, JobStatus.CREATED, Optional.empty());
    step(id, type, JobStatus.RUNNING, Optional.empty());
  }

  private void end(String id, JobType type, Optional<String> error) {
    if (error.isPresent()) {
      step(id, type, JobStatus.ABORTING, error);
    } else {
      step(id, type, JobStatus.WAITING, error);
      step(id, type, JobStatus.PENDING, error);
    }
    step(id, type, JobStatus.CONCLUDED, error);
  }

  private void step(String id, JobType type, JobStatus status, Optional<String> error) {
    jobs.put(id, new Job(type, status, error));
    host.get().publish(new QmpEvent.JobStatusChange(id, status));
  }

  private QmpReply snapshot(String id, JobType type, List<String> devices) {
    try {
      begin(id, type);
    } catch (BlockException e) {
      return e.reply();
    }
    String wrong = devices.isEmpty()
        ? "At least one device is required for snapshot"
        : "No block device node '" + devices.getFirst() + "'";
    host.get().later(() -> end(id, type, Optional.of(wrong)));
    return QmpReply.done();
  }

  /// Begun when this returns.
  ///
  /// @throws BlockException if it can't be
  void create(BlockdevCreate command) {
    if (!(command.options() instanceof CreateOptions.File file)) {
      throw new BlockException("Driver does not support blockdev-create");
    }
    begin(command.jobId(), JobType.CREATE);
    host.get().run(() -> make(file), wrong ->
        end(command.jobId(), JobType.CREATE, wrong.map(Throwable::getMessage)));
  }

  /// What was in the file is gone.
  private static void make(CreateOptions.File wanted) {
    String name = wanted.filename();
    Preallocation preallocation = wanted.preallocation().orElse(Preallocation.OFF);
    try {
      if (Files.isDirectory(Path.of(name))) {
        throw new BlockException("Could not create '" + name + "': Is a directory");
      }
      try (RandomAccessFile file = new RandomAccessFile(name, "rw")) {
        file.setLength(0);
        if (preallocation == Preallocation.METADATA) {
          throw new BlockException("Unsupported preallocation mode: metadata");
        }
        if (wanted.size() < 0) {
          throw new BlockException("Could not resize file: Invalid argument");
        }
        if (preallocation != Preallocation.OFF) {
          fill(file, wanted.size());
        }
        file.setLength(wanted.size());
      }
    } catch (IOException | InvalidPathException e) {
      throw new BlockException("Could not create '" + name + "': " + reason(e));
    }
  }

  private static void fill(RandomAccessFile file, long bytes) throws IOException {
    byte[] zeros = new byte[(int) Math.min(PIECE, bytes)];
    for (long done = 0; done < bytes; done += zeros.length) {
      file.write(zeros, 0, (int) Math.min(zeros.length, bytes - done));
    }
  }

  /// The system's words, behind the name.
  private static String reason(Exception e) {
    String text = String.valueOf(e.getMessage());
    int bracket = text.lastIndexOf('(');
    return bracket >= 0 && text.endsWith(")") ? text.substring(bracket + 1, text.length() - 1) : text;
  }

  private QmpReply refuse(String id, String verb) {
    return jobs.containsKey(id) ? unfit(id, verb) : QmpReply.fail("Job not found");
  }

  private QmpReply unfit(String id, String verb) {
    return QmpReply.fail("Job '" + id + "' in state '" + jobs.get(id).status.name().toLowerCase()
        + "' cannot accept command verb '" + verb + "'");
  }

  private QmpReply dismiss(String id) {
    if (!jobs.containsKey(id)) {
      return QmpReply.fail("Job not found");
    }
    if (jobs.get(id).status != JobStatus.CONCLUDED) {
      return unfit(id, "dismiss");
    }
    jobs.remove(id);
    host.get().publish(new QmpEvent.JobStatusChange(id, JobStatus.NULL));
    return QmpReply.done();
  }
}
