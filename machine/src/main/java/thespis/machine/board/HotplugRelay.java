package thespis.machine.board;

import thespis.machine.acpi.CpuHotplugRegs;

/// What the hotplug registers have to tell, for whoever wants to hear of it by then: they are made before anybody can.
final class HotplugRelay implements CpuHotplugRegs.Listener {
  private volatile CpuHotplugRegs.Listener listener;

  void to(CpuHotplugRegs.Listener next) {
    listener = next;
  }

  @Override
  public void ejectRequested(int slot) {
    if (listener != null) {
      listener.ejectRequested(slot);
    }
  }

  @Override
  public void removalSeen(int slot) {
    if (listener != null) {
      listener.removalSeen(slot);
    }
  }

  @Override
  public void removalOverlooked(int slot) {
    if (listener != null) {
      listener.removalOverlooked(slot);
    }
  }

  @Override
  public void ostReported(int slot, long event, long status) {
    if (listener != null) {
      listener.ostReported(slot, event, status);
    }
  }
}
