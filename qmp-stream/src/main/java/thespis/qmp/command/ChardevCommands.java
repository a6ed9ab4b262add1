package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Union;

/// The process's character devices. QEMU QMP reference "Character devices", "Yank feature".
public sealed interface ChardevCommands<R> extends QmpCommand<R> {

  record QueryChardev() implements ChardevCommands<List<ChardevInfo>>, Preconfig {}

  record QueryChardevBackends() implements ChardevCommands<List<ChardevBackendInfo>> {}

  record ChardevAdd(String id, ChardevBackend backend) implements Operation<ChardevReturn> {}

  /// Puts another device in the place of one, under the same front end.
  record ChardevChange(String id, ChardevBackend backend) implements Operation<ChardevReturn> {}

  record ChardevRemove(String id) implements Operation<QmpCommand.Nothing> {}

  record ChardevSendBreak(String id) implements Operation<QmpCommand.Nothing> {}

  record RingbufWrite(String device, String data, Optional<DataFormat> format)
      implements Operation<QmpCommand.Nothing> {}

  record RingbufRead(String device, long size, Optional<DataFormat> format)
      implements Operation<String> {}

  /// What could be cut off to free a stuck machine: socket devices.
  record QueryYank() implements ChardevCommands<List<YankInstance>>, OutOfBand {}

  /// Cuts off what `query-yank` lists.
  record Yank(List<YankInstance> instances) implements ChardevCommands<QmpCommand.Nothing>, OutOfBand {}

  /// Those that change or use a device, which may take time.
  sealed interface Operation<R> extends ChardevCommands<R> {}

  enum DataFormat {
    UTF8,
    BASE64
  }

  /// @param pty where the new pseudo terminal is
  record ChardevReturn(Optional<String> pty) {}

  record ChardevBackendInfo(String name) {}

  record ChardevInfo(String label, String filename, boolean frontendOpen) {
    /// The two forms of a socket's name, connected or not.
    public boolean isSocket() {
      return filename.matches("(disconnected:)?(unix|tcp|fd):.*");
    }
  }

  @Union("type")
  sealed interface YankInstance {
    record BlockNode(String nodeName) implements YankInstance {}

    record Chardev(String id) implements YankInstance {}

    record Migration() implements YankInstance {}
  }
}
