package thespis.cpu.exec;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.silicon.Batches;
import thespis.cpu.silicon.Cases;
import thespis.cpu.silicon.Model;
import thespis.cpu.silicon.Silicon;

/// FNSTENV, FLDENV, FNSAVE, FRSTOR, FXSAVE, FXRSTOR, XSAVE and XRSTOR against the host. The instruction and data pointers
/// and MXCSR_MASK are left out: processors differ in when they record the former and in the latter's extensions.
class StateImageSiliconTest {
  private static final int BATCHES = 4;
  private static final String AREA = String.format("%08X", Integer.reverseBytes(Silicon.MEM));

  private final Model model = new Model();
  private final Cases cases = new Cases(88);

  @AfterEach
  void close() {
    model.close();
  }

  private String memory(Silicon host, int i, int from, int to) {
    for (int at = from; at < to; at++) {
      int shift = 8 * (at & 7);
      long expected = host.memOut(i, at & -8) >>> shift & 0xFF;
      if (expected != (Mem.get8(model.memory() + at) & 0xFF)) {
        return String.format("byte %d of the image: host %02X model %02X", at, expected, Mem.get8(model.memory() + at));
      }
    }
    return null;
  }

  private static String first(String... lines) {
    for (String line : lines) {
      if (line != null) {
        return line;
      }
    }
    return null;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"fnstenv, 41D9B7, 12, 28", "fnstenv 16, 6641D9B7, 6, 14", "fnsave, 41DDB7, 12, 28",
    "fnsave 16, 6641DDB7, 6, 14"})
  void environmentIsStoredAsByTheHost(String name, String opcode, int pointers, int registers) {
    model.instruction(opcode + AREA);
    Batches.compare(opcode + AREA, BATCHES, cases::fill, (host, i) -> {
      model.load(host, i);
      model.run();
      for (int at = pointers; at < registers; at++) {
        Mem.put8(model.memory() + at, (byte) (host.memOut(i, at & -8) >>> 8 * (at & 7)));
      }
      return model.difference(host, i, 0, 0xFFFF);
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"fldenv, 41D9A7, 4", "fldenv 16, 6641D9A7, 2", "frstor, 41DDA7, 4", "frstor 16, 6641DDA7, 2"})
  void environmentIsLoadedAsByTheHost(String name, String opcode, int step) {
    model.instruction(opcode + AREA);
    Batches.compare(opcode + AREA, BATCHES, cases::fill, (host, i) -> {
      model.load(host, i);
      model.run();
      return model.difference(host, i, 0, 0xFFFF);
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"fxsave, 410FAE87", "fxsave64, 490FAE87"})
  void fxsaveImageIsThatOfTheHost(String name, String opcode) {
    model.instruction(opcode + AREA);
    Batches.compare(opcode + AREA, BATCHES, cases::fill, (host, i) -> {
      model.load(host, i);
      model.run();
      return first(memory(host, i, 0, 6), memory(host, i, 24, 28), memory(host, i, 32, Silicon.MEM_BYTES));
    });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"fxrstor, 410FAE8F", "fxrstor64, 490FAE8F"})
  void fxrstorTakesWhatTheHostTakes(String name, String opcode) {
    model.instruction(opcode + AREA);
    Batches.compare(opcode + AREA, BATCHES, (host, i) -> {
      cases.fill(host, i);
      host.mem(i, 24, 0x1F80 | host.mxcsrIn(i) & 0xE000);
    }, (host, i) -> {
      model.load(host, i);
      model.run();
      return model.difference(host, i, 0, 0xFFFF);
    });
  }

  @ParameterizedTest(name = "{0} of {2}")
  @CsvSource({"xsave, 410FAEA7, 1", "xsave, 410FAEA7, 2", "xsave64, 490FAEA7, 3", "xsave, 410FAEA7, 4",
    "xsave64, 490FAEA7, 7", "xsavec, 410FC7A7, 4", "xsavec64, 490FC7A7, 7", "xsaveopt, 410FAEB7, 6"})
  void xsaveImageIsThatOfTheHost(String name, String opcode, int components) {
    Silicon.assume("xsave");
    model.instruction(opcode + AREA);
    Batches.compare(opcode + AREA, BATCHES, (host, i) -> {
      cases.fill(host, i);
      host.gpr(i, 0, components);
      host.gpr(i, 2, 0);
      for (int at = 512; at < 576; at += 8) {
        host.mem(i, at, at == 512 ? 4 : 0);
      }
    }, (host, i) -> {
      model.load(host, i);
      model.run();
      return first(memory(host, i, 0, 6), memory(host, i, 24, 28), memory(host, i, 32, 512),
          memory(host, i, 513, Silicon.MEM_BYTES));
    });
  }

  @ParameterizedTest(name = "{0} of {2} with {3} present")
  @CsvSource({"xrstor, 410FAEAF, 1, 3", "xrstor, 410FAEAF, 2, 1", "xrstor64, 490FAEAF, 3, 3", "xrstor, 410FAEAF, 3, 2",
    "xrstor, 410FAEAF, 4, 7", "xrstor, 410FAEAF, 7, 3", "xrstor64, 490FAEAF, 7, 7", "xrstor, 410FAEAF, 6, 4"})
  void xrstorTakesWhatTheHostTakes(String name, String opcode, int components, int present) {
    Silicon.assume("xsave");
    model.instruction(opcode + AREA);
    Batches.compare(opcode + AREA, BATCHES, (host, i) -> {
      cases.fill(host, i);
      host.gpr(i, 0, components);
      host.gpr(i, 2, 0);
      host.mem(i, 24, 0x1F80);
      for (int at = 512; at < 576; at += 8) {
        host.mem(i, at, at == 512 ? present : 0);
      }
    }, (host, i) -> {
      model.load(host, i);
      model.run();
      return model.difference(host, i, 0, 0xFFFF);
    });
  }
}
