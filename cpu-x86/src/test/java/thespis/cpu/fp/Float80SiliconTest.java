package thespis.cpu.fp;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.silicon.Batches;
import thespis.cpu.silicon.Operands;
import thespis.cpu.silicon.Silicon;

/// 80-bit arithmetic against the host's own x87, over all precisions, rounding modes and exception masks.
class Float80SiliconTest {
  private static final int BATCHES = 80;
  private static final int C0 = 0x100;
  private static final int C1 = 0x200;
  private static final int C2 = 0x400;
  private static final int C3 = 0x4000;
  private static final int FLAGS = FpEnv.ALL;

  private final Operands operands = new Operands(80);
  private final FpEnv e = new FpEnv();

  /// ST(0) and ST(1) in, ST(0) out.
  private interface Op {
    long apply(FpEnv e, long a, int aSe, long b, int bSe);
  }

  private void stack(Silicon host, int i) {
    for (int n = 0; n < 2; n++) {
      long sig = operands.f80();
      host.st(i, n, sig, operands.se());
    }
    int masks = operands.below(2) == 0 ? FLAGS : operands.below(64);
    host.fcw(i, operands.below(4) << 8 | operands.below(4) << 10 | masks);
    host.tags(i, 0x03);
  }

  private void begin(Silicon host, int i) {
    e.controlWord(host.fcwIn(i));
    e.flags = 0;
    e.roundedUp = false;
  }

  private static String in(Silicon host, int i) {
    return String.format("%04X:%016X %04X:%016X fcw %04X: ", host.stSeIn(i, 0), host.stSigIn(i, 0), host.stSeIn(i, 1),
        host.stSigIn(i, 1), host.fcwIn(i));
  }

  private static String difference(Silicon host, int i, long sig, int se, int status, int mask) {
    if (sig == host.stSig(i, 0) && se == host.stSe(i, 0) && status == (host.fswOut(i) & mask)) {
      return null;
    }
    return in(host, i) + String.format("host %04X:%016X %04X, model %04X:%016X %04X", host.stSe(i, 0), host.stSig(i, 0),
        host.fswOut(i) & mask, se, sig, status);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "fadd, D8 C1", "fsub, D8 E1", "fsubr, D8 E9", "fmul, D8 C9", "fdiv, D8 F1", "fdivr, D8 F9",
    "fsqrt, D9 FA", "frndint, D9 FC", "fscale, D9 FD"
  })
  void resultsAndFlagsAreThoseOfTheHost(String name, String code) {
    Op op =
        switch (name) {
          case "fadd" -> Float80Arith::add;
          case "fsub" -> Float80Arith::sub;
          case "fsubr" -> (e, a, aSe, b, bSe) -> Float80Arith.sub(e, b, bSe, a, aSe);
          case "fmul" -> Float80Arith::mul;
          case "fdiv" -> Float80Arith::div;
          case "fdivr" -> (e, a, aSe, b, bSe) -> Float80Arith.div(e, b, bSe, a, aSe);
          case "fsqrt" -> (e, a, aSe, b, bSe) -> Float80Arith.sqrt(e, a, aSe);
          case "frndint" -> (e, a, aSe, b, bSe) -> Float80Convert.roundToInt(e, a, aSe);
          default -> Float80Remainder::scale;
        };
    Batches.compare(code, BATCHES, this::stack, (host, i) -> {
      begin(host, i);
      long sig = op.apply(e, host.stSigIn(i, 0), host.stSeIn(i, 0), host.stSigIn(i, 1), host.stSeIn(i, 1));
      int se = e.se;
      if (e.preempted()) {
        sig = host.stSigIn(i, 0);
        se = host.stSeIn(i, 0);
      }
      return difference(host, i, sig, se, e.flags | (e.roundedUp ? C1 : 0), C1 | FLAGS);
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"fprem, D9 F8", "fprem1, D9 F5"})
  void remaindersAndQuotientBitsAreThoseOfTheHost(String name, String code) {
    boolean ieee = name.equals("fprem1");
    Batches.compare(code, BATCHES, this::stack, (host, i) -> {
      begin(host, i);
      long sig = Float80Remainder.remainder(
          e, host.stSigIn(i, 0), host.stSeIn(i, 0), host.stSigIn(i, 1), host.stSeIn(i, 1), ieee);
      int se = e.se;
      int q = e.quotient;
      int codes = q < 0 ? C2 : (q & 4) << 6 | (q & 2) << 13 | (q & 1) << 9;
      if (e.preempted()) {
        sig = host.stSigIn(i, 0);
        se = host.stSeIn(i, 0);
        codes = 0;
      }
      return difference(host, i, sig, se, e.flags | codes, C0 | C1 | C2 | C3 | FLAGS);
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "fcom, D8 D1, false", "fucom, DD E1, true", "fcomi, DB F1, false", "fucomi, DB E9, true"
  })
  void comparisonsAreThoseOfTheHost(String name, String code, boolean quiet) {
    Batches.compare(code, BATCHES, this::stack, (host, i) -> {
      begin(host, i);
      int codes = Float80Compare.compare(
          e, host.stSigIn(i, 0), host.stSeIn(i, 0), host.stSigIn(i, 1), host.stSeIn(i, 1), quiet);
      boolean stored = !e.preempted();
      if (name.endsWith("i")) {
        int zpc = host.eflagsOut(i) & 0x45;
        if (stored && zpc != codes) {
          return in(host, i) + String.format("host EFLAGS %02X, model %02X", zpc, codes);
        }
        codes = 0;
      }
      return difference(host, i, host.stSigIn(i, 0), host.stSeIn(i, 0), e.flags | codes << 8,
          (name.endsWith("i") ? 0 : C0 | C2 | C3) | C1 | FLAGS);
    });
  }

  @ParameterizedTest(name = "fxam")
  @CsvSource("D9 E5")
  void examinedClassesAreThoseOfTheHost(String code) {
    Batches.compare(code, BATCHES, this::stack, (host, i) -> difference(host, i, host.stSigIn(i, 0), host.stSeIn(i, 0),
        Float80Compare.examine(host.stSigIn(i, 0), host.stSeIn(i, 0)) << 8, C0 | C1 | C2 | C3 | FLAGS));
  }

  @ParameterizedTest(name = "fxtract")
  @CsvSource("D9 F4")
  void extractedPartsAreThoseOfTheHost(String code) {
    Batches.compare(code, BATCHES, this::stack, (host, i) -> {
      begin(host, i);
      long exponent = Float80Remainder.exponentOf(e, host.stSigIn(i, 0), host.stSeIn(i, 0));
      int exponentSe = e.se;
      long sig = Float80Remainder.significandOf(e, host.stSigIn(i, 0), host.stSeIn(i, 0));
      int se = e.se;
      if (e.preempted()) {
        return difference(host, i, host.stSigIn(i, 0), host.stSeIn(i, 0), e.flags, C1 | FLAGS);
      }
      if (exponent != host.stSig(i, 1) || exponentSe != host.stSe(i, 1)) {
        return in(host, i) + String.format("host exponent %04X:%016X, model %04X:%016X", host.stSe(i, 1),
            host.stSig(i, 1), exponentSe, exponent);
      }
      return difference(host, i, sig, se, e.flags, C1 | FLAGS);
    });
  }
}
