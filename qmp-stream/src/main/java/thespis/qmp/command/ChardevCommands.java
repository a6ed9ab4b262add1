package thespis.qmp.command;

import java.util.List;
import thespis.qmp.wire.Union;

/// The process's character devices. QEMU QMP reference "Character devices", "Yank feature".
public sealed interface ChardevCommands<R> extends QmpCommand<R> {

  record QueryChardev() implements ChardevCommands<List<ChardevInfo>>, Preconfig {}

  record QueryChardevBackends() implements ChardevCommands<List<ChardevBackendInfo>> {}

  /// What could be cut off to free a stuck machine: socket devices.
  record QueryYank() implements ChardevCommands<List<YankInstance>>, OutOfBand {}

  /// Cuts off what `query-yank` lists.
  record Yank(List<YankInstance> instances) implements ChardevCommands<QmpCommand.Nothing>, OutOfBand {}

  record ChardevBackendInfo(String name) {}

  record ChardevInfo(String label, String filename, boolean frontendOpen) {
    /// The two forms of a socket's name, connected or not.
    public boolean isSocket() {
      return filename.matches("(disconnected:)?(unix|tcp|fd):.*");
    }
  }

  @Union("type")
  sealed interface YankInstance {
    record Chardev(String id) implements YankInstance {}
  }
}
