package thespis.cpu.fp;

/// The environment of one floating-point unit: how to round, what to mask, and the flags that operations raise. One
/// object serves a vCPU's x87 and another its SSE unit; both are reused for ever. Bits 0 to 5 stand as in MXCSR and in
/// the x87 status and control words (SDM Vol. 1 "MXCSR Control and Status Register", "x87 FPU Control Word").
///
/// An 80-bit result leaves its significand as the return value and its sign and exponent in {@link #se}. Operations
/// compute the masked response; a caller with unmasked exceptions looks at {@link #unmasked} before it stores.
public final class FpEnv {
  public static final int IE = 1;
  public static final int DE = 2;
  public static final int ZE = 4;
  public static final int OE = 8;
  public static final int UE = 16;
  public static final int PE = 32;
  public static final int ALL = 63;

  /// Rounding control, as encoded in MXCSR.RC, FCW.RC and the immediate of ROUNDPS.
  public static final int NEAREST = 0;

  public static final int DOWN = 1;
  public static final int UP = 2;
  public static final int TRUNCATE = 3;

  private static final int MXCSR_DAZ = 1 << 6;
  private static final int MXCSR_FTZ = 1 << 15;

  /// Exceptions raised since somebody cleared this.
  public int flags;

  /// Sign (bit 15) and biased exponent of an 80-bit result.
  public int se;

  /// C1: the last result was rounded away from zero.
  public boolean roundedUp;

  /// Low three bits of the quotient of a remainder, or -1 for a partial one.
  public int quotient;

  int rounding = NEAREST;
  int precision = 64;
  int masks = ALL;
  boolean daz;
  boolean ftz;

  /// Nearest, all masked, no DAZ, no FTZ: Java's own arithmetic is the guest's.
  boolean plain = true;

  /// Plain, and PE is set already, so that an inexact result has nothing to report.
  boolean quick;

  /// The x87's usual setting: nearest, 64 bits.
  boolean nearest64;

  /// Second parts of unrounded results, see {@link Exact}.
  int sign;

  int exp;

  /// The last result below the smallest normal number was still below it after rounding.
  boolean tiny;
  long lo;

  /// PE as it was before an integer conversion that may turn out to be invalid.
  int lossBefore;

  /// Takes control and flag bits from MXCSR.
  public void mxcsr(int mxcsr) {
    flags = mxcsr & ALL;
    masks = mxcsr >>> 7 & ALL;
    rounding = mxcsr >>> 13 & 3;
    daz = (mxcsr & MXCSR_DAZ) != 0;
    ftz = (mxcsr & MXCSR_FTZ) != 0;
    plain = rounding == NEAREST && masks == ALL && !daz && !ftz;
    quick = plain && (mxcsr & PE) != 0;
  }

  private int loaded = -1;

  /// As {@link #mxcsr}, for each instruction: parses only what changed since. With an exception unmasked `flags` starts
  /// empty, so that what the instruction raises can be told from what stood there.
  public void loadMxcsr(int mxcsr) {
    if (mxcsr != loaded) {
      mxcsr(mxcsr);
      loaded = mxcsr;
    }
    if (masks != ALL) {
      flags = 0;
    }
  }

  /// The caller stored this value, which differs from the loaded one by flags only.
  public void storedMxcsr(int mxcsr) {
    loaded = mxcsr;
    quick = plain && (mxcsr & PE) != 0;
  }

  /// Takes masks, precision control and rounding control from the x87 control word. The reserved precision 01 rounds to
  /// 64 bits.
  public void controlWord(int fcw) {
    masks = fcw & ALL;
    rounding = fcw >>> 10 & 3;
    precision =
        switch (fcw >>> 8 & 3) {
          case 0 -> 24;
          case 2 -> 53;
          default -> 64;
        };
    nearest64 = rounding == NEAREST && precision == 64;
  }

  private int loadedControlWord = -1;

  /// As {@link #controlWord}, for each instruction, and clears what the last one left.
  public void loadControlWord(int fcw) {
    if (fcw != loadedControlWord) {
      controlWord(fcw);
      loadedControlWord = fcw;
    }
    flags = 0;
    roundedUp = false;
  }

  /// Raised exceptions that are not masked.
  public int unmasked() {
    return flags & ~masks;
  }

  /// True if an unmasked exception among the operands keeps the result from being stored; such an exception also hides
  /// those of the result. SDM Vol. 1 "Interaction of SIMD and x87 FPU Floating-Point Exceptions" and "Floating-Point
  /// Exception Priority".
  public boolean preempted() {
    if ((unmasked() & (IE | DE | ZE)) == 0) {
      return false;
    }
    flags &= IE | DE | ZE;
    roundedUp = false;
    return true;
  }

  public int rounding() {
    return rounding;
  }

  boolean masked(int exception) {
    return (masks & exception) != 0;
  }
}
