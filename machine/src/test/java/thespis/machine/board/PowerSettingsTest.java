package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.GlobalProperty;
import thespis.machine.acpi.SleepStates;
import thespis.machine.device.pci.Mch;

/// What `-global` does with a board's sleep states, as seen on QEMU 7.2.
class PowerSettingsTest {
  private static List<GlobalProperty> globals(String texts) {
    return Stream.of(texts.split(" ")).map(text -> text.split("[.=]"))
        .map(parts -> new GlobalProperty(parts[0], parts[1], parts[2])).toList();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(delimiter = '|', textBlock = """
      pc-i440fx-7.2 | PIIX4_PM.disable_s3=1                       | false | true  | 2
      pc-i440fx-7.2 | PIIX4_PM.disable_s4=1 PIIX4_PM.s4_val=5     | true  | false | 5
      pc-i440fx-7.2 | ICH9-LPC.disable_s3=1                       | true  | true  | 2
      pc-q35-7.2    | ICH9-LPC.disable_s3=1 ICH9-LPC.disable_s4=1 | false | false | 2
      pc-q35-7.2    | PIIX4_PM.disable_s3=1                       | true  | true  | 2
      """)
  void globalsTakeSleepStatesAway(String machine, String globals, boolean s3, boolean s4, int s4Type) {
    assertEquals(new SleepStates(s3, s4, s4Type), PowerSettings.of(machine, globals(globals)).sleep());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      ICH9-LPC.noreboot=on                                                  | 7
      ICH9-LPC.x-smi-broadcast=off                                          | 6
      ICH9-LPC.x-smi-cpu-hotunplug=off                                      | 3
      ICH9-LPC.x-smi-cpu-hotplug=off ICH9-LPC.x-smi-cpu-hotunplug=off       | 1
      """)
  void globalsTakeSmiFeaturesAway(String globals, long bits) {
    assertEquals(bits, PowerSettings.of("pc-q35-7.2", globals(globals)).smi().bits());
  }

  @Test
  void unplugNeedsPlug() {
    assertEquals("cpu hot-unplug requires cpu hot-plug", assertThrows(ConfigException.class,
        () -> PowerSettings.of("pc-q35-7.2", globals("ICH9-LPC.x-smi-cpu-hotplug=off"))).getMessage());
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(delimiter = '|', textBlock = """
      pc-i440fx-7.2 | PIIX4_PM.disable_s3=x   | Parameter 'disable_s3' expects uint64
      pc-i440fx-7.2 | PIIX4_PM.disable_s3=300 | Parameter 'disable_s3' expects uint8_t
      pc-i440fx-7.2 | PIIX4_PM.foo=1          | Property 'PIIX4_PM.foo' not found
      """)
  void aGlobalThatDoesNotFitEndsTheStart(String machine, String global, String message) {
    assertEquals(
        "can't apply global " + global + ": " + message,
        assertThrows(ConfigException.class, () -> PowerSettings.of(machine, globals(global)))
            .getMessage());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"pc-q35-7.2, true, 16", "pc-q35-4.2, true, 16", "pc-q35-4.1, false, 16", "pc-q35-2.9, false, 0"})
  void oldMachinesCloseLessMemory(String machine, boolean atSmbase, int extended) {
    assertEquals(
        new Mch.ManagementRam(atSmbase, extended),
        PowerSettings.managementRam(MachineVersions.find(machine).orElseThrow().properties()));
  }
}
