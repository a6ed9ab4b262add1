package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.QmpCommand.Nothing;

/// Work that goes on in the background under a name, and the snapshots of a machine that are made so. QEMU QMP reference
/// "Background jobs", "Migration".
public sealed interface JobCommands<R> extends BoardCommand<R> {

  record QueryJobs() implements JobCommands<List<JobInfo>> {}

  record JobPause(String id) implements JobCommands<Nothing> {}

  record JobResume(String id) implements JobCommands<Nothing> {}

  record JobCancel(String id) implements JobCommands<Nothing> {}

  record JobComplete(String id) implements JobCommands<Nothing> {}

  record JobDismiss(String id) implements JobCommands<Nothing> {}

  record JobFinalize(String id) implements JobCommands<Nothing> {}

  record SnapshotSave(String jobId, String tag, String vmstate, List<String> devices)
      implements JobCommands<Nothing> {}

  record SnapshotLoad(String jobId, String tag, String vmstate, List<String> devices)
      implements JobCommands<Nothing> {}

  record SnapshotDelete(String jobId, String tag, List<String> devices) implements JobCommands<Nothing> {}

  /// @param error why it came to nothing
  record JobInfo(
      String id, JobType type, JobStatus status, long currentProgress, long totalProgress, Optional<String> error) {}

  enum JobType {
    COMMIT,
    STREAM,
    MIRROR,
    BACKUP,
    CREATE,
    AMEND,
    SNAPSHOT_LOAD,
    SNAPSHOT_SAVE,
    SNAPSHOT_DELETE
  }

  enum JobStatus {
    UNDEFINED,
    CREATED,
    RUNNING,
    PAUSED,
    READY,
    STANDBY,
    WAITING,
    PENDING,
    ABORTING,
    CONCLUDED,
    NULL
  }
}
