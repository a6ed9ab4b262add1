package thespis.actors.block;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import thespis.qmp.command.BlockdevOptions;
import thespis.qmp.command.NodeCommands.Permission;

/// What another node holds, or a part of it. QEMU QMP reference "BlockdevOptionsRaw".
final class RawNode extends LayerNode {
  static final String ROLE = "file";

  private final boolean part;
  private volatile long offset;
  private volatile Optional<Long> size;

  RawNode(
      String name, BlockdevOptions options, NodeSettings settings, boolean monitors, BlockNode file, long offset,
      Optional<Long> size) {
    super(name, options, settings, monitors, file, ROLE);
    check(file, offset, size);
    this.part = offset != 0 || size.isPresent();
    this.offset = offset;
    this.size = size;
  }

  /// @throws BlockException if there is no such part
  static void check(BlockNode file, long offset, Optional<Long> size) {
    long there = file.size();
    if (Long.compareUnsigned(offset, there) > 0) {
      throw new BlockException("Offset (" + Long.toUnsignedString(offset)
          + ") cannot be greater than size of the containing file (" + there + ")");
    }
    if (size.isPresent() && Long.compareUnsigned(size.get(), there - offset) > 0) {
      throw new BlockException("The sum of offset (" + offset + ") and size (" + Long.toUnsignedString(size.get())
          + ") has to be smaller or equal to the  actual size of the containing file (" + there + ")");
    }
    if (size.isPresent() && size.get() % SECTOR != 0) {
      throw new BlockException("Specified size is not multiple of " + SECTOR);
    }
  }

  void move(BlockNode newFile, long newOffset, Optional<Long> newSize) {
    moveTo(newFile);
    offset = newOffset;
    size = newSize;
  }

  @Override
  String driver() {
    return "raw";
  }

  @Override
  long bytes() {
    return size.orElseGet(() -> Math.max(0, below().size() - offset));
  }

  @Override
  NodeName filename() {
    NodeName below = below().filename();
    boolean whole = offset == 0 && size.isEmpty();
    return NodeName.of(whole ? below.plain() : null,
        "offset", offset == 0 ? null : offset, "driver", driver(), "size", size.orElse(null), "file", below.options());
  }

  @Override
  long actualSize() {
    return below().actualSize();
  }

  @Override
  void readBytes(long at, byte[] into) throws IOException {
    readBelow(offset + at, into);
  }

  @Override
  void writeBytes(long at, byte[] from) throws IOException {
    below().write(offset + at, from);
  }

  @Override
  void flush() throws IOException {
    below().flush();
  }

  @Override
  void resize(long bytes) throws IOException {
    if (size.isPresent()) {
      throw new BlockException("Cannot resize fixed-size raw disks");
    }
    if (offset > Long.MAX_VALUE - bytes) {
      throw new BlockException("Disk size too large for the chosen offset");
    }
    below().resize(offset + bytes);
  }

  /// A part of a node would be another one if the node's size changed. What it is made as it stays, for that matter.
  @Override
  public Set<Permission> shares() {
    Set<Permission> all = EnumSet.copyOf(shared());
    if (part) {
      all.remove(Permission.RESIZE);
    }
    return all;
  }
}
