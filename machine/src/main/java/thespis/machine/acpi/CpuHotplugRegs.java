package thespis.machine.acpi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.PortHandler;

/// The ports by which a guest learns of processors that come and go. QEMU "ACPI CPU hotplug interface": at power-on a
/// bitmap of 32 bytes (legacy); the guest's `_INI` switches to 12 bytes that work on one selected slot (modern). What
/// the guest asks for goes to the listener, inside the write; raising the event that makes it look is the owner's
/// business.
public final class CpuHotplugRegs implements Device, PortHandler {
  /// Of the mapping; in modern mode what is past {@link #LENGTH} floats.
  public static final int LEGACY_LENGTH = 32;

  public static final int LENGTH = 12;

  // offsets
  static final int SELECTOR = 0;
  static final int FLAGS = 4;
  static final int COMMAND = 5;
  static final int DATA = 8;

  // commands
  static final int NEXT_WITH_EVENT = 0;
  static final int OST_EVENT = 1;
  static final int OST_STATUS = 2;
  static final int APIC_ID = 3;

  // flags
  private static final int ENABLED = 1;
  private static final int INSERTING = 2;
  private static final int REMOVING = 4;
  private static final int EJECT = 8;
  private static final int FIRMWARE_EJECTS = 16;

  private static final int OPEN_BUS = -1;

  /// Highest APIC ID the bitmap has a bit for.
  private static final int LEGACY_IDS = 8 * LEGACY_LENGTH;

  public interface Listener {
    /// The guest has let go of this slot's CPU and wants it gone.
    void ejectRequested(int slot);

    /// The guest's scan has found the request to remove this slot's CPU and cleared it.
    default void removalSeen(int slot) {}

    /// The guest's scan has found a CPU that came, and left the request to remove it for the next scan.
    default void removalOverlooked(int slot) {}

    /// The guest evaluated `_OST`; both numbers are unsigned 32-bit ones.
    void ostReported(int slot, long event, long status);
  }

  /// What a guest last said about a slot.
  public record Ost(int slot, long event, long status) {}

  private final int[] apicIds;
  private final boolean[] present;
  private final Listener listener;

  /// Read on any thread.
  private volatile boolean legacy = true;
  private int selector;
  private int command;
  private final int[] flags;
  private final int[] ostEvents;
  private final int[] ostStatuses;

  /// @param apicIds of all possible CPUs, by slot
  public CpuHotplugRegs(int[] apicIds, Listener listener) {
    this.apicIds = apicIds.clone();
    this.listener = listener;
    present = new boolean[apicIds.length];
    flags = new int[apicIds.length];
    ostEvents = new int[apicIds.length];
    ostStatuses = new int[apicIds.length];
  }

  @Override
  public String name() {
    return "cpu-hotplug";
  }

  // ---- the owner's side

  /// A CPU is in the slot from the start: no event.
  public void coldPlug(int slot) {
    present[slot] = true;
    if (Integer.compareUnsigned(apicIds[slot], LEGACY_IDS) >= 0) {
      legacy = false;
    }
  }

  /// The registers are still the bitmap of old.
  public boolean isLegacy() {
    return legacy;
  }

  /// A CPU has come; in modern mode the guest's next scan finds it.
  public void plug(int slot) {
    coldPlug(slot);
    if (!legacy) {
      flags[slot] |= INSERTING;
    }
  }

  /// The guest's next scan asks it to let go of the CPU. False in legacy mode, which knows no removal.
  public boolean requestUnplug(int slot) {
    if (!legacy) {
      flags[slot] |= REMOVING;
    }
    return !legacy;
  }

  /// Takes a request back. False if there is none that the guest has not seen.
  public boolean cancelUnplug(int slot) {
    boolean pending = (flags[slot] & REMOVING) != 0;
    flags[slot] &= ~REMOVING;
    return pending;
  }

  /// The CPU is gone. A removal that is still pending stays, as only the guest clears it.
  public void unplugged(int slot) {
    present[slot] = false;
    flags[slot] &= ~FIRMWARE_EJECTS;
  }

  /// Is there something that the guest's next scan would find?
  public boolean eventPending() {
    return Arrays.stream(flags).anyMatch(f -> f != 0);
  }

  /// One entry for each slot; none in legacy mode.
  public List<Ost> ospmStatus() {
    List<Ost> all = new ArrayList<>();
    for (int slot = 0; !legacy && slot < apicIds.length; slot++) {
      all.add(ost(slot));
    }
    return List.copyOf(all);
  }

  private Ost ost(int slot) {
    return new Ost(slot, Integer.toUnsignedLong(ostEvents[slot]), Integer.toUnsignedLong(ostStatuses[slot]));
  }

  /// As the guest's first write does. There is no way back.
  public void leaveLegacyMode() {
    legacy = false;
  }

  @Override
  public void state(StateIo io) {
    legacy = io.bool("legacy", legacy);
    selector = io.u32("selector", selector);
    command = io.u8("command", command);
    io.ints("flags", flags);
    io.ints("ost-events", ostEvents);
    io.ints("ost-statuses", ostStatuses);
  }

  // ---- the guest's side

  @Override
  public int read(int offset, int size) {
    int value = 0;
    for (int done = 0; done < size; ) {
      int part = legacy ? 1 : aligned(offset + done, size - done);
      int bits = legacy ? readBitmap(offset + done) : readRegister(offset + done);
      value |= (bits & OPEN_BUS >>> 32 - 8 * part) << 8 * done;
      done += part;
    }
    return value;
  }

  @Override
  public void write(int offset, int size, int value) {
    if (legacy) {
      legacy = offset != 0 || (value & 0xFF) != 0;
      return;
    }
    for (int done = 0; done < size; ) {
      int part = aligned(offset + done, size - done);
      writeRegister(offset + done, value >>> 8 * done & OPEN_BUS >>> 32 - 8 * part);
      done += part;
    }
  }

  /// How much of an access is one operation: the largest naturally aligned part of 1, 2 or 4 bytes.
  private static int aligned(int offset, int left) {
    int alignment = offset == 0 ? 4 : Integer.lowestOneBit(offset);
    return Math.min(alignment, Integer.highestOneBit(left));
  }

  private int readBitmap(int offset) {
    int bits = 0;
    for (int slot = 0; slot < apicIds.length; slot++) {
      if (present[slot] && apicIds[slot] >>> 3 == offset) {
        bits |= 1 << (apicIds[slot] & 7);
      }
    }
    return bits;
  }

  private int readRegister(int offset) {
    if (offset >= LENGTH) {
      return OPEN_BUS;
    }
    if (!selected()) {
      return 0;
    }
    return switch (offset) {
      case FLAGS -> flags[selector] | (present[selector] ? ENABLED : 0);
      case DATA -> switch (command) {
        case NEXT_WITH_EVENT -> selector;
        case APIC_ID -> apicIds[selector];
        default -> 0;
      };
      default -> 0; // SELECTOR: the upper half of an APIC ID, which has none
    };
  }

  private void writeRegister(int offset, int value) {
    if (offset == SELECTOR) {
      selector = value;
    } else if (selected()) {
      switch (offset) {
        case FLAGS -> writeFlags(value);
        case COMMAND -> writeCommand(value);
        case DATA -> writeData(value);
        default -> {}
      }
    }
  }

  private boolean selected() {
    return Integer.compareUnsigned(selector, apicIds.length) < 0;
  }

  /// One thing at a time: the first of these that is asked for. The boot processor stays.
  private void writeFlags(int value) {
    boolean removable = selector != 0 && present[selector];
    if ((value & INSERTING) != 0) {
      flags[selector] &= ~INSERTING;
      if ((flags[selector] & REMOVING) != 0) {
        listener.removalOverlooked(selector);
      }
    } else if ((value & REMOVING) != 0) {
      if ((flags[selector] & REMOVING) != 0) {
        flags[selector] &= ~REMOVING;
        listener.removalSeen(selector);
      }
    } else if ((value & EJECT) != 0) {
      if (removable) {
        listener.ejectRequested(selector);
      }
    } else if ((value & FIRMWARE_EJECTS) != 0 && removable) {
      flags[selector] |= FIRMWARE_EJECTS;
    }
  }

  private void writeCommand(int value) {
    if (value > APIC_ID) {
      return;
    }
    command = value;
    if (command == NEXT_WITH_EVENT) {
      selectNextWithEvent();
    }
  }

  /// From the selected slot on, round the end; the selector stays where it is if there is none.
  private void selectNextWithEvent() {
    for (int i = 0; i < flags.length; i++) {
      int slot = (selector + i) % flags.length;
      if (flags[slot] != 0) {
        selector = slot;
        return;
      }
    }
  }

  private void writeData(int value) {
    switch (command) {
      case OST_EVENT -> ostEvents[selector] = value;
      case OST_STATUS -> {
        ostStatuses[selector] = value;
        Ost ost = ost(selector);
        listener.ostReported(ost.slot, ost.event, ost.status);
      }
      default -> {}
    }
  }
}
