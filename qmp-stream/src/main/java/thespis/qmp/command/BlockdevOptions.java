package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.BlockCommands.DetectZeroes;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;
import thespis.qmp.wire.WireName;

/// A node of the graph of images, of one of the kinds that we have, as a client wants it. QEMU QMP reference
/// "BlockdevOptions".
@Union("driver")
public sealed interface BlockdevOptions {
  Optional<String> nodeName();

  Optional<Discard> discard();

  Optional<Cache> cache();

  Optional<Boolean> readOnly();

  Optional<Boolean> autoReadOnly();

  Optional<Boolean> forceShare();

  Optional<DetectZeroes> detectZeroes();

  /// A file of the host's.
  record File(
      Optional<String> nodeName,
      Optional<Discard> discard,
      Optional<Cache> cache,
      Optional<Boolean> readOnly,
      Optional<Boolean> autoReadOnly,
      Optional<Boolean> forceShare,
      Optional<DetectZeroes> detectZeroes,
      String filename,
      Optional<String> prManager,
      Optional<Locking> locking,
      Optional<Aio> aio,
      @Unsigned(64) Optional<Long> aioMaxBatch,
      Optional<Boolean> dropCache,
      @Features(Features.UNSTABLE) Optional<Boolean> xCheckCacheDropped)
      implements BlockdevOptions {}

  /// A device of the host's that holds blocks.
  @WireName("host_device")
  record HostDevice(
      Optional<String> nodeName,
      Optional<Discard> discard,
      Optional<Cache> cache,
      Optional<Boolean> readOnly,
      Optional<Boolean> autoReadOnly,
      Optional<Boolean> forceShare,
      Optional<DetectZeroes> detectZeroes,
      String filename,
      Optional<String> prManager,
      Optional<Locking> locking,
      Optional<Aio> aio,
      @Unsigned(64) Optional<Long> aioMaxBatch,
      Optional<Boolean> dropCache,
      @Features(Features.UNSTABLE) Optional<Boolean> xCheckCacheDropped)
      implements BlockdevOptions {}

  /// Nothing: what is written is lost.
  record NullAio(
      Optional<String> nodeName,
      Optional<Discard> discard,
      Optional<Cache> cache,
      Optional<Boolean> readOnly,
      Optional<Boolean> autoReadOnly,
      Optional<Boolean> forceShare,
      Optional<DetectZeroes> detectZeroes,
      Optional<Long> size,
      @Unsigned(64) Optional<Long> latencyNs,
      Optional<Boolean> readZeroes)
      implements BlockdevOptions {}

  record NullCo(
      Optional<String> nodeName,
      Optional<Discard> discard,
      Optional<Cache> cache,
      Optional<Boolean> readOnly,
      Optional<Boolean> autoReadOnly,
      Optional<Boolean> forceShare,
      Optional<DetectZeroes> detectZeroes,
      Optional<Long> size,
      @Unsigned(64) Optional<Long> latencyNs,
      Optional<Boolean> readZeroes)
      implements BlockdevOptions {}

  /// What another node holds, or a part of it.
  record Raw(
      Optional<String> nodeName,
      Optional<Discard> discard,
      Optional<Cache> cache,
      Optional<Boolean> readOnly,
      Optional<Boolean> autoReadOnly,
      Optional<Boolean> forceShare,
      Optional<DetectZeroes> detectZeroes,
      BlockdevRef file,
      @Unsigned(64) Optional<Long> offset,
      @Unsigned(64) Optional<Long> size)
      implements BlockdevOptions {}

  /// What another node holds, with faults.
  record Blkdebug(
      Optional<String> nodeName,
      Optional<Discard> discard,
      Optional<Cache> cache,
      Optional<Boolean> readOnly,
      Optional<Boolean> autoReadOnly,
      Optional<Boolean> forceShare,
      Optional<DetectZeroes> detectZeroes,
      BlockdevRef image,
      Optional<String> config,
      Optional<Long> align,
      Optional<Long> maxTransfer,
      Optional<Long> optWriteZero,
      Optional<Long> maxWriteZero,
      Optional<Long> optDiscard,
      Optional<Long> maxDiscard,
      Optional<List<InjectError>> injectError,
      Optional<List<SetState>> setState,
      Optional<List<NodeCommands.Permission>> takeChildPerms,
      Optional<List<NodeCommands.Permission>> unshareChildPerms)
      implements BlockdevOptions {}

  /// Once this has happened accesses of a kind fail.
  record InjectError(
      BlkdebugEvent event,
      Optional<Long> state,
      Optional<FaultyAccess> iotype,
      Optional<Long> errno,
      Optional<Long> sector,
      Optional<Boolean> once,
      Optional<Boolean> immediately) {}

  /// Once this has happened other rules hold.
  record SetState(BlkdebugEvent event, Optional<Long> state, @WireName("new_state") long newState) {}

  enum FaultyAccess {
    READ,
    WRITE,
    WRITE_ZEROES,
    DISCARD,
    FLUSH,
    BLOCK_STATUS
  }

  /// Another node, new or there already.
  @Alternate("BlockdevRef")
  sealed interface BlockdevRef {
    record Definition(BlockdevOptions definition) implements BlockdevRef {}

    record Reference(String reference) implements BlockdevRef {}
  }

  record Cache(Optional<Boolean> direct, Optional<Boolean> noFlush) {}

  enum Discard {
    IGNORE,
    UNMAP
  }

  enum Locking {
    AUTO,
    ON,
    OFF
  }

  enum Aio {
    THREADS,
    NATIVE,
    @WireName("io_uring")
    IO_URING
  }
}
