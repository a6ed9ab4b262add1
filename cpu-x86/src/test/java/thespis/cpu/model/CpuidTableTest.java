package thespis.cpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuidTableTest {
  private static final int LINUX = CpuidTable.OSXSAVE | CpuidTable.PKE;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "qemu64-smp1-max4, qemu64, 1, 4, 1",
    "max-smp2, max, 1, 2, 1",
    "Haswell-s2c2t2, Haswell, 1, 2, 2",
    "EPYC-s2c2t2, EPYC, 1, 2, 2",
    "SkylakeClient-s1d2c2t2, Skylake-Client, 2, 2, 2"
  })
  void aLinuxGuestReadsWhatItReadsOnQemu(String file, String model, int dies, int cores, int threads)
      throws IOException {
    CpuTopology topology = new CpuTopology(dies, cores, threads);
    List<String> expected = new ArrayList<>();
    List<String> actual = new ArrayList<>();
    for (String line : lines(file + ".txt")) {
      String[] column = line.split("[ .]");
      int apicId = topology.apicIdOf(Integer.parseInt(column[0]));
      CpuidTable table = table(model, topology, apicId);
      int[] out = new int[4];
      int leaf = Integer.parseUnsignedInt(column[1], 16);
      table.lookup(leaf, Integer.parseInt(column[2], 16), LINUX, initialXcr0(table), out);
      expected.add(line);
      actual.add(String.format("%s %s.%s %08x %08x %08x %08x",
          column[0], column[1], column[2], out[0], out[1], out[2], out[3]));
    }
    assertTrue(expected.size() > 40, "recorded leaves: " + expected.size());
    assertEquals(String.join("\n", expected), String.join("\n", actual));
  }

  @Test
  void theApicFlagIsGoneWhileTheApicIsOff() {
    int[] out = new int[4];
    CpuidTable table = table("qemu64", CpuTopology.SINGLE, 0);
    table.lookup(1, 0, 0, 1, out);
    assertEquals(0x200, out[3] & 0x200);
    table.lookup(1, 0, CpuidTable.APIC_OFF, 1, out);
    assertEquals(0, out[3] & 0x200);
  }

  /// Linux enables all components it finds.
  private static long initialXcr0(CpuidTable table) {
    int[] out = new int[4];
    table.lookup(0xD, 0, 0, 0, out);
    return out[0];
  }

  private static CpuidTable table(String model, CpuTopology topology, int apicId) {
    CpuConfig config = new CpuConfig(CpuModels.find(model), Accelerator.qemuTcg());
    config.realize(topology, warning -> {});
    return new CpuidTable(config, topology, apicId);
  }

  private static List<String> lines(String file) throws IOException {
    var in = CpuidTableTest.class.getResourceAsStream("cpuid/" + file);
    assertNotNull(in, file);
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }
}
