package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.CpuOption;
import thespis.machine.acpi.SmiFeatures;

/// Processors of old machine types against what QEMU 7.2 tells of them (`query-cpu-model-expansion` of all models on all
/// versions of `pc`): a line below a version is a property, the value that it has from there on back, and of which models.
class OldMachinesTest {
  @Test
  void processorsAreAsOldAsTheirMachine() throws IOException {
    List<String> wrong = new ArrayList<>();
    Map<String, Map<?, ?>> models = new HashMap<>();
    CpuIntrospection introspection = null;
    int compared = 0;
    for (String line : golden()) {
      if (!line.startsWith(" ")) {
        models.clear();
        introspection = introspection(line);
        continue;
      }
      String[] row = line.strip().split("\\|");
      for (String model : row[2].split(" ")) {
        CpuIntrospection now = introspection;
        Map<?, ?> props = models.computeIfAbsent(model, m -> props(now, m));
        compared++;
        if (!row[1].equals(String.valueOf(props.get(row[0])))) {
          wrong.add(model + " " + row[0] + ": QEMU has " + row[1] + ", we have " + props.get(row[0]));
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertTrue(compared > 2000, "compared only " + compared);
  }

  @Test
  void theUsersGlobalsComeAfterThoseOfTheMachine() {
    MachineVersions old = MachineVersions.find("pc-i440fx-6.0").orElseThrow();
    assertEquals("6", old.properties().stream()
        .filter(p -> p.type().equals("qemu64-x86_64-cpu") && p.property().equals("model")).findAny().orElseThrow().value());
    assertEquals(List.of(), MachineVersions.find("pc-q35-7.2").orElseThrow().properties());
  }

  @Test
  void firmwareOfAnOldMachineIsOfferedLess() {
    assertEquals(SmiFeatures.ALL, power("pc-q35-7.2").smi());
    assertEquals(new SmiFeatures(SmiFeatures.BROADCAST | SmiFeatures.CPU_HOTPLUG), power("pc-q35-5.2").smi());
    assertEquals(new SmiFeatures(SmiFeatures.BROADCAST), power("pc-q35-5.1").smi());
    assertEquals(SmiFeatures.NONE, power("pc-q35-2.8").smi());
  }

  @Test
  void modelsHaveNoOtherNamesBefore41() {
    assertTrue(MachineVersions.find("pc-i440fx-4.1").orElseThrow().modelsAreAliases());
    assertFalse(MachineVersions.find("pc-q35-4.0.1").orElseThrow().modelsAreAliases());
  }

  private static PowerSettings power(String machine) {
    return PowerSettings.of(machine, MachineVersions.find(machine).orElseThrow().properties());
  }

  private static CpuIntrospection introspection(String machine) {
    return new CpuIntrospection(
        new CpuObjects(
            CpuOption.parse("qemu64"), MachineVersions.find(machine).orElseThrow().properties(), Accelerator.qemuTcg(),
            new Topology(1, 1, 1, 1, 1, 1).layout()),
        true);
  }

  private static Map<?, ?> props(CpuIntrospection introspection, String model) {
    return (Map<?, ?>) ((Map<?, ?>) introspection.expansion(false, model, Map.of()).get("model")).get("props");
  }

  private static List<String> golden() throws IOException {
    try (InputStream in = OldMachinesTest.class.getResourceAsStream("old-machines.txt.gz")) {
      return new String(new GZIPInputStream(in).readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
