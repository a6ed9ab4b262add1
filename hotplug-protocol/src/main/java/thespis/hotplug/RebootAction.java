package thespis.hotplug;

/// What a reset does. QEMU QMP reference "RebootAction".
public enum RebootAction {
  RESET,
  SHUTDOWN
}
