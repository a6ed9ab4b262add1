package thespis.machine.acpi;

/// What firmware and board have agreed to do by system management interrupt, as bits of the fw_cfg files `etc/smi/*`.
public record SmiFeatures(long bits) {
  public static final long BROADCAST = 1;
  public static final long CPU_HOTPLUG = 2;
  public static final long CPU_HOT_UNPLUG = 4;
  public static final SmiFeatures NONE = new SmiFeatures(0);

  /// What a board supports unless its user says otherwise.
  public static final SmiFeatures ALL = new SmiFeatures(BROADCAST | CPU_HOTPLUG | CPU_HOT_UNPLUG);

  /// All processors are to be in system management mode together, but firmware would not hear of new ones.
  public boolean hotplugLeftOut() {
    return (bits & BROADCAST) != 0 && !cpuHotplug();
  }

  public boolean hotUnplugLeftOut() {
    return (bits & BROADCAST) != 0 && !cpuHotUnplug();
  }

  boolean cpuHotplug() {
    return (bits & CPU_HOTPLUG) != 0;
  }

  boolean cpuHotUnplug() {
    return (bits & CPU_HOT_UNPLUG) != 0;
  }
}
