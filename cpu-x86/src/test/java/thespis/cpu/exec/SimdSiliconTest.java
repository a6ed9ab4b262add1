package thespis.cpu.exec;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import thespis.cpu.silicon.Batches;
import thespis.cpu.silicon.Cases;
import thespis.cpu.silicon.Model;
import thespis.cpu.silicon.Silicon;

/// Every MMX, SSE and AVX instruction, through decoder and interpreter, against the host: the whole state is compared. The
/// table has the feature that the host needs, the name, and the encoding; `MEM` stands for the displacement of the operand
/// area, addressed as [r15 + MEM].
class SimdSiliconTest {
  private static final int BATCHES = 1;
  private static final int STATUS = 0x8D5;
  private static final int FSW = 0xFFFF;

  private final Model model = new Model();
  private final Cases cases = new Cases(91);

  @AfterEach
  void close() {
    model.close();
  }

  @ParameterizedTest(name = "{1} {2}")
  @CsvFileSource(resources = {"/silicon/simd.csv", "/silicon/avx.csv"}, numLinesToSkip = 1)
  void stateAfterTheInstructionIsThatOfTheHost(String feature, String name, String code) {
    Silicon.assume(feature);
    String hex = code.replace("MEM", String.format("%08X", Integer.reverseBytes(Silicon.MEM)));
    model.instruction(hex);
    Batches.compare(hex, BATCHES, cases::fill, (host, i) -> {
      model.load(host, i);
      int vector = model.run();
      return vector >= 0 ? "fault " + vector : model.difference(host, i, STATUS, FSW);
    });
  }
}
