package thespis.hotplug;

/// What the end of the guest does. QEMU QMP reference "ShutdownAction".
public enum ShutdownAction {
  POWEROFF,
  PAUSE
}
