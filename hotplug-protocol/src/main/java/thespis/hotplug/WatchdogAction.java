package thespis.hotplug;

/// What a watchdog does that nobody has fed. QEMU QMP reference "WatchdogAction".
public enum WatchdogAction {
  RESET,
  SHUTDOWN,
  POWEROFF,
  PAUSE,
  DEBUG,
  NONE,
  INJECT_NMI
}
