package thespis.hotplug;

/// Who asked for a reset or shutdown, and how. QEMU QMP reference "ShutdownCause".
public enum Cause {
  HOST_ERROR("host-error", false),
  HOST_QMP_QUIT("host-qmp-quit", false),
  HOST_QMP_SYSTEM_RESET("host-qmp-system-reset", false),
  HOST_SIGNAL("host-signal", false),
  HOST_UI("host-ui", false),
  GUEST_SHUTDOWN("guest-shutdown", true),
  GUEST_RESET("guest-reset", true),
  GUEST_PANIC("guest-panic", true),
  SUBSYSTEM_RESET("subsystem-reset", true);

  private final String wire;
  private final boolean guest;

  Cause(String wire, boolean guest) {
    this.wire = wire;
    this.guest = guest;
  }

  public String wire() {
    return wire;
  }

  public boolean guest() {
    return guest;
  }
}
