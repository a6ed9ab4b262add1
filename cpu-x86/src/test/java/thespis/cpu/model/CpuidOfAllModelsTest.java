package thespis.cpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every model and many options and topologies, leaf by leaf against QEMU, with the warnings of the start.
class CpuidOfAllModelsTest {
  private static final String READ = "# Read for each: ";

  @TestFactory
  List<DynamicTest> cpuidIsAsOnQemu() throws IOException {
    var in = getClass().getResourceAsStream("cpuid-all.txt.gz");
    assertNotNull(in);
    List<DynamicTest> tests = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.US_ASCII))) {
      List<String> read = List.of();
      List<String> recorded = new ArrayList<>();
      for (String line : (Iterable<String>) reader.lines()::iterator) {
        if (line.startsWith(READ)) {
          read = List.of(line.substring(READ.length()).split(" "));
        } else if (line.startsWith("= ")) {
          recorded = new ArrayList<>();
          List<String> expected = recorded;
          List<String> leaves = read;
          String[] setup = line.substring(2).split("\\|");
          tests.add(DynamicTest.dynamicTest(line, () -> assertEquals(
              String.join("\n", expected), String.join("\n", answers(setup[0], topology(setup[1]), leaves)))));
        } else if (!line.startsWith("#")) {
          recorded.add(line);
        }
      }
    }
    return tests;
  }

  private static List<String> answers(String option, CpuTopology topology, List<String> leaves) {
    List<String> out = new ArrayList<>();
    CpuConfig config =
        CpuConfigs.realized(option, Accelerator.qemuTcg(), topology, warning -> out.add("! warning: " + warning));
    if (config.hyperthreadingWarning(topology) != null) {
      ("warning: " + config.hyperthreadingWarning(topology)).lines().forEach(line -> out.add("! " + line));
    }
    CpuidTable table = new CpuidTable(config, topology, 0);
    int[] result = new int[4];
    for (String leaf : leaves) {
      int dot = leaf.indexOf('.');
      table.lookup(
          Integer.parseUnsignedInt(leaf.substring(0, dot), 16),
          Integer.parseUnsignedInt(leaf.substring(dot + 1), 16),
          0, 1, result);
      if ((result[0] | result[1] | result[2] | result[3]) != 0) {
        out.add(String.format("%s %08x %08x %08x %08x", leaf, result[0], result[1], result[2], result[3]));
      }
    }
    return out;
  }

  /// `1,maxcpus=8,sockets=2,cores=2,threads=2`: what is not said is 1, but for cores.
  private static CpuTopology topology(String smp) {
    Map<String, Integer> values = new LinkedHashMap<>();
    for (String item : smp.split(",")) {
      int eq = item.indexOf('=');
      values.put(eq < 0 ? "cpus" : item.substring(0, eq), Integer.parseInt(item.substring(eq + 1)));
    }
    int dies = values.getOrDefault("dies", 1);
    int threads = values.getOrDefault("threads", 1);
    int cpus = values.getOrDefault("maxcpus", 1);
    int cores = values.getOrDefault("cores", cpus / dies / threads / values.getOrDefault("sockets", 1));
    return new CpuTopology(dies, cores, threads);
  }
}
