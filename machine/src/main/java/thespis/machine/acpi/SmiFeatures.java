package thespis.machine.acpi;

/// What firmware and board have agreed to do by system management interrupt, as bits of the fw_cfg files `etc/smi/*`.
public record SmiFeatures(long bits) {
  public static final long BROADCAST = 1;
  public static final long CPU_HOTPLUG = 2;
  public static final long CPU_HOT_UNPLUG = 4;
  public static final SmiFeatures NONE = new SmiFeatures(0);

  boolean cpuHotplug() {
    return (bits & CPU_HOTPLUG) != 0;
  }

  boolean cpuHotUnplug() {
    return (bits & CPU_HOT_UNPLUG) != 0;
  }
}
