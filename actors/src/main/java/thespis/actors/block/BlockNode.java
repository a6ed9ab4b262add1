package thespis.actors.block;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import thespis.qmp.QmpEvent;
import thespis.qmp.command.BlockdevOptions;
import thespis.qmp.command.NodeCommands.Permission;

/// A node of the graph of images. It is read and written by the threads of those who use it; all else is the board's
/// thread's. QEMU's block layer documentation, "Block devices", "Node"; what a user of a node needs of it and lets others
/// do meanwhile is QEMU's `BlkPerm`.
abstract sealed class BlockNode permits NullNode, FileNode, LayerNode {
  static final int SECTOR = 512;

  /// Whoever uses a node.
  interface User {
    /// As an error text names it.
    String title();

    /// What the node is to it.
    String role();

    Set<Permission> needs();

    Set<Permission> shares();
  }

  private final String name;
  private final boolean monitors;
  private final List<User> users = new ArrayList<>();
  private final List<DirtyBitmap> bitmaps = new CopyOnWriteArrayList<>();
  private BlockdevOptions options;
  private volatile NodeSettings settings;
  private volatile long writtenUpTo;
  private volatile long threshold;
  private Consumer<QmpEvent> events = event -> {};

  /// @param options what it was made of
  /// @param monitors a client made it by itself, and may take it away
  BlockNode(String name, BlockdevOptions options, NodeSettings settings, boolean monitors) {
    this.name = name;
    this.options = options;
    this.settings = settings;
    this.monitors = monitors;
  }

  abstract String driver();

  /// Bytes that it really has.
  abstract long bytes() throws IOException;

  /// As its driver says it in an option: the members of `json:`, or a plain name.
  abstract NodeName filename();

  /// Bytes that it takes on the host.
  /// Bytes that it takes on the host; negative if that is not told.
  abstract long actualSize();

  /// It can tell whether it was left in order.
  abstract boolean knowsDirt();

  /// The node that it stands on.
  Optional<BlockNode> file() {
    return Optional.empty();
  }

  abstract void readBytes(long at, byte[] into) throws IOException;

  abstract void writeBytes(long at, byte[] from) throws IOException;

  abstract void flush() throws IOException;

  /// Changes its size, or says why it can't.
  abstract void resize(long bytes) throws IOException;

  abstract void close();

  final String name() {
    return name;
  }

  final boolean monitors() {
    return monitors;
  }

  final BlockdevOptions options() {
    return options;
  }

  final NodeSettings settings() {
    return settings;
  }

  final void become(BlockdevOptions newOptions, NodeSettings newSettings) {
    options = newOptions;
    settings = newSettings;
  }

  final List<User> users() {
    return users;
  }

  final List<DirtyBitmap> bitmaps() {
    return bitmaps;
  }

  final void onEvent(Consumer<QmpEvent> listener) {
    events = listener;
  }

  /// What is shown: whole sectors.
  final long size() {
    try {
      return (bytes() + SECTOR - 1) / SECTOR * SECTOR;
    } catch (IOException e) {
      return 0;
    }
  }

  final byte[] read(long at, int bytes) throws IOException {
    byte[] read = new byte[bytes];
    readBytes(at, read);
    return read;
  }

  final void write(long at, byte[] bytes) throws IOException {
    writeBytes(at, bytes);
    long end = at + bytes.length;
    bitmaps.forEach(bitmap -> bitmap.written(at, bytes.length));
    writtenUpTo = Math.max(writtenUpTo, end);
    long limit = threshold;
    if (limit > 0 && Long.compareUnsigned(end, limit) > 0) {
      threshold = 0;
      events.accept(new QmpEvent.BlockWriteThreshold(name, end - limit, limit));
    }
  }

  final long writtenUpTo() {
    return writtenUpTo;
  }

  final long threshold() {
    return threshold;
  }

  final void watch(long newThreshold) {
    threshold = newThreshold;
  }

  /// What all its users need together.
  final Set<Permission> needed() {
    Set<Permission> all = EnumSet.noneOf(Permission.class);
    users.forEach(user -> all.addAll(user.needs()));
    return all;
  }

  /// What all of them allow.
  final Set<Permission> shared() {
    Set<Permission> all = EnumSet.allOf(Permission.class);
    users.forEach(user -> all.retainAll(user.shares()));
    return all;
  }

  /// Is there room for one more who needs this?
  ///
  /// @param asking the user that needs it, if it is one already
  /// @throws BlockException with QEMU's text if there is none
  void admit(Permission wanted, String title, String role, Optional<User> asking) {
    for (User user : users.reversed()) {
      if (!user.shares().contains(wanted) && !Optional.of(user).equals(asking)) {
        throw new BlockException("Permission conflict on node '" + name + "': permissions '"
            + wanted.name().toLowerCase().replace('_', '-') + "' are both required by " + title + " (uses node '"
            + name + "' as '" + role + "' child) and unshared by " + user.title() + " (uses node '" + name + "' as '"
            + user.role() + "' child).");
      }
    }
    if (wanted == Permission.WRITE && settings.readOnly()) {
      throw new BlockException("Block node is read-only");
    }
    file().ifPresent(file -> file.admit(wanted, "node '" + name + "'", ((User) this).role(), Optional.of((User) this)));
  }
}
