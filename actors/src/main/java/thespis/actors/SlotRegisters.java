package thespis.actors;

import java.util.List;
import thespis.hotplug.PortAccess;
import thespis.machine.acpi.CpuHotplugRegs;
import thespis.machine.board.Board;

/// A board's register block for CPU hotplug, as the ACPI controller sees it.
record SlotRegisters(Board board) implements HotplugRegisters {
  /// @param listener hears of what the guest does with them
  static SlotRegisters of(Board board, Listener listener) {
    board.onCpuHotplug(new CpuHotplugRegs.Listener() {
      @Override
      public void ejectRequested(int slot) {
        listener.ejected(slot);
      }

      @Override
      public void removalSeen(int slot) {
        listener.removalSeen(slot);
      }

      @Override
      public void removalOverlooked(int slot) {
        listener.removalOverlooked();
      }

      @Override
      public void ostReported(int slot, long event, long status) {
        listener.ost(slot, event, status);
      }
    });
    return new SlotRegisters(board);
  }

  /// By way of the port space, which cuts what crosses the end of the block.
  @Override
  public int access(PortAccess a) {
    if (a.write()) {
      board.ports().write(a.port(), a.size(), a.value());
      return 0;
    }
    return (int) board.ports().read(a.port(), a.size());
  }

  @Override
  public void occupy(int slot, boolean insert) {
    if (insert) {
      board.cpuHotplug().plug(slot);
    } else {
      board.cpuHotplug().coldPlug(slot);
    }
  }

  @Override
  public void vacate(int slot) {
    board.cpuHotplug().unplugged(slot);
  }

  @Override
  public boolean requestRemoval(int slot) {
    return board.cpuHotplug().requestUnplug(slot);
  }

  @Override
  public boolean cancelRemoval(int slot) {
    return board.cpuHotplug().cancelUnplug(slot);
  }

  @Override
  public List<SlotOst> ospmStatus() {
    return board.cpuHotplug().ospmStatus().stream()
        .map(o -> new SlotOst(o.slot(), o.event(), o.status()))
        .toList();
  }
}
