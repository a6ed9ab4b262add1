package thespis.actors.block;

import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.qmp.command.BlockdevOptions.BlockdevRef;
import thespis.qmp.command.BlockdevOptions;
import thespis.qmp.command.NodeCommands.Permission;

/// `blockdev-reopen`: nodes become what other options make of them, all of them or none. QEMU QMP reference
/// "blockdev-reopen". Of a node only how it is used can change, and of a `raw` one what it stands on.
final class NodeChange {
  /// One node on its way.
  private static final class Step {
    final BlockNode node;
    final BlockdevOptions options;
    final NodeSettings settings;
    FileChannel channel;

    Step(BlockNode node, BlockdevOptions options, NodeSettings settings) {
      this.node = node;
      this.options = options;
      this.settings = settings;
    }
  }

  private final BlockGraph graph;
  private final BlockHost host;
  private final List<Step> steps = new ArrayList<>();

  NodeChange(BlockGraph graph, BlockHost host) {
    this.graph = graph;
    this.host = host;
  }

  void carryOut(List<BlockdevOptions> all, Runnable then, Consumer<BlockException> failed) {
    try {
      for (BlockdevOptions options : all) {
        String name = options.nodeName().orElseThrow(() -> new BlockException("node-name not specified"));
        prepare(graph.find(name).orElseThrow(() -> BlockGraph.noSuchNode(name)), options, Optional.empty());
      }
    } catch (BlockException e) {
      failed.accept(e);
      return;
    }
    host.run(this::openFiles, wrong -> {
      if (wrong.isPresent()) {
        steps.stream().filter(step -> step.channel != null).forEach(step -> FileNode.close(step.channel));
        failed.accept(wrong.get() instanceof BlockException e ? e : new BlockException(wrong.get().getMessage()));
      } else {
        steps.forEach(this::commit);
        then.run();
      }
    });
  }

  private void prepare(BlockNode node, BlockdevOptions options, Optional<NodeSettings> above) {
    NodeSettings settings = above.map(a -> NodeSettings.of(options, a)).orElseGet(() -> NodeSettings.of(options));
    if (options instanceof BlockdevOptions.Raw && !(node instanceof RawNode)) {
      throw new BlockException("Cannot set file child to format node without file child");
    }
    compare(fixed(node.options()), fixed(options));
    if (settings.readOnly() && node.needed().contains(Permission.WRITE)) {
      throw new BlockException("Read-only block node '" + node.name() + "' cannot support read-write users");
    }
    if (node instanceof RawNode raw && options instanceof BlockdevOptions.Raw wanted) {
      prepare(raw, wanted, settings);
    }
    steps.add(new Step(node, options, settings));
  }

  private void prepare(RawNode node, BlockdevOptions.Raw wanted, NodeSettings settings) {
    BlockNode file = switch (wanted.file()) {
      case BlockdevRef.Reference(String name) -> graph.get("", name);
      case BlockdevRef.Definition(var own) -> {
        BlockNode below = node.file().orElseThrow();
        if (below.monitors() || own.getClass() != below.options().getClass()) {
          throw new BlockException("Cannot change the option 'file.driver'");
        }
        prepare(below, own, Optional.of(settings));
        yield below;
      }
    };
    for (BlockNode below = file; below != null; below = below.file().orElse(null)) {
      if (below == node) {
        throw new BlockException(
            "Making '" + file.name() + "' a file child of '" + node.name() + "' would create a cycle");
      }
    }
    if (node.needed().contains(Permission.WRITE)) {
      file.admit(Permission.WRITE, node.title(), RawNode.ROLE, Optional.of(node));
    }
    RawNode.check(file, wanted.offset().orElse(0L), wanted.size());
  }

  /// What can't change, by its name.
  private static Map<String, Object> fixed(BlockdevOptions options) {
    Map<String, Object> fixed = new LinkedHashMap<>();
    switch (options) {
      case BlockdevOptions.NullAio o -> nothing(fixed, "null-aio", o.size(), o.latencyNs(), o.readZeroes());
      case BlockdevOptions.NullCo o -> nothing(fixed, "null-co", o.size(), o.latencyNs(), o.readZeroes());
      case BlockdevOptions.File o -> file(fixed, "file", o.filename(), o.locking(), o.aio(), o.aioMaxBatch(), o.dropCache());
      case BlockdevOptions.HostDevice o ->
        file(fixed, "host_device", o.filename(), o.locking(), o.aio(), o.aioMaxBatch(), o.dropCache());
      case BlockdevOptions.Blkdebug _ -> throw new BlockException(
          "Block format 'blkdebug' used by node '" + options.nodeName().orElse("") + "' does not support reopening files");
      case BlockdevOptions.Raw _ -> fixed.put("driver", "raw");
    }
    return fixed;
  }

  private static void nothing(
      Map<String, Object> fixed, String driver, Optional<Long> size, Optional<Long> latency, Optional<Boolean> zeroes) {
    fixed.put("driver", driver);
    size.ifPresent(value -> fixed.put("size", value));
    latency.ifPresent(value -> fixed.put("latency-ns", value));
    zeroes.ifPresent(value -> fixed.put("read-zeroes", value));
  }

  private static void file(
      Map<String, Object> fixed, String driver, String name, Optional<?> locking, Optional<?> aio, Optional<?> batch,
      Optional<?> drop) {
    fixed.put("driver", driver);
    fixed.put("filename", name);
    locking.ifPresent(value -> fixed.put("locking", value));
    aio.ifPresent(value -> fixed.put("aio", value));
    batch.ifPresent(value -> fixed.put("aio-max-batch", value));
    drop.ifPresent(value -> fixed.put("drop-cache", value));
  }

  private static void compare(Map<String, Object> before, Map<String, Object> after) {
    before.keySet().stream().filter(option -> !after.containsKey(option)).findFirst().ifPresent(option -> {
      throw new BlockException("Option '" + option + "' cannot be reset to its default value");
    });
    after.forEach((option, value) -> {
      if (!value.equals(before.get(option))) {
        throw new BlockException("Cannot change the option '" + option + "'");
      }
    });
  }

  private void openFiles() {
    for (Step step : steps) {
      if (step.node instanceof FileNode file && file.settings().readOnly() != step.settings.readOnly()) {
        step.channel = FileNode.open(file.driver(), file.path(), step.settings.readOnly());
      }
    }
  }

  private void commit(Step step) {
    if (step.channel != null) {
      ((FileNode) step.node).use(step.channel);
    }
    if (step.node instanceof RawNode raw && step.options instanceof BlockdevOptions.Raw wanted) {
      BlockNode before = raw.file().orElseThrow();
      BlockNode file = wanted.file() instanceof BlockdevRef.Reference(String name) ? graph.get("", name) : before;
      raw.move(file, wanted.offset().orElse(0L), wanted.size());
      graph.dropUnused(before);
    }
    step.node.become(step.options, step.settings);
  }
}
