package thespis.machine.device.usb;

import thespis.machine.bus.GuestMemory;
import thespis.cpu.state.StateIo;

/// The command ring, and what commands do where there is no device: slots can be taken and given back. xHCI 1.2 "Command
/// Interface", "Command TRB", "TRB Completion Codes".
final class CommandRing {
  static final int COMPLETION_EVENT = 33;
  static final int RING_STOPPED = 24;

  private static final int SUCCESS = 1;
  private static final int TRB_ERROR = 5;
  private static final int NO_SLOTS = 9;
  private static final int SLOT_NOT_ENABLED = 11;
  private static final int CONTEXT_STATE_ERROR = 19;

  private static final int LINK = 6;
  private static final int ENABLE_SLOT = 9;
  private static final int DISABLE_SLOT = 10;
  private static final int ADDRESS_DEVICE = 11;
  private static final int LAST_OF_A_SLOT = 17;
  private static final int NO_OP = 23;

  private static final int TRB = 16;
  private static final int TOGGLE_CYCLE = 2;

  /// Commands and links that are followed for one ring of the bell.
  private static final int PATIENCE = 256;

  private final Xhci controller;
  private long position;
  private boolean cycle;
  private long slots;

  CommandRing(Xhci controller) {
    this.controller = controller;
  }

  void reset() {
    position = 0;
    cycle = true;
    slots = 0;
  }

  void state(StateIo io) {
    position = io.u64("command-ring", position);
    cycle = io.bool("command-cycle", cycle);
    slots = io.u64("slots", slots);
  }

  void start(long address, boolean cycleState) {
    position = address;
    cycle = cycleState;
  }

  long position() {
    return position;
  }

  /// As far as the driver has filled it.
  void work() {
    GuestMemory memory = controller.memory();
    for (int count = 0; count < PATIENCE && controller.commandsRun(); count++) {
      if (!memory.holds(position, TRB)) {
        controller.die();
        controller.commandsStopped();
        return;
      }
      int control = memory.get32(position + 12);
      if ((control & 1) != (cycle ? 1 : 0)) {
        return;
      }
      int type = control >>> 10 & 0x3F;
      if (type == LINK) {
        position = memory.get64(position) & ~0xFL;
        cycle ^= (control & TOGGLE_CYCLE) != 0;
        continue;
      }
      long command = position;
      position += TRB;
      execute(command, type, control >>> 24 & 0xFF);
    }
  }

  private void execute(long command, int type, int slot) {
    int result;
    int named = slot;
    switch (type) {
      case NO_OP -> result = SUCCESS;
      case ENABLE_SLOT -> {
        named = enable();
        result = named == 0 ? NO_SLOTS : SUCCESS;
      }
      case DISABLE_SLOT -> {
        result = enabled(slot) ? SUCCESS : SLOT_NOT_ENABLED;
        slots &= enabled(slot) ? ~(1L << slot - 1) : -1;
      }
      case ADDRESS_DEVICE -> result = enabled(slot) ? TRB_ERROR : SLOT_NOT_ENABLED;
      default -> result = type > ADDRESS_DEVICE && type <= LAST_OF_A_SLOT
          ? enabled(slot) ? CONTEXT_STATE_ERROR : SLOT_NOT_ENABLED
          : TRB_ERROR;
    }
    controller.event(0, command, result << 24, COMPLETION_EVENT << 10 | named << 24);
  }

  private boolean enabled(int slot) {
    return slot >= 1 && slot <= Xhci.SLOTS && (slots >>> slot - 1 & 1) != 0;
  }

  /// @return its number; 0 if all are taken
  private int enable() {
    int free = Long.numberOfTrailingZeros(~slots);
    if (free >= Xhci.SLOTS) {
      return 0;
    }
    slots |= 1L << free;
    return free + 1;
  }
}
