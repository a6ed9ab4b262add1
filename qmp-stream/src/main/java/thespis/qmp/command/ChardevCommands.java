package thespis.qmp.command;

import java.util.List;

/// Character devices. QEMU QMP reference "Character devices".
public sealed interface ChardevCommands<R> extends BoardCommand<R> {

  @Preconfig
  record QueryChardev() implements ChardevCommands<List<ChardevInfo>> {}

  record ChardevInfo(String label, String filename, boolean frontendOpen) {}
}
