package thespis.cpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CpuModelsTest {
  /// name, alias of, vendor, family, model, stepping, level, xlevel, model id, features, features taken away.
  static List<String> recorded() throws IOException {
    var in = CpuModelsTest.class.getResourceAsStream("models.txt.gz");
    assertNotNull(in);
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.US_ASCII))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  @Test
  void theModelsAreThoseOfQemu() throws IOException {
    TreeSet<String> expected = new TreeSet<>();
    recorded().forEach(line -> expected.add(line.substring(0, line.indexOf('|'))));
    TreeSet<String> actual = new TreeSet<>();
    CpuModels.all().forEach(model -> actual.add(model.name()));
    assertEquals(132, actual.size());
    assertEquals(expected, actual);
  }

  @ParameterizedTest(name = "[{index}]")
  @MethodSource("recorded")
  void aModelIsWhatQemuSaysItIs(String line) {
    String[] columns = line.split("\\|", -1);
    CpuModel model = CpuModels.find(columns[0]);
    assertEquals(columns[1], model.aliasOf() == null ? "-" : model.aliasOf());
    CpuConfig cpu = new CpuConfig(model, Accelerator.qemuTcg());
    cpu.expand(1, warning -> {});
    assertEquals(
        List.of(columns).subList(2, 10),
        List.of(
            cpu.vendor,
            "" + cpu.family,
            "" + cpu.model,
            "" + cpu.stepping,
            Integer.toHexString(cpu.level),
            Integer.toHexString(cpu.xlevel),
            cpu.modelId,
            sorted(cpu.features)));
  }

  @ParameterizedTest(name = "[{index}]")
  @MethodSource("recorded")
  void theAcceleratorTakesAwayWhatItLacks(String line) {
    String[] columns = line.split("\\|", -1);
    if (columns[0].equals("host")) {
      return;
    }
    List<String> warnings = new ArrayList<>();
    CpuConfig cpu = new CpuConfig(CpuModels.find(columns[0]), Accelerator.qemuTcg());
    cpu.realize(CpuTopology.SINGLE, warnings::add);
    assertEquals(columns[10], sorted(cpu.filtered));
    assertEquals(cpu.filtered.names().size(), warnings.size());
  }

  private static String sorted(Features features) {
    return String.join(" ", new TreeSet<>(features.names()));
  }
}
