package thespis.actors;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuConfig;
import thespis.hotplug.MachineEvent;
import thespis.machine.board.CpuObjects;
import thespis.machine.board.CpuSlot;
import thespis.machine.board.MachineObjects;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectType;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// What `device_add` checks and makes before there is a vCPU, in QEMU's order and words (tried on 7.2: the form of the
/// id comes first, whether it is free only after driver and bus).
final class PlugRules {
  /// All is in order: a processor object, complete and in the tree, and its slot.
  ///
  /// @param device what made it; empty for one of the board's own
  record Plan(CpuSlot slot, QomObject cpu, Optional<Map<String, Object>> device) {}

  private final Hardware hardware;
  private final ObjectTree tree;
  private final CpuObjects cpus;
  private final Seats seats;
  private final FixedDevices fixed;
  private final Consumer<MachineEvent> events;
  private final Consumer<String> warnings;
  private final Consumer<String> toClients;
  private boolean threadsWarned;

  /// @param events hears what the user is to be warned of
  PlugRules(Hardware hardware, Seats seats, Consumer<MachineEvent> events) {
    this.hardware = hardware;
    this.tree = hardware.objects();
    this.cpus = hardware.cpus();
    this.seats = seats;
    this.fixed = new FixedDevices(hardware);
    this.events = events;
    this.warnings = text -> events.accept(new MachineEvent.Warning(text));
    this.toClients = text -> events.accept(new MachineEvent.CommandWarning(text));
  }

  /// The second CPU is `device[2]` of the board's own, since something comes with the first local APIC.
  ///
  /// @throws ConfigException with QEMU's text
  Plan boot(CpuSlot slot) {
    QomObject cpu = tree.addUnattached(cpus.create(cpus.typeName()));
    hardware.slots().place(CpuObjects.address(cpu).at(slot.apicId()), index -> false);
    Plan plan = realized(slot, cpu, Optional.empty(), warnings);
    if (slot.index() == 0) {
      MachineObjects.addApicsCompanion(tree);
    }
    return plan;
  }

  /// @param listener hears what the user is to be warned of; empty: an event tells of it
  /// @throws ConfigException with QEMU's text; then no trace is left
  /// @throws DeviceNotFoundException likewise
  Plan hotPlugged(Map<String, Object> arguments, Optional<Consumer<String>> listener) {
    return device(arguments, true, listener.orElse(toClients));
  }

  /// @throws ConfigException with QEMU's text
  /// @throws DeviceNotFoundException likewise
  Plan coldPlugged(MachineConfig.Device device) {
    return device(
        device.arguments(), false, text -> events.accept(new MachineEvent.Warning(device.where(), text)));
  }

  private Plan device(Map<String, Object> arguments, boolean hotplugged, Consumer<String> warnings) {
    Map<String, Object> properties = new LinkedHashMap<>(arguments);
    Object driver = properties.remove("driver");
    Object bus = properties.remove("bus");
    String id = properties.remove("id") instanceof String text ? text : null;
    if (id != null && !id.matches("[A-Za-z][A-Za-z0-9._-]*")) {
      throw new ConfigException("Parameter 'id' expects an identifier");
    }
    if (driver == null) {
      throw new ConfigException("Parameter 'driver' is missing");
    }
    String type = driver.toString();
    checkType(type, bus == null ? null : bus.toString(), hotplugged);
    if (hardware.slots().all().isEmpty()) {
      throw new ConfigException(hotplugged || properties.containsKey("apic-id")
          ? "Device '" + type + "' can not be hotplugged on this machine"
          : "apic-id property was not initialized properly");
    }
    if (id != null && tree.at("/machine/peripheral/" + id) != null) {
      throw new ConfigException("Duplicate device ID '" + id + "'");
    }
    QomObject cpu = hotplugged ? cpus.create(type, warnings) : cpus.create(type);
    cpu.setHotplugged(hotplugged);
    tree.addPeripheral(cpu, id);
    try {
      CpuObjects.setAll(cpu, properties);
      if (!type.equals(cpus.typeName())) {
        throw new ConfigException("Invalid CPU type, expected cpu type: '" + cpus.typeName() + "'");
      }
      checkFirmware();
      CpuSlot slot = hardware.slots().place(CpuObjects.address(cpu), seats::taken);
      return realized(slot, cpu, Optional.of(arguments), warnings);
    } catch (ConfigException | DeviceNotFoundException e) {
      cpu.remove();
      throw e;
    }
  }

  /// Texts of QEMU 5.1; the CPU appears among the board's own.
  ///
  /// @throws ConfigException with QEMU's text; then no trace is left
  Plan byIndex(long index) {
    List<CpuSlot> slots = hardware.slots().all();
    if (slots.isEmpty()) {
      throw new ConfigException("Not supported");
    }
    if (index < 0) {
      throw new ConfigException("Invalid CPU id: " + index);
    }
    if (index >= slots.size()) {
      throw new ConfigException("Unable to add CPU: " + index + ", max allowed: " + (slots.size() - 1));
    }
    if (seats.taken((int) index)) {
      throw new ConfigException("Unable to add CPU: " + index + ", it already exists");
    }
    checkFirmware();
    QomObject cpu = tree.addUnattached(cpus.create(cpus.typeName(), toClients));
    cpu.setHotplugged(true);
    try {
      return realized(slots.get((int) index), cpu, Optional.empty(), toClients);
    } catch (ConfigException e) {
      cpu.remove();
      throw e;
    }
  }

  private Plan realized(
      CpuSlot slot, QomObject cpu, Optional<Map<String, Object>> device, Consumer<String> warnings) {
    CpuConfig config = cpus.realize(cpu, slot, warnings);
    String threads = cpus.hyperthreadingWarning(config);
    if (threads != null && !threadsWarned) {
      threadsWarned = true;
      warnings.accept(threads);
    }
    return new Plan(slot, cpu, device);
  }

  private void checkFirmware() {
    if (hardware.smiFeatures().hotplugLeftOut()) {
      throw new ConfigException("cpu hotplug with SMI wasn't enabled by firmware");
    }
  }

  private void checkType(String name, String bus, boolean hotplugged) {
    ObjectType type = ObjectTypes.find(name);
    if (type == null || !type.isA("device")) {
      throw new ConfigException("'" + name + "' is not a valid device model name");
    }
    if (type.isAbstract()) {
      throw new ConfigException("Parameter 'driver' expects a non-abstract device type");
    }
    if (type.isAbsent()) {
      throw new ConfigException("Parameter 'driver' expects a pluggable device type");
    }
    fixed.refuseToAdd(type, bus, hotplugged);
  }
}
