package thespis.actors;

import java.util.List;
import thespis.hotplug.PortAccess;

/// The CPU hotplug register block as its owner, the ACPI controller, drives it.
interface HotplugRegisters {
  /// A guest access; what it makes happen is told to the listener before this returns.
  int access(PortAccess access);

  /// A CPU is in the slot; `insert` sets the flag that makes the guest's scan find it.
  void occupy(int slot, boolean insert);

  void vacate(int slot);

  /// Sets the remove flag. False in legacy mode, which knows no removal.
  boolean requestRemoval(int slot);

  /// Clears the remove flag. False if it is not set: there was no request, or the guest has taken it.
  boolean cancelRemoval(int slot);

  /// One entry for each possible CPU; none in legacy mode.
  List<SlotOst> ospmStatus();

  /// What the guest last said about a slot.
  record SlotOst(int slot, long source, long status) {}

  interface Listener {
    void ejected(int slot);

    void removalSeen(int slot);

    /// A request to remove a CPU is left for the guest's next scan.
    void removalOverlooked();

    void ost(int slot, long source, long status);
  }
}
