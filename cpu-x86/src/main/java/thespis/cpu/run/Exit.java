package thespis.cpu.run;

/// Why a slice ended. Plain numbers: the inner loop returns them.
public final class Exit {
  /// The slice's budget is used up; run again.
  public static final int BUDGET = 0;

  /// HLT (or MWAIT): run again when an interrupt is pending.
  public static final int HALTED = 1;

  /// A register owned by an actor was touched, see {@link IoBus#DEFERRED}.
  public static final int IO = 2;

  /// Triple fault or shutdown cycle: the board resets the machine.
  public static final int SHUTDOWN = 3;

  /// Somebody asked for the core's attention (pause, unplug, TLB shootdown).
  public static final int KICKED = 4;

  /// PAUSE in a spin loop: let another vCPU have the thread.
  public static final int YIELD = 5;

  /// Waiting for INIT or SIPI.
  public static final int WAIT_FOR_SIPI = 6;

  /// A breakpoint of the debugger.
  public static final int DEBUG = 7;

  private Exit() {}
}
