package thespis.actors.block;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import thespis.qmp.command.BlockdevOptions;
import thespis.qmp.command.NodeCommands.Permission;

/// A node that shows what another one holds, whose user it is.
abstract sealed class LayerNode extends BlockNode implements BlockNode.User permits RawNode, BlkdebugNode {
  private final String role;
  private volatile BlockNode below;

  /// @param role what the other node is to it
  LayerNode(
      String name, BlockdevOptions options, NodeSettings settings, boolean monitors, BlockNode below, String role) {
    super(name, options, settings, monitors);
    this.below = below;
    this.role = role;
  }

  final BlockNode below() {
    return below;
  }

  /// It shows another one from now on.
  final void moveTo(BlockNode other) {
    below.users().remove(this);
    below = other;
    other.users().add(this);
  }

  final void readBelow(long at, byte[] into) throws IOException {
    byte[] read = below.read(at, into.length);
    System.arraycopy(read, 0, into, 0, read.length);
  }

  @Override
  final boolean knowsDirt() {
    return below.knowsDirt();
  }

  @Override
  final Optional<BlockNode> file() {
    return Optional.of(below);
  }

  @Override
  final void close() {
    below.users().remove(this);
  }

  @Override
  public final String title() {
    return "node '" + name() + "'";
  }

  @Override
  public final String role() {
    return role;
  }

  /// It needs what those above it need.
  @Override
  public Set<Permission> needs() {
    return needed();
  }
}
