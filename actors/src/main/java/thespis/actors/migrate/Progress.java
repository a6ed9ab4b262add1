package thespis.actors.migrate;

import thespis.qmp.command.MigrationCommands.RamStatistics;

/// How far an outgoing migration has come. Written by its thread, read by others.
///
/// @param setupMillis until it began to send
/// @param totalMillis since it was asked for
/// @param downtimeMillis what it takes, or is expected to take, while the guest stands still
public record Progress(long setupMillis, long totalMillis, long downtimeMillis, RamStatistics ram) {
  static final int PAGE = 4096;
}
