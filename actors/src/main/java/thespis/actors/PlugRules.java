package thespis.actors;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.hotplug.Answer;
import thespis.hotplug.Failure;
import thespis.machine.board.CpuAddress;
import thespis.machine.board.CpuSlot;

/// What `device_add` checks before anything is made, in QEMU's order and words (tried on 7.2: the form of the id comes
/// first, whether it is free only after driver and bus).
final class PlugRules {
  /// Everything was in order: a CPU with these properties for this slot.
  record Plan(CpuSlot slot, Optional<String> id, String path, Map<String, Object> properties) {}

  private final Hardware hardware;
  private final Seats seats;

  PlugRules(Hardware hardware, Seats seats) {
    this.hardware = hardware;
    this.seats = seats;
  }

  Answer<Plan> check(Map<String, Object> arguments) {
    try {
      return Answer.ok(plan(arguments));
    } catch (ConfigException e) {
      return Answer.failed(Failure.generic(e.getMessage()));
    }
  }

  private Plan plan(Map<String, Object> arguments) {
    Map<String, Object> properties = new LinkedHashMap<>(arguments);
    Object driver = properties.remove("driver");
    Object bus = properties.remove("bus");
    Optional<String> id = properties.remove("id") instanceof String text ? Optional.of(text) : Optional.empty();
    if (id.isPresent() && !id.get().matches("[A-Za-z][A-Za-z0-9._-]*")) {
      throw new ConfigException("Parameter 'id' expects an identifier");
    }
    if (driver == null) {
      throw new ConfigException("Parameter 'driver' is missing");
    }
    String type = driver.toString();
    checkDriver(type);
    if (bus != null) {
      throw new ConfigException(hardware.busType(bus.toString())
          .map(kind -> "Device '" + type + "' can't go on " + kind + " bus")
          .orElse("Bus '" + bus + "' not found"));
    }
    if (hardware.slots().all().isEmpty()) {
      throw new ConfigException("Device '" + type + "' can not be hotplugged on this machine");
    }
    if (id.isPresent() && (seats.idTaken(id.get()) || hardware.hasObject("/machine/peripheral/" + id.get()))) {
      throw new ConfigException("Duplicate device ID '" + id.get() + "'");
    }
    String path = id.map(name -> "/machine/peripheral/" + name).orElseGet(seats::nextAnonymousPath);
    CpuAddress address = hardware.checkProperties(type, properties);
    if (!type.equals(hardware.cpuType())) {
      throw new ConfigException("Invalid CPU type, expected cpu type: '" + hardware.cpuType() + "'");
    }
    return new Plan(hardware.slots().place(address, seats::taken), id, path, properties);
  }

  private void checkDriver(String type) {
    switch (hardware.kindOf(type)) {
      case UNKNOWN -> throw new ConfigException("'" + type + "' is not a valid device model name");
      case ABSTRACT -> throw new ConfigException("Parameter 'driver' expects a non-abstract device type");
      case OTHER -> throw new ConfigException("Device '" + type + "' can not be hotplugged on this machine");
      case CPU -> {}
    }
  }
}
