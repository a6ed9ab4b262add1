package thespis.actors.block;

import java.util.Optional;
import thespis.qmp.command.BlockdevOptions;

/// Nothing with a size: what is written is lost, what is read is zero, or whatever was in memory unless `read-zeroes` is
/// on (here it is zero then, too). It answers at once: a latency is remembered only. QEMU QMP reference
/// "BlockdevOptionsNull".
final class NullNode extends BlockNode {
  private static final long USUAL = 1L << 30;

  private final String driver;
  private final Optional<Long> size;
  private final boolean zeroes;

  NullNode(
      String name, BlockdevOptions options, NodeSettings settings, boolean monitors, String driver, Optional<Long> size,
      boolean zeroes) {
    super(name, options, settings, monitors);
    this.driver = driver;
    this.size = size;
    this.zeroes = zeroes;
  }

  @Override
  String driver() {
    return driver;
  }

  @Override
  long bytes() {
    return size.orElse(USUAL);
  }

  @Override
  NodeName filename() {
    return NodeName.of(size.isEmpty() && !zeroes ? driver + "://" : null,
        "read-zeroes", zeroes ? true : null, "driver", driver, "size", size.orElse(null));
  }

  @Override
  long actualSize() {
    return 0;
  }

  @Override
  boolean knowsDirt() {
    return false;
  }

  @Override
  void readBytes(long at, byte[] into) {}

  @Override
  void writeBytes(long at, byte[] from) {}

  @Override
  void flush() {}

  @Override
  void resize(long bytes) {
    throw new BlockException("Image format driver does not support resize");
  }

  @Override
  void close() {}
}
