package thespis.machine.qom;

import java.util.LinkedHashMap;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Property;
import thespis.machine.device.virtio.VirtioBalloon;

/// What a memory balloon's object tells of the guest's memory: statistics, and how often the guest is asked for them.
public final class VirtioBalloonObject {
  private static final String BALLOON = "balloon";
  private static final String INTERVAL = "guest-stats-polling-interval";

  private VirtioBalloonObject() {}

  static void describe(QomObject balloon) {
    balloon.own(Property.readOnly("guest-stats", "guest statistics", VirtioBalloonObject::statistics));
    balloon.own(Property.<QomObject>of(INTERVAL, "int", VirtioBalloonObject::interval,
        (o, name, in) -> setInterval(o, in.int64(name))).always());
  }

  /// The device that it is the object of, from now on.
  public static void attach(QomObject balloon, VirtioBalloon device) {
    MachineSettings settings = balloon.state(MachineSettings.class);
    long asked = (Long) settings.get(INTERVAL, 0L);
    settings.put(BALLOON, device);
    if (asked > 0) {
      device.interval(asked);
    }
  }

  private static VirtioBalloon device(QomObject balloon) {
    return (VirtioBalloon) balloon.setting(BALLOON, null);
  }

  private static Object statistics(QomObject balloon) {
    VirtioBalloon device = device(balloon);
    Map<String, Object> all = new LinkedHashMap<>();
    VirtioBalloon.STATISTICS.forEach(name -> all.put(name, MemoryRegion.unsigned(-1)));
    if (device != null) {
      device.statistics().forEach((name, value) -> all.put(name, MemoryRegion.unsigned(value)));
    }
    return Map.of("stats", all, "last-update", device == null ? 0L : device.updated());
  }

  private static Object interval(QomObject balloon) {
    VirtioBalloon device = device(balloon);
    return device == null ? balloon.setting(INTERVAL, 0L) : (Object) device.interval();
  }

  private static void setInterval(QomObject balloon, long seconds) {
    if (seconds < 0) {
      throw new ConfigException("timer value must be greater than zero");
    }
    if (seconds > VirtioBalloon.LONGEST_INTERVAL) {
      throw new ConfigException("timer value is too big");
    }
    balloon.state(MachineSettings.class).put(INTERVAL, seconds);
    if (device(balloon) != null) {
      device(balloon).interval(seconds);
    }
  }
}
