package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuOption;
import thespis.cpu.prop.GlobalProperty;
import thespis.machine.qom.QomObject;

/// Command lines about processors: what a start says on stderr, and whether it goes on, is as recorded from QEMU
/// 7.2.22.
class CpuStartTest {
  private static final String PREFIX = "{emulator}: ";

  @TestFactory
  List<DynamicTest> aStartSaysWhatQemuSays() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream in = getClass().getResourceAsStream("cpu-and-smp.jsonl.gz")) {
      var scenarios = new ObjectMapper().readerFor(JsonNode.class).<JsonNode>readValues(new GZIPInputStream(in));
      scenarios.forEachRemaining(scenario -> tests.add(DynamicTest.dynamicTest(
          scenario.get("scenario").asText(), () -> assertEquals(
              scenario.get("cli").get("stderr").asText() + scenario.get("cli").get("exit").asText(),
              start(scenario.get("args"))))));
    }
    assertTrue(tests.size() > 60, "scenarios: " + tests.size());
    return tests;
  }

  private static String start(JsonNode args) {
    StringBuilder stderr = new StringBuilder();
    String smp = "";
    String machine = "pc";
    String cpu = "qemu64";
    List<GlobalProperty> globals = new ArrayList<>();
    List<String> devices = new ArrayList<>();
    for (int i = 0; i + 1 < args.size(); i++) {
      String value = args.get(i + 1).asText();
      switch (args.get(i).asText()) {
        case "-smp" -> smp = value;
        case "-M" -> machine = value;
        case "-cpu" -> cpu = value;
        case "-global" -> globals.add(global(value));
        case "-device" -> devices.add(value);
        default -> {}
      }
    }
    try {
      run(smp, rules(machine), cpu, globals, devices, text -> stderr.append(PREFIX).append(text).append('\n'));
      return stderr + "running";
    } catch (ConfigException e) {
      return stderr.append(PREFIX).append(e.getMessage()).append('\n') + "1";
    }
  }

  private static void run(
      String smp,
      SmpRules rules,
      String cpu,
      List<GlobalProperty> globals,
      List<String> devices,
      Consumer<String> stderr) {
    Consumer<String> warnings = warning -> stderr.accept("warning: " + warning);
    Topology topology = Topology.resolve(SmpRequest.parse(smp), rules, warnings);
    CpuSlots slots = CpuSlots.of(topology);
    CpuOption option = CpuOption.parse(cpu);
    option.warnings().forEach(warnings);
    CpuObjects cpus = new CpuObjects(option, globals, Accelerator.qemuTcg(), topology.layout());
    boolean warned = false;
    for (CpuSlot slot : slots.all().subList(0, topology.cpus())) {
      CpuConfig config = cpus.realize(cpus.create(cpus.typeName()), slot, warnings);
      String threads = config.hyperthreadingWarning(topology.layout());
      if (threads != null && !warned) {
        warned = true;
        warnings.accept(threads);
      }
    }
    for (String device : devices) {
      try {
        Map<String, String> properties = new LinkedHashMap<>();
        String[] items = device.split(",");
        for (String item : items) {
          if (item.contains("=")) {
            properties.put(item.substring(0, item.indexOf('=')), item.substring(item.indexOf('=') + 1));
          }
        }
        QomObject object = cpus.create(items[0]);
        CpuObjects.setAll(object, properties);
        slots.place(CpuObjects.address(object), index -> index < topology.cpus());
      } catch (ConfigException e) {
        throw new ConfigException("-device " + device + ": " + e.getMessage());
      }
    }
  }

  private static GlobalProperty global(String text) {
    if (text.startsWith("driver=")) {
      String[] parts = text.split("[=,]");
      return new GlobalProperty(parts[1], parts[3], parts[5]);
    }
    int eq = text.indexOf('=');
    int dot = text.lastIndexOf('.', eq);
    return new GlobalProperty(text.substring(0, dot), text.substring(dot + 1, eq), text.substring(eq + 1));
  }

  private static SmpRules rules(String machine) {
    return switch (machine) {
      case "pc" -> SmpRules.PC;
      case "q35" -> new SmpRules("pc-q35-7.2", 1, 288, false, true);
      case "isapc" -> new SmpRules("isapc", 1, 1, false, true);
      default -> throw new IllegalArgumentException(machine);
    };
  }
}
