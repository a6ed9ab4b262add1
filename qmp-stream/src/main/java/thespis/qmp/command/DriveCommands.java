package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.QmpCommand.Nothing;
import thespis.qmp.wire.SnakeCase;
import thespis.qmp.wire.Unsigned;

/// Drives as the guest has them: their trays, what lies in them, how fast they may be. QEMU QMP reference "Block
/// devices".
public sealed interface DriveCommands<R> extends BoardCommand<R> {

  record Eject(
      @Features(Features.DEPRECATED) Optional<String> device, Optional<String> id, Optional<Boolean> force)
      implements DriveCommands<Nothing> {}

  record BlockdevOpenTray(
      @Features(Features.DEPRECATED) Optional<String> device, Optional<String> id, Optional<Boolean> force)
      implements DriveCommands<Nothing> {}

  record BlockdevCloseTray(@Features(Features.DEPRECATED) Optional<String> device, Optional<String> id)
      implements DriveCommands<Nothing> {}

  record BlockdevRemoveMedium(String id) implements DriveCommands<Nothing> {}

  record BlockdevInsertMedium(String id, String nodeName) implements DriveCommands<Nothing> {}

  record BlockdevChangeMedium(
      @Features(Features.DEPRECATED) Optional<String> device,
      Optional<String> id,
      String filename,
      Optional<String> format,
      Optional<Boolean> force,
      Optional<ReadOnlyMode> readOnlyMode)
      implements DriveCommands<Nothing> {}

  @SnakeCase
  record BlockSetIoThrottle(
      @Features(Features.DEPRECATED) Optional<String> device,
      Optional<String> id,
      long bps,
      long bpsRd,
      long bpsWr,
      long iops,
      long iopsRd,
      long iopsWr,
      Optional<Long> bpsMax,
      Optional<Long> bpsRdMax,
      Optional<Long> bpsWrMax,
      Optional<Long> iopsMax,
      Optional<Long> iopsRdMax,
      Optional<Long> iopsWrMax,
      Optional<Long> bpsMaxLength,
      Optional<Long> bpsRdMaxLength,
      Optional<Long> bpsWrMaxLength,
      Optional<Long> iopsMaxLength,
      Optional<Long> iopsRdMaxLength,
      Optional<Long> iopsWrMaxLength,
      Optional<Long> iopsSize,
      Optional<String> group)
      implements DriveCommands<Nothing>, Underscored, Preconfig {}

  record BlockLatencyHistogramSet(
      String id,
      @Unsigned(64) Optional<List<Long>> boundaries,
      @Unsigned(64) Optional<List<Long>> boundariesRead,
      @Unsigned(64) Optional<List<Long>> boundariesWrite,
      @Unsigned(64) Optional<List<Long>> boundariesFlush)
      implements DriveCommands<Nothing>, Preconfig {}

  enum ReadOnlyMode {
    RETAIN,
    READ_ONLY,
    READ_WRITE
  }
}
