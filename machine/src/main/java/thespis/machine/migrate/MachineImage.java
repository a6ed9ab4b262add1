package thespis.machine.migrate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.state.StateException;
import thespis.machine.bus.Device;

/// A machine without its processors, for whoever saves or loads it. It stands still meanwhile, but for RAM on its way out.
public final class MachineImage {
  private final MachineShape shape;
  private final Optional<GuestRam> ram;
  private final List<Device> devices;
  private final Runnable closePages;

  /// @param devices in the order in which they are loaded, those first that others go by
  /// @param closePages has the processors tell of every page that they write to from then on
  public MachineImage(MachineShape shape, Optional<GuestRam> ram, List<Device> devices, Runnable closePages) {
    this.shape = shape;
    this.ram = ram;
    this.devices = List.copyOf(devices);
    this.closePages = closePages;
  }

  /// One that has neither memory nor chips.
  public static MachineImage empty(String type) {
    return new MachineImage(
        new MachineShape(type, "", new int[0], List.of(), 0, Map.of()), Optional.empty(), List.of(), () -> {});
  }

  /// Without processors.
  public MachineShape shape() {
    return shape;
  }

  /// None where there is no memory.
  public Optional<GuestRam> ram() {
    return ram;
  }

  public Optional<OutgoingRam> outgoing() {
    return ram.map(r -> new OutgoingRam(r, shape.ram(), closePages));
  }

  public IncomingRam incoming() {
    return new IncomingRam(ram.orElse(null), shape.ram());
  }

  /// All that is not RAM.
  public List<Section> save() {
    List<Section> sections = new ArrayList<>();
    byName().forEach((name, device) -> sections.add(Section.save(name, device::state)));
    return sections;
  }

  /// Takes what belongs to a device out of what a stream has.
  ///
  /// @throws StateException if something is missing, or can't be
  public void load(Map<String, Section> sections) {
    byName().forEach((name, device) -> {
      Section section = sections.remove(name);
      if (section == null) {
        throw new StateException("there is no state of device '" + name + "' in the stream");
      }
      load(section, device);
    });
  }

  private static void load(Section section, Device device) {
    try {
      section.load(device::state);
    } catch (StateException e) {
      throw new StateException("error while loading state of device '" + section.name() + "': " + e.getMessage());
    }
  }

  /// Where several are of one kind, those after the first have a number.
  private Map<String, Device> byName() {
    Map<String, Device> all = new LinkedHashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    for (Device device : devices) {
      int number = counts.merge(device.name(), 1, Integer::sum);
      all.put(number == 1 ? device.name() : device.name() + "/" + number, device);
    }
    return all;
  }
}
