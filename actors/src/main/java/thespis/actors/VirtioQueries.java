package thespis.actors;

import java.util.List;
import java.util.stream.Stream;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.QomObject;
import thespis.qmp.QmpReply;
import thespis.qmp.command.VirtioCommands;

/// `x-query-virtio` and its like: which virtio devices there are. What is in their queues is not told yet.
final class VirtioQueries {
  private static final String DEVICE = "virtio-device";

  private VirtioQueries() {}

  static QmpReply answer(VirtioCommands<?> command, ObjectTree tree) {
    return switch (command) {
      case VirtioCommands.XQueryVirtio _ -> new QmpReply.Ok(all(tree));
      case VirtioCommands.XQueryVirtioStatus(String path) -> refused(tree, path, "VirtIODevice");
      case VirtioCommands.XQueryVirtioQueueStatus(String path, long _) -> refused(tree, path, "VirtIODevice");
      case VirtioCommands.XQueryVirtioVhostQueueStatus(String path, long _) -> refused(tree, path, "VirtIODevice");
      case VirtioCommands.XQueryVirtioQueueElement(String path, long _, var _) -> refused(tree, path, "VirtIO device");
    };
  }

  /// The last one first.
  private static List<VirtioCommands.VirtioInfo> all(ObjectTree tree) {
    return Stream.of("/machine/peripheral", "/machine/peripheral-anon")
        .map(tree::at)
        .filter(place -> place != null)
        .flatMap(place -> place.children().stream())
        .flatMap(device -> device.children().stream())
        .filter(part -> part.type().isA(DEVICE))
        .map(part -> new VirtioCommands.VirtioInfo(part.path(), part.type().name().replaceFirst("-device$", "")))
        .toList().reversed();
  }

  private static QmpReply refused(ObjectTree tree, String path, String kind) {
    QomObject found = path.startsWith("/") ? tree.at(path) : null;
    return QmpReply.fail(found != null && found.type().isA(DEVICE)
        ? "to look into a virtio device is not supported yet"
        : "Path " + path + " is not a " + kind);
  }
}
