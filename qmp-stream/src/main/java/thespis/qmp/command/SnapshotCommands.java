package thespis.qmp.command;

/// Extensions of Thespis: a machine at one moment, for others to go on from. See docs/adr/0044-forks-of-a-machine.md.
public sealed interface SnapshotCommands<R> extends BoardCommand<R> {

  /// Answered when it is there.
  ///
  /// @param file to write, in the place of one that may be there
  record XThespisSnapshot(String file) implements SnapshotCommands<QmpCommand.Nothing>, Extension {}
}
