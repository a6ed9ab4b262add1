package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.hotplug.UnplugInfo;
import thespis.hotplug.UnplugState;

/// Extensions of Thespis: what QEMU's `device_del` leaves in the dark, as docs/hotplug.md tells. QEMU QMP specification
/// "Downstream extension of QMP".
public sealed interface UnplugCommands<R> extends BoardCommand<R> {

  record XThespisQueryUnplug() implements UnplugCommands<List<Unplug>>, Extension {}

  /// Answered when the request is settled, or after the limit with how far it has come.
  ///
  /// @param timeout in milliseconds
  record XThespisWaitUnplug(String id, Optional<Long> timeout) implements UnplugCommands<Unplug>, Extension {}

  record XThespisCancelUnplug(String id) implements UnplugCommands<QmpCommand.Nothing>, Extension {}

  /// Answered when the guest has started the CPU of this slot.
  ///
  /// @param timeout in milliseconds
  record XThespisWaitOnline(long cpuIndex, Optional<Long> timeout) implements UnplugCommands<QmpCommand.Nothing>, Extension {}

  /// Whether this client also hears the events that QEMU does not send.
  record XThespisEvents(boolean enable) implements UnplugCommands<QmpCommand.Nothing>, Extension {}

  record Unplug(
      long slot, Optional<String> device, String path, UnplugState state, long requests, Optional<Long> ostStatus) {
    public static Unplug of(UnplugInfo info) {
      return new Unplug(
          info.slot(), info.device(), info.qomPath(), info.state(), info.requests(), info.ostStatus());
    }
  }
}
