package thespis.qmp.command;

import java.util.List;
import java.util.Optional;

/// File descriptors that a client hands over beside the text on a unix socket, and those of the command line. QEMU QMP
/// reference "Miscellanea".
public sealed interface DescriptorCommands<R> extends QmpCommand<R> {

  /// Whether it is about a descriptor that comes with it.
  default boolean takes() {
    return this instanceof Getfd || this instanceof AddFd;
  }

  record Getfd(String fdname) implements DescriptorCommands<QmpCommand.Nothing> {}

  record Closefd(String fdname) implements DescriptorCommands<QmpCommand.Nothing> {}

  record AddFd(Optional<Long> fdsetId, Optional<String> opaque) implements DescriptorCommands<AddfdInfo> {}

  record RemoveFd(long fdsetId, Optional<Long> fd) implements DescriptorCommands<QmpCommand.Nothing> {}

  /// Lets a socket that was handed over be a client of something: of a screen, or of a character device.
  record AddClient(String protocol, String fdname, Optional<Boolean> skipauth, Optional<Boolean> tls)
      implements DescriptorCommands<QmpCommand.Nothing>, Underscored {}

  record QueryFdsets() implements DescriptorCommands<List<FdsetInfo>> {}

  record AddfdInfo(long fdsetId, long fd) {}

  record FdsetInfo(long fdsetId, List<FdsetFdInfo> fds) {}

  record FdsetFdInfo(long fd, Optional<String> opaque) {}
}
