package thespis.actors.block;

import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import thespis.qmp.command.BlockdevOptions.BlockdevRef;
import thespis.qmp.command.BlockdevOptions;

/// The nodes that there are, by name, and how they are made and taken away, in the order in which QEMU 7.2 looks at what
/// a client wants.
final class BlockGraph {
  private static final String ID = "[A-Za-z][A-Za-z0-9._-]*";
  private static final int LONGEST = 31;

  private final Map<String, BlockNode> nodes = new LinkedHashMap<>();
  private final Supplier<BlockHost> host;
  private final SplittableRandom random = new SplittableRandom();
  private long unnamed;

  BlockGraph(Supplier<BlockHost> host) {
    this.host = host;
  }

  /// In the order in which they were made.
  List<BlockNode> all() {
    return List.copyOf(nodes.values());
  }

  Optional<BlockNode> find(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /// By whichever of the two names it may have; a drive would go by the first.
  BlockNode get(String device, String node) {
    return find(node).orElseThrow(() ->
        new BlockException("Cannot find device='" + device + "' nor node-name='" + node + "'"));
  }

  BlockNode get(String name) {
    return get(name, name);
  }

  /// @param then hears the new node
  /// @param failed hears why there is none
  void add(BlockdevOptions options, Runnable then, Consumer<BlockException> failed) {
    if (options.nodeName().isEmpty()) {
      failed.accept(new BlockException("'node-name' must be specified for the root node"));
    } else {
      open(options, Optional.empty(), node -> then.run(), failed);
    }
  }

  /// @param above how the node is to be used that this one is for; empty if it is for itself
  private void open(
      BlockdevOptions options, Optional<NodeSettings> above, Consumer<BlockNode> then, Consumer<BlockException> failed) {
    try {
      switch (options) {
        case BlockdevOptions.NullAio o -> then.accept(add(nothing(o, above, "null-aio", o.size(), o.readZeroes())));
        case BlockdevOptions.NullCo o -> then.accept(add(nothing(o, above, "null-co", o.size(), o.readZeroes())));
        case BlockdevOptions.File o -> openFile(o, above, "file", o.filename(), then, failed);
        case BlockdevOptions.HostDevice o -> openFile(o, above, "host_device", o.filename(), then, failed);
        case BlockdevOptions.Raw o -> openRaw(o, above, then, failed);
        case BlockdevOptions.Blkdebug o -> openBlkdebug(o, above, then, failed);
      }
    } catch (BlockException e) {
      failed.accept(e);
    }
  }

  private NullNode nothing(
      BlockdevOptions options, Optional<NodeSettings> above, String driver, Optional<Long> size,
      Optional<Boolean> zeroes) {
    NodeSettings settings = settings(options, above);
    String name = nameOf(options);
    if (size.orElse(0L) < 0) {
      throw new BlockException("Parameter 'size' expects a non-negative number below 2^64");
    }
    return new NullNode(name, options, settings, above.isEmpty(), driver, size, zeroes.orElse(false));
  }

  private void openRaw(
      BlockdevOptions.Raw options, Optional<NodeSettings> above, Consumer<BlockNode> then,
      Consumer<BlockException> failed) {
    Consumer<BlockNode> finish = file -> {
      try {
        RawNode node = new RawNode(nameOf(options), options, settings(options, above), above.isEmpty(), file,
            options.offset().orElse(0L), options.size());
        add(node);
        file.users().add(node);
        then.accept(node);
      } catch (BlockException e) {
        dropUnused(file);
        failed.accept(e);
      }
    };
    switch (options.file()) {
      case BlockdevRef.Reference(String name) -> finish.accept(get(name));
      case BlockdevRef.Definition(var file) ->
        open(file, Optional.of(settings(options, above)), finish, failed);
    }
  }

  /// Its configuration may be a pipe, whose other end lets it wait as long as it likes: a thread of its own waits there,
  /// that nobody waits for.
  private void openBlkdebug(
      BlockdevOptions.Blkdebug options, Optional<NodeSettings> above, Consumer<BlockNode> then,
      Consumer<BlockException> failed) {
    settings(options, above);
    checkName(options.nodeName());
    if (options.config().isEmpty()) {
      openBlkdebug(options, above, FaultRules.of(Optional.empty(), options.injectError(), options.setState()), then, failed);
      return;
    }
    BlockHost owner = host.get();
    Thread.ofPlatform().daemon().name("blkdebug-config").start(() -> {
      try {
        List<String> lines = FaultRules.lines(options.config().get());
        FaultRules rules = FaultRules.of(Optional.of(lines), options.injectError(), options.setState());
        owner.later(() -> openBlkdebug(options, above, rules, then, failed));
      } catch (BlockException e) {
        owner.later(() -> failed.accept(e));
      }
    });
  }

  private void openBlkdebug(
      BlockdevOptions.Blkdebug options, Optional<NodeSettings> above, FaultRules rules, Consumer<BlockNode> then,
      Consumer<BlockException> failed) {
    Consumer<BlockNode> finish = image -> {
      try {
        BlkdebugNode node = new BlkdebugNode(
            nameOf(options), options, settings(options, above), above.isEmpty(), image, rules);
        node.admit();
        add(node);
        image.users().add(node);
        then.accept(node);
      } catch (BlockException e) {
        dropUnused(image);
        failed.accept(e);
      }
    };
    try {
      switch (options.image()) {
        case BlockdevRef.Reference(String name) -> finish.accept(get(name));
        case BlockdevRef.Definition(var image) ->
          open(image, Optional.of(settings(options, above)), finish, failed);
      }
    } catch (BlockException e) {
      failed.accept(e);
    }
  }

  private void openFile(
      BlockdevOptions options, Optional<NodeSettings> above, String driver, String path, Consumer<BlockNode> then,
      Consumer<BlockException> failed) {
    NodeSettings settings = settings(options, above);
    checkName(options.nodeName());
    checkFile(options, driver, path, settings);
    FileChannel[] opened = {null};
    boolean[] readOnly = {settings.readOnly()};
    host.get().run(() -> {
      try {
        opened[0] = FileNode.open(driver, path, settings.readOnly());
      } catch (BlockException e) {
        if (settings.readOnly() || !settings.autoReadOnly()) {
          throw e;
        }
        opened[0] = FileNode.open(driver, path, true);
        readOnly[0] = true;
      }
    }, wrong -> {
      if (wrong.isPresent()) {
        failed.accept(wrong.get() instanceof BlockException e ? e : new BlockException(wrong.get().getMessage()));
        return;
      }
      FileNode node = null;
      try {
        node = new FileNode(nameOf(options), options, settings.asReadOnly(readOnly[0]), above.isEmpty(), driver, path,
            opened[0]);
        then.accept(add(node));
      } catch (BlockException e) {
        FileNode.close(opened[0]);
        failed.accept(e);
      }
    });
  }

  private static void checkFile(BlockdevOptions options, String driver, String path, NodeSettings settings) {
    if (path.isEmpty()) {
      throw new BlockException("The '" + driver + "' block driver requires a file name");
    }
    boolean isNative = switch (options) {
      case BlockdevOptions.File f -> f.aio().equals(Optional.of(BlockdevOptions.Aio.NATIVE));
      case BlockdevOptions.HostDevice d -> d.aio().equals(Optional.of(BlockdevOptions.Aio.NATIVE));
      default -> false;
    };
    if (isNative && !settings.direct()) {
      throw new BlockException("aio=native was specified, but it requires cache.direct=on, which was not specified.");
    }
    Optional<String> manager = switch (options) {
      case BlockdevOptions.File f -> f.prManager();
      case BlockdevOptions.HostDevice d -> d.prManager();
      default -> Optional.empty();
    };
    if (manager.isPresent()) {
      throw new BlockException("No persistent reservation manager with id '" + manager.get() + "'");
    }
  }

  private static NodeSettings settings(BlockdevOptions options, Optional<NodeSettings> above) {
    return above.map(a -> NodeSettings.of(options, a)).orElseGet(() -> NodeSettings.of(options));
  }

  private String nameOf(BlockdevOptions options) {
    checkName(options.nodeName());
    return options.nodeName().orElseGet(() -> String.format("#block%d%02d", unnamed++, random.nextInt(100)));
  }

  private void checkName(Optional<String> wanted) {
    if (wanted.isPresent()) {
      String name = wanted.get();
      if (!name.matches(ID)) {
        throw new BlockException("Invalid node-name: '" + name + "'");
      }
      if (nodes.containsKey(name)) {
        throw new BlockException("Duplicate nodes with node-name='" + name + "'");
      }
      if (name.length() > LONGEST) {
        throw new BlockException("Node name too long");
      }
    }
  }

  private BlockNode add(BlockNode node) {
    node.onEvent(event -> host.get().later(() -> host.get().publish(event)));
    nodes.put(node.name(), node);
    return node;
  }

  void remove(String name) {
    BlockNode node = find(name).orElseThrow(() -> noSuchNode(name));
    if (node.users().stream().anyMatch(user -> !(user instanceof BlockNode))) {
      throw new BlockException("Node " + name + " is in use");
    }
    if (!node.monitors()) {
      throw new BlockException("Node " + name + " is not owned by the monitor");
    }
    if (!node.users().isEmpty()) {
      throw new BlockException("Block device " + name + " is in use");
    }
    drop(node);
  }

  private void drop(BlockNode node) {
    nodes.remove(node.name());
    node.close();
    node.file().ifPresent(this::dropUnused);
  }

  /// A node that was made for another goes with it.
  void dropUnused(BlockNode node) {
    if (!node.monitors() && node.users().isEmpty()) {
      drop(node);
    }
  }

  static BlockException noSuchNode(String name) {
    return new BlockException("Failed to find node with node-name='" + name + "'");
  }

  void close() {
    nodes.values().forEach(BlockNode::close);
    nodes.clear();
  }
}
