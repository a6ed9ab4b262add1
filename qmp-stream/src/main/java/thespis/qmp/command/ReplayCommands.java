package thespis.qmp.command;

import thespis.qmp.command.QmpCommand.Nothing;

/// Running a recorded machine again. QEMU QMP reference "Record/replay".
public sealed interface ReplayCommands<R> extends BoardCommand<R> {

  record QueryReplay() implements ReplayCommands<ReplayInfo> {}

  record ReplayBreak(long icount) implements ReplayCommands<Nothing> {}

  record ReplayDeleteBreak() implements ReplayCommands<Nothing> {}

  record ReplaySeek(long icount) implements ReplayCommands<Nothing> {}

  record ReplayInfo(ReplayMode mode, long icount) {}

  enum ReplayMode {
    NONE,
    RECORD,
    PLAY
  }
}
