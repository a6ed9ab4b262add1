package thespis.actors.block;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import thespis.qmp.command.BlockCommands.BlockDeviceInfo;
import thespis.qmp.command.BlockCommands.BlockStats;
import thespis.qmp.command.BlockCommands.CacheInfo;
import thespis.qmp.command.BlockCommands.DeviceStats;
import thespis.qmp.command.BlockCommands.DriverStats;
import thespis.qmp.command.BlockCommands.ImageInfo;
import thespis.qmp.command.NodeCommands.GraphEdge;
import thespis.qmp.command.NodeCommands.GraphNode;
import thespis.qmp.command.NodeCommands.GraphNodeType;
import thespis.qmp.command.NodeCommands.Permission;
import thespis.qmp.command.NodeCommands.BlockGraph;

/// What the queries about nodes return, newest first where QEMU 7.2 has it so.
final class BlockReports {
  private BlockReports() {}

  static List<BlockDeviceInfo> nodes(List<BlockNode> nodes) {
    return nodes.reversed().stream().map(BlockReports::node).toList();
  }

  private static BlockDeviceInfo node(BlockNode node) {
    String file = node.filename().toString();
    NodeSettings settings = node.settings();
    Optional<Boolean> dirt = node.knowsDirt() ? Optional.of(false) : Optional.empty();
    ImageInfo image = new ImageInfo(file, node.driver(), node.size(), actualSize(node), dirt);
    return new BlockDeviceInfo(
        file, Optional.of(node.name()), settings.readOnly(), node.driver(), 0, false, settings.detectZeroes(), 0, 0, 0, 0,
        0, 0, image, new CacheInfo(true, settings.direct(), settings.noFlush()), node.threshold(),
        node.bitmaps().isEmpty() ? Optional.empty()
            : Optional.of(node.bitmaps().reversed().stream().map(DirtyBitmap::info).toList()));
  }

  static List<BlockStats> stats(List<BlockNode> nodes) {
    return nodes.stream().map(BlockReports::stats).toList();
  }

  /// Only drives count what is done with them.
  private static BlockStats stats(BlockNode node) {
    DeviceStats stats = new DeviceStats(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, node.writtenUpTo(), 0, 0, 0, Optional.empty(), 0, 0, 0, 0, 0, 0, 0, 0, false,
        false, List.of());
    Optional<DriverStats> own = Optional.ofNullable(switch (node.driver()) {
      case "file" -> new DriverStats.File(0, 0, 0);
      case "host_device" -> new DriverStats.HostDevice(0, 0, 0);
      default -> null;
    });
    return new BlockStats(
        Optional.empty(), Optional.empty(), Optional.of(node.name()), stats, own, node.file().map(BlockReports::stats));
  }

  private static Optional<Long> actualSize(BlockNode node) {
    return Optional.of(node.actualSize()).filter(bytes -> bytes >= 0);
  }

  /// Numbers are given out in the order in which nodes and their users are first met.
  static BlockGraph graph(List<BlockNode> nodes, List<NbdExport> exports) {
    Map<Object, Long> numbers = new IdentityHashMap<>();
    List<GraphNode> all = new ArrayList<>();
    List<GraphEdge> edges = new ArrayList<>();
    for (NbdExport export : exports) {
      all.addFirst(new GraphNode(number(numbers, export), GraphNodeType.BLOCK_BACKEND, ""));
      edges.addFirst(edge(numbers, export, export.node()));
    }
    for (BlockNode node : nodes) {
      all.addFirst(new GraphNode(number(numbers, node), GraphNodeType.BLOCK_DRIVER, node.name()));
      if (node instanceof BlockNode.User user) {
        edges.addFirst(edge(numbers, user, node.file().orElseThrow()));
      }
    }
    return new BlockGraph(all, edges);
  }

  private static GraphEdge edge(Map<Object, Long> numbers, BlockNode.User user, BlockNode node) {
    return new GraphEdge(
        number(numbers, user), number(numbers, node), user.role(), list(user.needs()), list(user.shares()));
  }

  private static long number(Map<Object, Long> numbers, Object thing) {
    return numbers.computeIfAbsent(thing, t -> numbers.size() + 1L);
  }

  private static List<Permission> list(Set<Permission> permissions) {
    return permissions.isEmpty() ? List.of() : List.copyOf(EnumSet.copyOf(permissions)).reversed();
  }
}
