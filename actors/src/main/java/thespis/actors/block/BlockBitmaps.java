package thespis.actors.block;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import thespis.qmp.command.BitmapCommands.BitmapDigest;
import thespis.qmp.command.BitmapCommands.BitmapSource;
import thespis.qmp.command.BitmapCommands;
import thespis.qmp.command.QmpCommand.Nothing;

/// The bitmaps of nodes, as clients add and change them. QEMU QMP reference "block-dirty-bitmap-add" and those after it.
final class BlockBitmaps {
  private static final long USUAL = 64 << 10;
  private static final int LONGEST = 1023;

  private record Before(DirtyBitmap bitmap, BitSet contents, boolean recording) {}

  private final BlockGraph graph;

  BlockBitmaps(BlockGraph graph) {
    this.graph = graph;
  }

  Object carryOut(BitmapCommands<?> command) {
    switch (command) {
      case BitmapCommands.BlockDirtyBitmapAdd c -> add(c);
      case BitmapCommands.BlockDirtyBitmapRemove(String node, String name) ->
        node(node).bitmaps().remove(bitmap(node, name));
      case BitmapCommands.BlockDirtyBitmapClear(String node, String name) -> bitmap(node, name).replace(new BitSet());
      case BitmapCommands.BlockDirtyBitmapEnable(String node, String name) -> bitmap(node, name).record(true);
      case BitmapCommands.BlockDirtyBitmapDisable(String node, String name) -> bitmap(node, name).record(false);
      case BitmapCommands.BlockDirtyBitmapMerge c -> merge(c);
      case BitmapCommands.XDebugBlockDirtyBitmapSha256(String node, String name) -> {
        return new BitmapDigest(bitmap(node, name).sha256());
      }
    }
    return Nothing.NOTHING;
  }

  private void add(BitmapCommands.BlockDirtyBitmapAdd c) {
    if (c.name().isEmpty()) {
      throw new BlockException("Bitmap name cannot be empty");
    }
    BlockNode node = graph.get(c.node());
    long granularity = c.granularity().orElse(USUAL);
    if (granularity < BlockNode.SECTOR || Long.bitCount(granularity) != 1) {
      throw new BlockException("Granularity must be power of 2 and at least 512");
    }
    if (c.persistent().orElse(false)) {
      throw new BlockException("Can't store persistent bitmaps to " + c.node() + ": Operation not supported");
    }
    if (node.bitmaps().stream().anyMatch(bitmap -> bitmap.name().equals(c.name()))) {
      throw new BlockException("Bitmap already exists: " + c.name());
    }
    if (c.name().length() > LONGEST) {
      throw new BlockException("Bitmap name too long: " + c.name());
    }
    node.bitmaps().add(new DirtyBitmap(c.name(), node.size(), granularity, !c.disabled().orElse(false)));
  }

  private void merge(BitmapCommands.BlockDirtyBitmapMerge c) {
    DirtyBitmap target = bitmap(c.node(), c.target());
    List<DirtyBitmap> sources = new ArrayList<>();
    for (BitmapSource source : c.bitmaps()) {
      sources.add(switch (source) {
        case BitmapSource.Here(String name) -> bitmap(c.node(), name);
        case BitmapSource.There(var other) -> bitmap(other.node(), other.name());
      });
    }
    BitSet before = target.contents();
    try {
      sources.forEach(target::merge);
    } catch (BlockException e) {
      target.replace(before);
      throw e;
    }
  }

  /// Makes this node's bitmaps what they are now.
  Runnable restorer(String name) {
    BlockNode node = graph.find(name).orElse(null);
    if (node == null) {
      return () -> { };
    }
    List<Before> all = node.bitmaps().stream().map(b -> new Before(b, b.contents(), b.recording())).toList();
    return () -> {
      node.bitmaps().clear();
      all.forEach(before -> {
        before.bitmap.replace(before.contents);
        before.bitmap.record(before.recording);
        node.bitmaps().add(before.bitmap);
      });
    };
  }

  private BlockNode node(String name) {
    return graph.find(name).orElseThrow(() -> new BlockException("Node '" + name + "' not found"));
  }

  private DirtyBitmap bitmap(String node, String name) {
    return node(node).bitmaps().stream()
        .filter(bitmap -> bitmap.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new BlockException("Dirty bitmap '" + name + "' not found"));
  }
}
