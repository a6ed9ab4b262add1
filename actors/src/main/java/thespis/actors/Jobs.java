package thespis.actors;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.qmp.QmpEvent;
import thespis.qmp.QmpReply;
import thespis.qmp.command.JobCommands;
import thespis.qmp.command.JobCommands.JobInfo;
import thespis.qmp.command.JobCommands.JobStatus;
import thespis.qmp.command.JobCommands.JobType;

/// Background jobs. Those that there are want a disk to put a snapshot on, so they come to an end before they have begun,
/// and stay until a client dismisses them. QEMU QMP reference "Background jobs".
final class Jobs {
  private record Job(JobType type, String error) {}

  private final Map<String, Job> concluded = new LinkedHashMap<>();
  private final Consumer<QmpEvent> events;

  Jobs(Consumer<QmpEvent> events) {
    this.events = events;
  }

  QmpReply answer(JobCommands<?> command) {
    return switch (command) {
      case JobCommands.QueryJobs _ -> new QmpReply.Ok(all());
      case JobCommands.SnapshotSave c -> snapshot(c.jobId(), JobType.SNAPSHOT_SAVE, c.devices());
      case JobCommands.SnapshotLoad c -> snapshot(c.jobId(), JobType.SNAPSHOT_LOAD, c.devices());
      case JobCommands.SnapshotDelete c -> snapshot(c.jobId(), JobType.SNAPSHOT_DELETE, c.devices());
      case JobCommands.JobPause(String id) -> tooLate(id, "pause");
      case JobCommands.JobResume(String id) -> tooLate(id, "resume");
      case JobCommands.JobCancel(String id) -> tooLate(id, "cancel");
      case JobCommands.JobComplete(String id) -> tooLate(id, "complete");
      case JobCommands.JobFinalize(String id) -> tooLate(id, "finalize");
      case JobCommands.JobDismiss(String id) -> dismiss(id);
    };
  }

  private List<JobInfo> all() {
    return concluded.entrySet().stream()
        .map(job -> new JobInfo(
            job.getKey(), job.getValue().type, JobStatus.CONCLUDED, 1, 1, Optional.of(job.getValue().error)))
        .toList();
  }

  private QmpReply snapshot(String id, JobType type, List<String> devices) {
    if (!id.matches("[A-Za-z][A-Za-z0-9._-]*")) {
      return QmpReply.fail("Invalid job ID '" + id + "'");
    }
    if (concluded.containsKey(id)) {
      return QmpReply.fail("Job ID '" + id + "' already in use");
    }
    concluded.put(id, new Job(type, devices.isEmpty()
        ? "At least one device is required for snapshot"
        : "No block device node '" + devices.getFirst() + "'"));
    List.of(JobStatus.CREATED, JobStatus.RUNNING, JobStatus.ABORTING, JobStatus.CONCLUDED)
        .forEach(status -> events.accept(new QmpEvent.JobStatusChange(id, status)));
    return QmpReply.done();
  }

  private QmpReply tooLate(String id, String verb) {
    return concluded.containsKey(id)
        ? QmpReply.fail("Job '" + id + "' in state 'concluded' cannot accept command verb '" + verb + "'")
        : QmpReply.fail("Job not found");
  }

  private QmpReply dismiss(String id) {
    if (concluded.remove(id) == null) {
      return QmpReply.fail("Job not found");
    }
    events.accept(new QmpEvent.JobStatusChange(id, JobStatus.NULL));
    return QmpReply.done();
  }
}
