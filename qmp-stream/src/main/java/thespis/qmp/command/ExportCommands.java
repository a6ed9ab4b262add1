package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.BitmapCommands.BitmapSource;
import thespis.qmp.command.QmpCommand.Nothing;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;

/// Images that others are let use, over the network or on this host. QEMU QMP reference "Block device exports".
public sealed interface ExportCommands<R> extends BoardCommand<R> {

  record BlockExportAdd(@Boxed Export export) implements ExportCommands<Nothing>, Preconfig {}

  record BlockExportDel(String id, Optional<RemoveMode> mode) implements ExportCommands<Nothing>, Preconfig {}

  record NbdServerStart(
      ChardevBackend.Address addr,
      Optional<String> tlsCreds,
      Optional<String> tlsAuthz,
      @Unsigned(32) Optional<Long> maxConnections)
      implements ExportCommands<Nothing>, Preconfig {}

  @Features(Features.DEPRECATED)
  record NbdServerAdd(
      Optional<String> name,
      Optional<String> description,
      String device,
      Optional<Boolean> writable,
      Optional<String> bitmap)
      implements ExportCommands<Nothing>, Preconfig {}

  @Features(Features.DEPRECATED)
  record NbdServerRemove(String name, Optional<RemoveMode> mode) implements ExportCommands<Nothing>, Preconfig {}

  record NbdServerStop() implements ExportCommands<Nothing>, Preconfig {}

  enum RemoveMode {
    SAFE,
    HARD
  }

  @Union("type")
  sealed interface Export {
    String id();

    Optional<Boolean> fixedIothread();

    Optional<String> iothread();

    String nodeName();

    Optional<Boolean> writable();

    Optional<Boolean> writethrough();

    record Nbd(
        String id,
        Optional<Boolean> fixedIothread,
        Optional<String> iothread,
        String nodeName,
        Optional<Boolean> writable,
        Optional<Boolean> writethrough,
        Optional<String> name,
        Optional<String> description,
        Optional<List<BitmapSource>> bitmaps,
        Optional<Boolean> allocationDepth)
        implements Export {}

    record VhostUserBlk(
        String id,
        Optional<Boolean> fixedIothread,
        Optional<String> iothread,
        String nodeName,
        Optional<Boolean> writable,
        Optional<Boolean> writethrough,
        SocketAddress addr,
        @Unsigned(64) Optional<Long> logicalBlockSize,
        @Unsigned(16) Optional<Long> numQueues)
        implements Export {}

    record Fuse(
        String id,
        Optional<Boolean> fixedIothread,
        Optional<String> iothread,
        String nodeName,
        Optional<Boolean> writable,
        Optional<Boolean> writethrough,
        String mountpoint,
        Optional<Boolean> growable,
        Optional<AllowOther> allowOther)
        implements Export {}

    record VduseBlk(
        String id,
        Optional<Boolean> fixedIothread,
        Optional<String> iothread,
        String nodeName,
        Optional<Boolean> writable,
        Optional<Boolean> writethrough,
        String name,
        @Unsigned(16) Optional<Long> numQueues,
        @Unsigned(16) Optional<Long> queueSize,
        @Unsigned(64) Optional<Long> logicalBlockSize,
        Optional<String> serial)
        implements Export {}
  }

  enum AllowOther {
    AUTO,
    ON,
    OFF
  }
}
