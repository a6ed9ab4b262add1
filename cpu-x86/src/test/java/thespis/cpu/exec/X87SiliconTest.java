package thespis.cpu.exec;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.silicon.Batches;
import thespis.cpu.silicon.Cases;
import thespis.cpu.silicon.Model;
import thespis.cpu.silicon.Silicon;

/// Every x87 instruction with an exact result, through decoder and interpreter, against the host: the whole state is
/// compared, with empty registers, old flags, and exceptions unmasked in one case of three.
class X87SiliconTest {
  private static final int BATCHES = 4;
  private static final int STATUS = 0x8D5;
  private static final int FSW = 0xFFFF;

  private final Model model = new Model();
  private final Cases cases = new Cases(87);

  @AfterEach
  void close() {
    model.close();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvFileSource(resources = "/silicon/x87.csv", numLinesToSkip = 1)
  void stateAfterTheInstructionIsThatOfTheHost(String name, String code) {
    String hex = code.replace("MEM", String.format("%08X", Integer.reverseBytes(Silicon.MEM)));
    model.instruction(hex);
    Batches.compare(hex, BATCHES, cases::fill, (host, i) -> {
      model.load(host, i);
      int vector = model.run();
      String wrong = vector >= 0 ? "fault " + vector : model.difference(host, i, STATUS, FSW);
      return wrong == null ? null : describe(host, i) + wrong;
    });
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "fsin, D9FE", "fcos, D9FF", "fsincos, D9FB", "fptan, D9F2", "fpatan, D9F3", "f2xm1, D9F0", "fyl2x, D9F1",
    "fyl2xp1, D9F9"
  })
  void transcendentalInstructionsLeaveTheStatusOfTheHost(String name, String code) {
    model.instruction(code);
    Batches.compare(code, BATCHES, cases::fill, (host, i) -> {
      model.load(host, i);
      int vector = model.run();
      String wrong = vector >= 0 ? "fault " + vector : model.statusDifference(host, i, FSW & ~X87State.C1);
      return wrong == null ? null : describe(host, i) + wrong;
    });
  }

  private static String describe(Silicon host, int i) {
    return String.format("fcw %04X fsw %04X tags %02X st0 %04X:%016X st1 %04X:%016X mem %016X:", host.fcwIn(i),
        host.fswIn(i), host.tagsIn(i), host.stSeIn(i, 0), host.stSigIn(i, 0), host.stSeIn(i, 1), host.stSigIn(i, 1),
        host.memIn(i, 0));
  }
}
