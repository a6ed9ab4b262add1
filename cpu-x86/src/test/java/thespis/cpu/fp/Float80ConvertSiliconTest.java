package thespis.cpu.fp;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.silicon.Batches;
import thespis.cpu.silicon.Operands;
import thespis.cpu.silicon.Silicon;

/// x87 loads and stores of every memory format against the host. The operand is [r15 + MEM].
class Float80ConvertSiliconTest {
  private static final int BATCHES = 100;
  private static final int C1 = 0x200;
  private static final long UNTOUCHED = 0x5555_5555_5555_5555L;

  private final Operands operands = new Operands(81);
  private final FpEnv e = new FpEnv();

  private static String code(String opcode, int reg) {
    return String.format("41 %s %02X %s", opcode, 0x87 | reg << 3,
        String.format("%08X", Integer.reverseBytes(Silicon.MEM)));
  }

  private void control(Silicon host, int i) {
    int masks = operands.below(2) == 0 ? FpEnv.ALL : operands.below(64);
    host.fcw(i, operands.below(4) << 8 | operands.below(4) << 10 | masks);
  }

  private void begin(Silicon host, int i) {
    e.controlWord(host.fcwIn(i));
    e.flags = 0;
    e.roundedUp = false;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"fld m32, D9, 0", "fld m64, DD, 0", "fild m16, DF, 0", "fild m32, DB, 0", "fild m64, DF, 5", "fbld, DF, 4"})
  void loadsAreThoseOfTheHost(String name, String opcode, int reg) {
    Batches.compare(code(opcode, reg), BATCHES, (host, i) -> {
      control(host, i);
      host.mem(i, 0, switch (name) {
        case "fld m32" -> operands.f32();
        case "fld m64" -> operands.f64();
        case "fbld" -> bcd(16);
        default -> operands.pattern();
      });
      host.mem(i, 8, bcd(2) | (long) operands.below(2) << 15);
    }, (host, i) -> {
      begin(host, i);
      long m = host.memOut(i, 0);
      long sig =
          switch (name) {
            case "fld m32" -> Float80Convert.fromFloat(e, (int) m);
            case "fld m64" -> Float80Convert.fromDouble(e, m);
            case "fild m16" -> Float80Convert.fromInt(e, (short) m);
            case "fild m32" -> Float80Convert.fromInt(e, (int) m);
            case "fild m64" -> Float80Convert.fromInt(e, m);
            default -> Float80Convert.fromBcd(e, m, (int) host.memOut(i, 8));
          };
      boolean stored = !e.preempted();
      if ((host.fswOut(i) & (C1 | FpEnv.ALL)) == e.flags
          && (!stored || (host.stSig(i, 0) == sig && host.stSe(i, 0) == e.se))) {
        return null;
      }
      return String.format("%016X fcw %04X: host %04X:%016X %04X, model %04X:%016X %04X", m, host.fcwIn(i),
          host.stSe(i, 0), host.stSig(i, 0), host.fswOut(i), e.se, sig, e.flags);
    });
  }

  private long bcd(int digits) {
    long v = 0;
    for (int d = 0; d < digits; d++) {
      v = v << 4 | operands.below(10);
    }
    return v;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "fst m32, D9, 2, 4", "fst m64, DD, 2, 8", "fist m16, DF, 2, 2", "fist m32, DB, 2, 4", "fistp m64, DF, 7, 8",
    "fisttp m16, DF, 1, 2", "fisttp m32, DB, 1, 4", "fisttp m64, DD, 1, 8", "fbstp, DF, 6, 10"
  })
  void storesAreThoseOfTheHost(String name, String opcode, int reg, int bytes) {
    boolean bcd = name.equals("fbstp");
    boolean real = name.startsWith("fst ");
    long mask = bytes >= 8 ? -1L : (1L << 8 * bytes) - 1;
    Batches.compare(code(opcode, reg), BATCHES, (host, i) -> {
      control(host, i);
      host.tags(i, 1);
      long sig = operands.f80();
      int se = operands.se();
      if (!real && operands.below(2) == 0) {
        se = se & 0x8000 | 0x3FFF + operands.below(66);
      }
      host.st(i, 0, sig, se);
      host.mem(i, 0, UNTOUCHED);
      host.mem(i, 8, UNTOUCHED);
    }, (host, i) -> {
      begin(host, i);
      long sig = host.stSigIn(i, 0);
      int se = host.stSeIn(i, 0);
      int rounding = name.startsWith("fistt") ? FpEnv.TRUNCATE : e.rounding();
      long m =
          bcd ? Float80Convert.toBcd(e, sig, se)
              : !real ? Float80Convert.toInt(e, sig, se, 8 * bytes, rounding)
                  : bytes == 4 ? Float80Convert.toFloat(e, sig, se) : Float80Convert.toDouble(e, sig, se);
      long top = bcd ? e.se : UNTOUCHED;
      if (e.preempted() || (real && (e.unmasked() & (FpEnv.OE | FpEnv.UE)) != 0)) {
        m = UNTOUCHED;
        top = UNTOUCHED;
      }
      int status = e.flags | (e.roundedUp ? C1 : 0);
      if ((host.memOut(i, 0) & mask) == (m & mask) && (host.memOut(i, 8) & 0xFFFF) == (top & 0xFFFF)
          && (host.fswOut(i) & (C1 | FpEnv.ALL)) == status) {
        return null;
      }
      return String.format("%04X:%016X fcw %04X: host %04X:%016X %04X, model %04X:%016X %04X", se, sig, host.fcwIn(i),
          host.memOut(i, 8) & 0xFFFF, host.memOut(i, 0) & mask, host.fswOut(i) & (C1 | FpEnv.ALL), top & 0xFFFF,
          m & mask, status);
    });
  }
}
