package thespis.machine.acpi;

/// Which sleep states a machine tells its guest of, as the user may want it. ACPI 6.5 "\\_Sx (System States)".
///
/// @param s3 suspend to RAM
/// @param s4 suspend to disk
/// @param s4Type value of SLP_TYP for S4
public record SleepStates(boolean s3, boolean s4, int s4Type) {
  public static final int S4_TYPE = 2;
  public static final SleepStates ALL = new SleepStates(true, true, S4_TYPE);
}
