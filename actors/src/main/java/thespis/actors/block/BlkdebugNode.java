package thespis.actors.block;

import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import thespis.qmp.command.BlkdebugEvent;
import thespis.qmp.command.BlockdevOptions;
import thespis.qmp.command.BlockdevOptions.FaultyAccess;
import thespis.qmp.command.NodeCommands.Permission;

/// What another node holds, for who wants to see how its faults are borne. QEMU QMP reference "BlockdevOptionsBlkdebug". Of
/// the events there are those that happen to any node; a format's own never do, as there are no formats. Limits on the
/// sizes of accesses are checked and remembered: nobody here exceeds or undercuts them.
final class BlkdebugNode extends LayerNode {
  static final String ROLE = "image";

  private final BlockdevOptions.Blkdebug wanted;
  private final FaultRules rules;

  BlkdebugNode(
      String name, BlockdevOptions.Blkdebug options, NodeSettings settings, boolean monitors, BlockNode image,
      FaultRules rules) {
    super(name, options, settings, monitors, image, ROLE);
    long align = options.align().orElse(0L);
    if (align < 0 || align >= Integer.MAX_VALUE || Long.bitCount(align) > 1) {
      throw new BlockException("Cannot meet constraints with align " + Long.toUnsignedString(align));
    }
    check("max-transfer", options.maxTransfer(), Math.max(1, align));
    check("opt-write-zero", options.optWriteZero(), Math.max(1, align));
    check("max-write-zero", options.maxWriteZero(), Math.max(align, options.optWriteZero().orElse(1L)));
    check("opt-discard", options.optDiscard(), Math.max(1, align));
    check("max-discard", options.maxDiscard(), Math.max(align, options.optDiscard().orElse(1L)));
    this.wanted = options;
    this.rules = rules;
    rules.happened(BlkdebugEvent.NONE);
  }

  /// @throws BlockException if others who use the image stand in the way of what this one wants of it
  void admit() {
    BlockNode image = below();
    for (Permission taken : wanted.takeChildPerms().orElse(List.of())) {
      image.admit(taken, title(), ROLE, Optional.empty());
    }
    for (Permission kept : wanted.unshareChildPerms().orElse(List.of())) {
      for (User user : image.users()) {
        if (user.needs().contains(kept)) {
          throw new BlockException("Permission conflict on node '" + image.name() + "': permissions '"
              + kept.name().toLowerCase(Locale.ROOT).replace('_', '-') + "' are both required by " + user.title()
              + " (uses node '" + image.name() + "' as '" + user.role() + "' child) and unshared by " + title()
              + " (uses node '" + image.name() + "' as '" + ROLE + "' child).");
        }
      }
    }
  }

  private static void check(String name, Optional<Long> value, long unit) {
    long bytes = value.orElse(0L);
    if (bytes < 0 || bytes >= Integer.MAX_VALUE || bytes % unit != 0) {
      throw new BlockException("Cannot meet constraints with " + name + " " + Long.toUnsignedString(bytes));
    }
  }

  @Override
  String driver() {
    return "blkdebug";
  }

  @Override
  long bytes() throws IOException {
    return below().bytes();
  }

  @Override
  NodeName filename() {
    NodeName below = below().filename();
    boolean plain = below.plain() != null && wanted.injectError().isEmpty() && wanted.setState().isEmpty()
        && wanted.align().isEmpty();
    return NodeName.of(plain ? "blkdebug:" + wanted.config().orElse("") + ":" + below.plain() : null,
        "image", below.options(), "driver", driver(), "config", wanted.config().orElse(null));
  }

  @Override
  long actualSize() {
    return -1;
  }

  @Override
  void readBytes(long at, byte[] into) throws IOException {
    rules.check(FaultyAccess.READ, at, into.length);
    readBelow(at, into);
  }

  @Override
  void writeBytes(long at, byte[] from) throws IOException {
    rules.happened(BlkdebugEvent.PWRITEV);
    rules.check(FaultyAccess.WRITE, at, from.length);
    below().write(at, from);
    rules.happened(BlkdebugEvent.PWRITEV_DONE);
  }

  @Override
  void flush() throws IOException {
    rules.happened(BlkdebugEvent.FLUSH_TO_OS);
    rules.happened(BlkdebugEvent.FLUSH_TO_DISK);
    rules.check(FaultyAccess.FLUSH, 0, 0);
    below().flush();
  }

  @Override
  void resize(long bytes) {
    throw new BlockException("Image format driver does not support resize");
  }

  @Override
  public Set<Permission> needs() {
    Set<Permission> all = super.needs();
    all.addAll(wanted.takeChildPerms().orElse(List.of()));
    return all;
  }

  @Override
  public Set<Permission> shares() {
    Set<Permission> all = EnumSet.copyOf(shared());
    all.removeAll(new HashSet<>(wanted.unshareChildPerms().orElse(List.of())));
    return all;
  }
}
