package thespis.cpu.state;

/// The registers of Intel MPX: four pairs of bounds, their configuration for user and supervisor, and the status of the
/// last violation. SDM Vol. 1 "Intel MPX Programming Environment". Upper bounds are kept as the processor does, in
/// one's complement, so that a pair of zeroes allows every address.
public final class BoundRegisters {
  public static final int COUNT = 4;
  public static final long ENABLE = 1;
  public static final long PRESERVE = 2;

  public final long[] lower = new long[COUNT];
  public final long[] upper = new long[COUNT];
  public long configUser;
  public long configSupervisor;
  public long status;

  /// In force at CPL 3, and below.
  private boolean user;

  private boolean supervisor;

  void reset() {
    init();
    configUser = configSupervisor = status = 0;
    user = supervisor = false;
  }

  void state(StateIo io) {
    io.longs("bnd-lower", lower);
    io.longs("bnd-upper", upper);
    configUser = io.u64("bndcfgu", configUser);
    configSupervisor = io.u64("bndcfgs", configSupervisor);
    status = io.u64("bndstatus", status);
  }

  /// Every address is within every pair.
  public void init() {
    java.util.Arrays.fill(lower, 0);
    java.util.Arrays.fill(upper, 0);
  }

  /// A configuration has changed, or whether it counts: the operating system enables the state components.
  public void configured(boolean components) {
    user = components && (configUser & ENABLE) != 0;
    supervisor = components && (configSupervisor & ENABLE) != 0;
  }

  /// Do the instructions check anything at this privilege level?
  public boolean enabled(int cpl) {
    return cpl == 3 ? user : supervisor;
  }

  public long config(int cpl) {
    return cpl == 3 ? configUser : configSupervisor;
  }
}
