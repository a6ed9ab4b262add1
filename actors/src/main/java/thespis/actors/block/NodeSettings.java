package thespis.actors.block;

import thespis.qmp.command.BlockCommands.DetectZeroes;
import thespis.qmp.command.BlockdevOptions.Discard;
import thespis.qmp.command.BlockdevOptions;

/// How a node may be used, whatever it is made of. What is remembered only to be shown has no effect on the host: its
/// page cache is always used.
///
/// @param direct the host's cache is not to be used
/// @param noFlush flushes are not waited for
record NodeSettings(boolean readOnly, boolean autoReadOnly, boolean direct, boolean noFlush, DetectZeroes detectZeroes) {
  private static final NodeSettings PLAIN = new NodeSettings(false, false, false, false, DetectZeroes.OFF);

  static NodeSettings of(BlockdevOptions options) {
    return of(options, PLAIN);
  }

  /// @param above those of the node that this one is made for
  static NodeSettings of(BlockdevOptions options, NodeSettings above) {
    boolean readOnly = options.readOnly().orElse(above.readOnly);
    DetectZeroes detectZeroes = options.detectZeroes().orElse(DetectZeroes.OFF);
    boolean unmap = options.discard().orElse(Discard.IGNORE) == Discard.UNMAP;
    if (detectZeroes == DetectZeroes.UNMAP && !unmap) {
      throw new BlockException(
          "setting detect-zeroes to unmap is not allowed without setting discard operation to unmap");
    }
    if (options.forceShare().orElse(false) && !readOnly) {
      throw new BlockException("force-share=on can only be used with read-only images");
    }
    return new NodeSettings(
        readOnly,
        options.autoReadOnly().orElse(above.autoReadOnly),
        options.cache().map(BlockdevOptions.Cache::direct).flatMap(d -> d).orElse(above.direct),
        options.cache().map(BlockdevOptions.Cache::noFlush).flatMap(f -> f).orElse(above.noFlush),
        detectZeroes);
  }

  NodeSettings asReadOnly(boolean now) {
    return new NodeSettings(now, autoReadOnly, direct, noFlush, detectZeroes);
  }
}
