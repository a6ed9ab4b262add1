package thespis.machine.acpi;

import java.util.ArrayList;
import java.util.List;

/// What the DSDT tells of a PCI bus: functions that have something to say, and slots where something can be plugged.
///
/// @param hotplugNumber by which the hotplug registers know the bus, or {@link #NO_HOTPLUG}; QEMU counts from the
///   bus that was made last
/// @param slots ascending
public record PciBusAml(int hotplugNumber, List<Slot> slots) {
  public static final int NO_HOTPLUG = -1;
  private static final int SLOTS = 32;

  /// A function or a free slot.
  ///
  /// @param own what the device itself adds
  /// @param behind the bus behind a bridge, or null
  public record Slot(int devfn, boolean hotpluggable, Aml own, PciBusAml behind) {
    /// A device that stays where it is.
    public static Slot fixed(int devfn, Aml own) {
      return new Slot(devfn, false, own, null);
    }

    /// On a bus without hotplug this is the same as a fixed one with nothing of its own.
    public static Slot removable(int devfn) {
      return new Slot(devfn, true, Aml.all(), null);
    }

    public static Slot bridge(int devfn, PciBusAml behind) {
      return new Slot(devfn, false, Aml.all(), behind);
    }

    int number() {
      return devfn >>> 3;
    }

    int function() {
      return devfn & 7;
    }

    String name() {
      return "S%02X".formatted(devfn);
    }
  }

  /// A bus where only what is there from the start ever is.
  public static PciBusAml fixed(List<Slot> devices) {
    List<Slot> slots = devices.stream()
        .map(slot -> new Slot(slot.devfn, false, slot.own, slot.behind))
        .sorted((a, b) -> Integer.compare(a.devfn(), b.devfn()))
        .toList();
    return new PciBusAml(NO_HOTPLUG, slots);
  }

  /// A bus of 32 slots; the free ones can be filled.
  public static PciBusAml hotplug(int number, List<Slot> devices) {
    return hotplug(number, SLOTS, devices);
  }

  /// Behind a PCI Express port there is one slot only.
  public static PciBusAml expressPort(int number, List<Slot> devices) {
    return hotplug(number, 1, devices);
  }

  private static PciBusAml hotplug(int number, int count, List<Slot> devices) {
    List<Slot> slots = new ArrayList<>(devices);
    for (int slot = 0; slot < count; slot++) {
      int devfn = slot << 3;
      if (devices.stream().noneMatch(device -> device.devfn == devfn)) {
        slots.add(Slot.removable(devfn));
      }
    }
    slots.sort((a, b) -> Integer.compare(a.devfn(), b.devfn()));
    return new PciBusAml(number, List.copyOf(slots));
  }
}
