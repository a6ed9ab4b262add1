package thespis.cpu.fp;

/// The comparison predicates of CMPPS and VCMPPS by their immediate: for which relations they hold, and whether a quiet
/// NaN is invalid. Numbers 16 to 31 repeat 0 to 15 with the other choice about quiet NaNs. SDM Vol. 2A "CMPPD", table
/// "Comparison Predicate for CMPPD and VCMPPD Instructions".
public final class Predicate {
  private static final int LT = 1 << Float64.LESS;
  private static final int EQ = 1 << Float64.EQUAL;
  private static final int GT = 1 << Float64.GREATER;
  private static final int UN = 1 << Float64.UNORDERED;

  private static final int[] TRUTH = {
    EQ, LT, LT | EQ, UN, // EQ LT LE UNORD
    LT | GT | UN, EQ | GT | UN, GT | UN, LT | EQ | GT, // NEQ NLT NLE ORD
    EQ | UN, LT | UN, LT | EQ | UN, 0, // EQ_U NGE NGT FALSE
    LT | GT, EQ | GT, GT, LT | EQ | GT | UN, // NEQ_O GE GT TRUE
  };

  /// Which of the first sixteen signal: LT LE NLT NLE NGE NGT GE GT.
  private static final int SIGNALLING = 0b0110_0110_0110_0110;

  private static final Predicate[] ALL = new Predicate[32];

  static {
    for (int i = 0; i < ALL.length; i++) {
      ALL[i] = new Predicate(TRUTH[i & 15], (SIGNALLING >>> (i & 15) & 1) != i >> 4);
    }
  }

  private final int truth;

  /// A quiet NaN raises #I.
  final boolean signals;

  private Predicate(int truth, boolean signals) {
    this.truth = truth;
    this.signals = signals;
  }

  public static Predicate of(int imm) {
    return ALL[imm & 31];
  }

  boolean holds(int relation) {
    return (truth >>> relation & 1) != 0;
  }
}
