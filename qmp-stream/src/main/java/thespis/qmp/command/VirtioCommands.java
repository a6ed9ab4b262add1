package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Unsigned;

/// A look into virtio devices and their queues. QEMU QMP reference "Virtio devices"; all of it may change.
public sealed interface VirtioCommands<R> extends BoardCommand<R> {

  @Features(Features.UNSTABLE)
  record XQueryVirtio() implements VirtioCommands<List<VirtioInfo>> {}

  @Features(Features.UNSTABLE)
  record XQueryVirtioStatus(String path) implements VirtioCommands<VirtioStatus> {}

  @Features(Features.UNSTABLE)
  record XQueryVirtioQueueStatus(String path, @Unsigned(16) long queue) implements VirtioCommands<QueueStatus> {}

  @Features(Features.UNSTABLE)
  record XQueryVirtioVhostQueueStatus(String path, @Unsigned(16) long queue) implements VirtioCommands<VhostQueueStatus> {}

  @Features(Features.UNSTABLE)
  record XQueryVirtioQueueElement(String path, @Unsigned(16) long queue, @Unsigned(16) Optional<Long> index)
      implements VirtioCommands<QueueElement> {}

  record VirtioInfo(String path, String name) {}

  record VirtioStatus(
      String name,
      long deviceId,
      boolean vhostStarted,
      String deviceEndian,
      DeviceFeatures guestFeatures,
      DeviceFeatures hostFeatures,
      DeviceFeatures backendFeatures,
      long numVqs,
      DeviceStatus status,
      long isr,
      long queueSel,
      boolean vmRunning,
      boolean broken,
      boolean disabled,
      boolean useStarted,
      boolean started,
      boolean startOnKick,
      boolean disableLegacyCheck,
      String busName,
      boolean useGuestNotifierMask) {}

  record DeviceFeatures(
      List<String> transports, Optional<List<String>> devFeatures, Optional<Long> unknownDevFeatures) {}

  record DeviceStatus(List<String> statuses, Optional<Long> unknownStatuses) {}

  record QueueStatus(
      String name,
      long queueIndex,
      long inuse,
      long vringNum,
      long vringNumDefault,
      long vringAlign,
      long vringDesc,
      long vringAvail,
      long vringUsed,
      Optional<Long> lastAvailIdx,
      Optional<Long> shadowAvailIdx,
      long usedIdx,
      long signalledUsed,
      boolean signalledUsedValid) {}

  record VhostQueueStatus(
      String name,
      long kick,
      long call,
      long desc,
      long avail,
      long used,
      long num,
      long descPhys,
      long descSize,
      long availPhys,
      long availSize,
      long usedPhys,
      long usedSize) {}

  record QueueElement(String name, long index, List<Descriptor> descs, AvailableRing avail, UsedRing used) {}

  record Descriptor(long addr, long len, List<String> flags) {}

  record AvailableRing(long flags, long idx, long ring) {}

  record UsedRing(long flags, long idx) {}
}
