package thespis.cpu.state;

/// An architectural exception on its way from the place that found it to the interpreter's delivery. One instance for
/// each CPU, without a stack trace. SDM Vol. 3A "Protected-Mode Exceptions and Interrupts".
public final class GuestFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public static final int DE = 0;
  public static final int DB = 1;
  public static final int NMI = 2;
  public static final int BP = 3;
  public static final int OF = 4;
  public static final int BR = 5;
  public static final int UD = 6;
  public static final int NM = 7;
  public static final int DF = 8;
  public static final int TS = 10;
  public static final int NP = 11;
  public static final int SS = 12;
  public static final int GP = 13;
  public static final int PF = 14;
  public static final int MF = 16;
  public static final int AC = 17;
  public static final int MC = 18;
  public static final int XM = 19;

  public int vector;

  /// -1 if the vector has none.
  public int errorCode;

  /// #GP(0) for data at an address that is not canonical, or #SS(0): that depends on the instruction.
  public boolean notCanonical;

  GuestFault() {
    super(null, null, false, false);
  }

  GuestFault set(int vector, int errorCode) {
    this.vector = vector;
    this.errorCode = errorCode;
    notCanonical = false;
    return this;
  }

  @Override
  public String getMessage() {
    return "vector " + vector + (errorCode == -1 ? "" : " error code 0x" + Integer.toHexString(errorCode));
  }
}
