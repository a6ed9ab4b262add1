package thespis.hotplug;

/// What the machine as a whole is doing. QEMU QMP reference "RunState"; the states Thespis has a use for.
public enum RunState {
  /// Started with `-S`, or reset while it did not run.
  PRELAUNCH,
  INMIGRATE,
  RUNNING,
  PAUSED,
  /// A vCPU hit an error of ours: it must be reset before it can go on.
  INTERNAL_ERROR,
  /// The guest powered off and `-no-shutdown` keeps the machine.
  SHUTDOWN,
  FINISH_MIGRATE,
  POSTMIGRATE,
  /// A picture of its memory is taken.
  SAVE_VM,
  SUSPENDED,
  DEBUG,
  GUEST_PANICKED,
  /// A watchdog stopped it.
  WATCHDOG;

  /// The name in `query-status`.
  public String wire() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  public boolean running() {
    return this == RUNNING;
  }

  /// `cont` is refused until a reset.
  public boolean needsReset() {
    return this == INTERNAL_ERROR || this == SHUTDOWN;
  }
}
