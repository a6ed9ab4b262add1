package thespis.cpu.fp;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.silicon.Batches;
import thespis.cpu.silicon.Operands;
import thespis.cpu.silicon.Silicon;

/// Scalar SSE arithmetic against the host: every rounding mode, DAZ and FTZ, with and without sticky flags (they choose
/// between the fast and the exact path). XMM0 and XMM1 in, XMM0 out; exceptions are masked.
class SseSiliconTest {
  private static final int BATCHES = 80;

  private final Operands operands = new Operands(64);
  private final FpEnv e = new FpEnv();

  private interface Op64 {
    long apply(FpEnv e, long a, long b);
  }

  private interface Op32 {
    int apply(FpEnv e, int a, int b);
  }

  private void control(Silicon host, int i) {
    int mxcsr = 0x1F80;
    if (operands.below(2) == 0) {
      mxcsr |= operands.below(4) << 13 | operands.below(2) << 15 | operands.below(2) << 6;
    }
    if (operands.below(2) == 0) {
      mxcsr |= FpEnv.PE;
    }
    host.mxcsr(i, mxcsr);
  }

  private void doubles(Silicon host, int i) {
    control(host, i);
    host.xmm(i, 0, operands.f64(), 0);
    host.xmm(i, 1, operands.f64(), 0);
  }

  private void singles(Silicon host, int i) {
    control(host, i);
    host.xmm(i, 0, operands.f32() & 0xFFFF_FFFFL, 0);
    host.xmm(i, 1, operands.f32() & 0xFFFF_FFFFL, 0);
  }

  private String difference(Silicon host, int i, long got, long model) {
    if (got == model && (host.mxcsrOut(i) & FpEnv.ALL) == e.flags) {
      return null;
    }
    return String.format("%016X %016X mxcsr %04X: host %016X %02X, model %016X %02X", host.xmmLoIn(i, 0),
        host.xmmLoIn(i, 1), host.mxcsrIn(i), got, host.mxcsrOut(i) & FpEnv.ALL, model, e.flags);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "addsd, F2 0F 58 C1", "subsd, F2 0F 5C C1", "mulsd, F2 0F 59 C1", "divsd, F2 0F 5E C1", "sqrtsd, F2 0F 51 C1",
    "minsd, F2 0F 5D C1", "maxsd, F2 0F 5F C1", "cvtss2sd, F3 0F 5A C1"
  })
  void doublesAreThoseOfTheHost(String name, String code) {
    Op64 op =
        switch (name) {
          case "addsd" -> Float64::add;
          case "subsd" -> Float64::sub;
          case "mulsd" -> Float64::mul;
          case "divsd" -> Float64::div;
          case "sqrtsd" -> (e, a, b) -> Float64.sqrt(e, b);
          case "minsd" -> Float64::min;
          case "maxsd" -> Float64::max;
          default -> (e, a, b) -> Float64.fromFloat(e, (int) b);
        };
    Batches.compare(code, BATCHES, name.equals("cvtss2sd") ? this::singles : this::doubles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      return difference(host, i, host.xmmLo(i, 0), op.apply(e, host.xmmLoIn(i, 0), host.xmmLoIn(i, 1)));
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "addss, F3 0F 58 C1", "subss, F3 0F 5C C1", "mulss, F3 0F 59 C1", "divss, F3 0F 5E C1", "sqrtss, F3 0F 51 C1",
    "minss, F3 0F 5D C1", "maxss, F3 0F 5F C1", "cvtsd2ss, F2 0F 5A C1"
  })
  void singlesAreThoseOfTheHost(String name, String code) {
    Op32 op =
        switch (name) {
          case "addss" -> Float32::add;
          case "subss" -> Float32::sub;
          case "mulss" -> Float32::mul;
          case "divss" -> Float32::div;
          case "sqrtss" -> (e, a, b) -> Float32.sqrt(e, b);
          case "minss" -> Float32::min;
          default -> Float32::max;
        };
    boolean fromDouble = name.equals("cvtsd2ss");
    Batches.compare(code, BATCHES, fromDouble ? this::doubles : this::singles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      long b = host.xmmLoIn(i, 1);
      int r = fromDouble ? Float64.toFloat(e, b) : op.apply(e, (int) host.xmmLoIn(i, 0), (int) b);
      return difference(host, i, host.xmmLo(i, 0) & 0xFFFF_FFFFL, r & 0xFFFF_FFFFL);
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "cvtsd2si, F2 0F 2D C1", "cvttsd2si, F2 0F 2C C1", "cvtsd2si64, F2 48 0F 2D C1", "cvttsd2si64, F2 48 0F 2C C1"
  })
  void doublesBecomeTheIntegersOfTheHost(String name, String code) {
    Batches.compare(code, BATCHES, this::doubles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      int rounding = name.startsWith("cvtt") ? FpEnv.TRUNCATE : e.rounding();
      long b = host.xmmLoIn(i, 1);
      return difference(host, i, host.gprOut(i, 0), name.endsWith("64") ? Float64.toInt64(e, b, rounding)
          : Float64.toInt32(e, b, rounding) & 0xFFFF_FFFFL);
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "cvtss2si, F3 0F 2D C1", "cvttss2si, F3 0F 2C C1", "cvtss2si64, F3 48 0F 2D C1", "cvttss2si64, F3 48 0F 2C C1"
  })
  void singlesBecomeTheIntegersOfTheHost(String name, String code) {
    Batches.compare(code, BATCHES, this::singles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      int rounding = name.startsWith("cvtt") ? FpEnv.TRUNCATE : e.rounding();
      int b = (int) host.xmmLoIn(i, 1);
      return difference(host, i, host.gprOut(i, 0), name.endsWith("64") ? Float32.toInt64(e, b, rounding)
          : Float32.toInt32(e, b, rounding) & 0xFFFF_FFFFL);
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "cvtsi2sd, F2 0F 2A C0", "cvtsi2ss, F3 0F 2A C0", "cvtsi2sd64, F2 48 0F 2A C0", "cvtsi2ss64, F3 48 0F 2A C0"
  })
  void integersBecomeTheRealsOfTheHost(String name, String code) {
    Batches.compare(code, BATCHES, (host, i) -> {
      control(host, i);
      host.gpr(i, 0, operands.pattern());
    }, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      long v = host.gprIn(i, 0);
      return switch (name) {
        case "cvtsi2sd" -> difference(host, i, host.xmmLo(i, 0), Float64.fromInt32((int) v));
        case "cvtsi2sd64" -> difference(host, i, host.xmmLo(i, 0), Float64.fromInt64(e, v));
        default -> difference(host, i, host.xmmLo(i, 0) & 0xFFFF_FFFFL,
            Float32.fromInt(e, name.equals("cvtsi2ss") ? (int) v : v) & 0xFFFF_FFFFL);
      };
    });
  }

  @ParameterizedTest(name = "predicate {0}")
  @CsvSource({"0", "1", "2", "3", "4", "5", "6", "7"})
  void comparisonsAreThoseOfTheHost(int imm) {
    Batches.compare("F2 0F C2 C1 0" + imm, BATCHES, this::doubles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      boolean holds = Float64.compare(e, host.xmmLoIn(i, 0), host.xmmLoIn(i, 1), Predicate.of(imm));
      return difference(host, i, host.xmmLo(i, 0), holds ? -1L : 0);
    });
    Batches.compare("F3 0F C2 C1 0" + imm, BATCHES, this::singles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      boolean holds = Float32.compare(e, (int) host.xmmLoIn(i, 0), (int) host.xmmLoIn(i, 1), Predicate.of(imm));
      return difference(host, i, host.xmmLo(i, 0), holds ? 0xFFFF_FFFFL : 0);
    });
  }

  @ParameterizedTest(name = "VCMPSD predicate {0}")
  @CsvSource({"8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25",
    "26", "27", "28", "29", "30", "31"})
  void comparisonsOfAvxAreThoseOfTheHost(int imm) {
    Silicon.assume("avx");
    Batches.compare(String.format("C5 FB C2 C1 %02X", imm), BATCHES, this::doubles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      boolean holds = Float64.compare(e, host.xmmLoIn(i, 0), host.xmmLoIn(i, 1), Predicate.of(imm));
      return difference(host, i, host.xmmLo(i, 0), holds ? -1L : 0);
    });
  }

  @ParameterizedTest(name = "immediate {0}")
  @CsvSource({"0", "1", "2", "3", "4", "8", "9", "10", "11", "12"})
  void roundedValuesAreThoseOfTheHost(int imm) {
    Silicon.assume("sse4_1");
    Batches.compare(String.format("66 0F 3A 0B C1 %02X", imm), BATCHES, this::doubles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      return difference(host, i, host.xmmLo(i, 0), Float64.roundToInt(e, host.xmmLoIn(i, 1), imm));
    });
    Batches.compare(String.format("66 0F 3A 0A C1 %02X", imm), BATCHES, this::singles, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      return difference(host, i, host.xmmLo(i, 0), Float32.roundToInt(e, (int) host.xmmLoIn(i, 1), imm) & 0xFFFF_FFFFL);
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"vfmadd231sd, C4 E2 E9 B9 C1, true", "vfmadd231ss, C4 E2 69 B9 C1, false"})
  void fusedProductsAreThoseOfTheHost(String name, String code, boolean wide) {
    Silicon.assume("fma");
    Batches.compare(code, BATCHES, (host, i) -> {
      if (wide) {
        doubles(host, i);
        host.xmm(i, 2, operands.f64(), 0);
      } else {
        singles(host, i);
        host.xmm(i, 2, operands.f32() & 0xFFFF_FFFFL, 0);
      }
    }, (host, i) -> {
      e.mxcsr(host.mxcsrIn(i));
      long a = host.xmmLoIn(i, 2);
      long b = host.xmmLoIn(i, 1);
      long c = host.xmmLoIn(i, 0);
      return difference(host, i, host.xmmLo(i, 0),
          wide ? Float64.fma(e, a, b, c) : Float32.fma(e, (int) a, (int) b, (int) c) & 0xFFFF_FFFFL);
    });
  }
}
