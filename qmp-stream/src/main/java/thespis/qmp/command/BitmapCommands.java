package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.QmpCommand.Nothing;
import thespis.qmp.wire.Unsigned;
import thespis.qmp.wire.WireName;

/// What has been written to an image since somebody began to watch. QEMU QMP reference "Block devices".
public sealed interface BitmapCommands<R> extends BoardCommand<R> {

  record BlockDirtyBitmapAdd(
      String node,
      String name,
      @Unsigned(32) Optional<Long> granularity,
      Optional<Boolean> persistent,
      Optional<Boolean> disabled)
      implements BitmapCommands<Nothing>, Preconfig {}

  record BlockDirtyBitmapRemove(String node, String name) implements BitmapCommands<Nothing>, Preconfig {}

  record BlockDirtyBitmapClear(String node, String name) implements BitmapCommands<Nothing>, Preconfig {}

  record BlockDirtyBitmapEnable(String node, String name) implements BitmapCommands<Nothing>, Preconfig {}

  record BlockDirtyBitmapDisable(String node, String name) implements BitmapCommands<Nothing>, Preconfig {}

  record BlockDirtyBitmapMerge(String node, String target, List<BitmapSource> bitmaps)
      implements BitmapCommands<Nothing>, Preconfig {}

  @WireName("x-debug-block-dirty-bitmap-sha256")
  @Features(Features.UNSTABLE)
  record XDebugBlockDirtyBitmapSha256(String node, String name) implements BitmapCommands<BitmapDigest>, Preconfig {}

  record BitmapDigest(String sha256) {}

  /// A bitmap of the node in question, or of another.
  @Alternate("BlockDirtyBitmapOrStr")
  sealed interface BitmapSource {
    record Here(String name) implements BitmapSource {}

    record There(Bitmap bitmap) implements BitmapSource {}
  }

  record Bitmap(String node, String name) {}
}
