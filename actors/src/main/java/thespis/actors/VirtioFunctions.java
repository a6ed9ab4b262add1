package thespis.actors;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.machine.board.PciFunction;
import thespis.machine.device.virtio.VirtioBalloon;
import thespis.machine.device.virtio.VirtioPci;
import thespis.machine.device.virtio.VirtioRng;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.QomObject;
import thespis.machine.qom.UserObjects;

/// Virtio devices from their objects' settings: what QEMU checks when it realizes them, in its words.
final class VirtioFunctions {
  static final String BALLOON = "virtio-balloon-pci-base";
  static final String RNG = "virtio-rng-pci-base";

  /// Types that have one setting of the legacy interface built in.
  private static final String TRANSITIONAL = "-transitional";
  private static final String MODERN = "-non-transitional";

  static final Set<String> FREE = Set.of(
      "multifunction", "rombar", "romfile", "disable-legacy", "disable-modern", "ioeventfd", "vectors", "migrate-extra",
      "virtio-pci-bus-master-bug-migration", "x-ignore-backend-features", "indirect_desc", "event_idx",
      "notify_on_empty", "any_layout", "queue_reset", "use-started", "use-disabled-flag", "x-disable-legacy-check",
      "iommu_platform", "free-page-hint", "deflate-on-oom", "page-poison", "free-page-reporting", "max-bytes", "period",
      "guest-stats-polling-interval");

  private static final String DEVICE = "virtio-backend";
  private static final long UNSPECIFIED = 0xFFFF_FFFFL;
  private static final long MOST_VECTORS = 2048;

  /// Features that a setting can take away, by bit.
  private static final Map<String, Integer> FEATURES = Map.of(
      "notify_on_empty", 24, "any_layout", 27, "indirect_desc", 28, "event_idx", 29, "queue_reset", 40);

  private static final int PAGE_POISON = 4;

  private final UserObjects users;
  private final long memory;
  private final Consumer<String> warnings;
  private final Entropy entropy;
  private boolean balloon;

  /// @param memory bytes that the guest has
  VirtioFunctions(UserObjects users, long memory, Entropy entropy, Consumer<String> warnings) {
    this.users = users;
    this.memory = memory;
    this.entropy = entropy;
    this.warnings = warnings;
  }

  /// A property that names another object.
  ///
  /// @return false if it is none
  boolean link(QomObject device, String name, Input value) {
    String wanted = switch (name) {
      case "rng" -> device.type().isA(RNG) ? "rng-backend" : null;
      case "iothread" -> device.type().isA(BALLOON) ? "iothread" : null;
      default -> null;
    };
    if (wanted == null) {
      return false;
    }
    String id = value.string(name);
    QomObject found = users.find(id);
    if (found == null) {
      throw new ConfigException("Device '" + id + "' not found");
    }
    if (!found.type().isA(wanted)) {
      throw new ConfigException("Invalid parameter type for '" + name + "', expected: " + wanted);
    }
    users.use(found, device.type().name());
    device.child(DEVICE).state(MachineSettings.class).put(name, found.path());
    return true;
  }

  /// @param port it is behind a root port
  PciFunction.Model model(QomObject device, String place, boolean multifunction, boolean port) {
    MachineSettings settings = device.state(MachineSettings.class);
    String type = device.type().name();
    boolean fixed = type.endsWith(TRANSITIONAL);
    boolean modern = fixed || !(Boolean) device.get("disable-modern");
    String asked = fixed ? type.endsWith(MODERN) ? "on" : "off" : (String) device.get("disable-legacy");
    boolean legacy = asked.equals("off") || asked.equals("auto") && !port;
    settings.put("disable-legacy", legacy ? "off" : "on");
    if (!legacy && !modern) {
      throw new ConfigException("device cannot work as neither modern nor legacy mode is enabled\n"
          + "Set either disable-modern or disable-legacy to off");
    }
    return device.type().isA(RNG)
        ? rng(device, shape(device, place, multifunction, port, legacy, modern, vectors(device)))
        : balloon(device, shape(device, place, multifunction, port, legacy, modern, 0));
  }

  private int vectors(QomObject device) {
    long asked = (Long) device.get("vectors");
    long vectors = asked == UNSPECIFIED ? 2 : asked;
    if (vectors > MOST_VECTORS) {
      warnings.accept("unable to init msix vectors to " + vectors);
      vectors = 0;
    }
    device.state(MachineSettings.class).put("vectors", vectors);
    return (int) vectors;
  }

  private static VirtioPci.Settings shape(
      QomObject device, String place, boolean multifunction, boolean port, boolean legacy, boolean modern, int vectors) {
    if ((Boolean) device.get("iommu_platform")) {
      throw new ConfigException(legacy
          ? "VIRTIO_F_IOMMU_PLATFORM was supported by neither legacy nor transitional device"
          : "an I/O MMU is not supported yet");
    }
    long refused = 0;
    for (Map.Entry<String, Integer> feature : FEATURES.entrySet()) {
      refused |= (Boolean) device.get(feature.getKey()) ? 0 : 1L << feature.getValue();
    }
    if (device.type().isA(BALLOON) && !(Boolean) device.get("page-poison")) {
      refused |= 1L << PAGE_POISON;
    }
    return new VirtioPci.Settings(
        device.type().name(), device.id(), place, multifunction, port, legacy, modern, vectors, refused);
  }

  private PciFunction.Model balloon(QomObject device, VirtioPci.Settings settings) {
    if (balloon) {
      throw new ConfigException("Only one balloon device is supported");
    }
    balloon = true;
    if ((Boolean) device.get("free-page-hint")) {
      throw new ConfigException(device.get("iothread").equals("")
          ? "'free-page-hint' requires 'iothread' to be set"
          : "free page hints are not supported yet");
    }
    long features = ((Boolean) device.get("deflate-on-oom") ? VirtioBalloon.DEFLATE_ON_OOM : 0)
        | ((Boolean) device.get("free-page-reporting") ? VirtioBalloon.REPORTING : 0);
    return clock -> new VirtioPci(settings, new VirtioBalloon(memory, features, clock));
  }

  private PciFunction.Model rng(QomObject device, VirtioPci.Settings settings) {
    long period = (Long) device.get("period");
    if ((int) period <= 0) {
      throw new ConfigException("'period' parameter expects a positive integer");
    }
    if (!(device.get("max-bytes") instanceof Long quota)) {
      throw new ConfigException("'max-bytes' parameter must be non-negative, and less than 2^63");
    }
    String path = (String) device.get("rng");
    QomObject backend = path.isEmpty() ? null : users.find(path.substring(path.lastIndexOf('/') + 1));
    VirtioRng.Source source = backend != null && backend.type().isA("rng-random")
        ? entropy.file((String) backend.get("filename"))
        : entropy.builtin();
    return clock -> new VirtioPci(settings, new VirtioRng(source, quota, period, clock));
  }
}
