package thespis.cpu.fp;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.silicon.Batches;
import thespis.cpu.silicon.Operands;
import thespis.cpu.silicon.Silicon;

/// The x87's transcendental instructions against the host. Makers differ in the last bit and in their pi, so results
/// may be `LOOSE` units apart, and arguments of the trigonometric functions stay small; special operands must agree.
class TranscendentalSiliconTest {
  private static final int BATCHES = 80;
  private static final int LOOSE = 1;

  private final Operands operands = new Operands(82);
  private final FpEnv e = new FpEnv();
  private final Transcendental functions = new Transcendental();

  private void stack(Silicon host, int i) {
    for (int n = 0; n < 2; n++) {
      long sig = operands.f80();
      host.st(i, n, sig, operands.se());
    }
    host.tags(i, 0x03);
    host.fcw(i, 0x37F);
  }

  private long apply(String name, long st0, int st0Se, long st1, int st1Se) {
    return switch (name) {
      case "fsin" -> functions.sin(e, st0, st0Se);
      case "fcos" -> functions.cos(e, st0, st0Se);
      case "fptan" -> functions.tan(e, st0, st0Se);
      case "f2xm1" -> functions.exp2m1(e, st0, st0Se);
      case "fpatan" -> functions.atan(e, st1, st1Se, st0, st0Se);
      case "fyl2x" -> functions.yLog2X(e, st1, st1Se, st0, st0Se);
      default -> functions.yLog2XPlus1(e, st1, st1Se, st0, st0Se);
    };
  }

  /// Neighbouring numbers differ by one, also across exponents.
  private static long order(long sig, int se) {
    return ((long) se << 63) + (sig & Long.MAX_VALUE);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "fsin, D9 FE", "fcos, D9 FF", "fptan, D9 F2", "f2xm1, D9 F0", "fpatan, D9 F3", "fyl2x, D9 F1", "fyl2xp1, D9 F9"
  })
  void resultsAreWithinOneUnitOfTheHost(String name, String code) {
    Batches.compare(code, BATCHES, this::stack, (host, i) -> {
      e.controlWord(0x37F);
      e.flags = 0;
      long sig = apply(name, host.stSigIn(i, 0), host.stSeIn(i, 0), host.stSigIn(i, 1), host.stSeIn(i, 1));
      int st = name.equals("fptan") && (host.fswOut(i) & 0x400) == 0 ? 1 : 0;
      long hostSig = host.stSig(i, st);
      int hostSe = host.stSe(i, st);
      int flags = host.fswOut(i) & FpEnv.ALL;
      boolean close = Math.abs(e.se - hostSe) <= 1
          && Math.abs(order(sig, e.se) - order(hostSig, hostSe)) <= LOOSE;
      if (close && flags == e.flags) {
        return null;
      }
      return String.format("%04X:%016X %04X:%016X: host %04X:%016X %04X, model %04X:%016X %02X", host.stSeIn(i, 0),
          host.stSigIn(i, 0), host.stSeIn(i, 1), host.stSigIn(i, 1), hostSe, hostSig, host.fswOut(i), e.se, sig,
          e.flags);
    });
  }
}
