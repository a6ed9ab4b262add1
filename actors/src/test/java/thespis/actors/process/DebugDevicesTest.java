package thespis.actors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.Machine;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.Chardevs;
import thespis.actors.cli.Options;
import thespis.cpu.prop.Input;

class DebugDevicesTest {
  private final Chardevs chardevs = new Chardevs(text -> { }, text -> { }, 1, () -> { });

  private static Options.Device device(String driver, String... properties) {
    Map<String, Object> arguments = new LinkedHashMap<>(Map.of("driver", driver));
    for (String property : properties) {
      arguments.put(property.split("=")[0], property.split("=")[1]);
    }
    return new Options.Device("-device", arguments);
  }

  private void add(boolean isa, Options.Device device) {
    new DebugDevices(Machine.builder(), chardevs, isa).add(device);
  }

  private String refusal(boolean isa, Options.Device device) {
    return String.join("|", assertThrows(StartException.class, () -> add(isa, device)).reports());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "isa-debugcon   | readback=1    | Can't create debugcon device, empty char device",
    "isa-debugcon   | chardev=x     | Property 'isa-debugcon.chardev' can't find value 'x'",
    "isa-debug-exit | chardev=x     | Property 'isa-debug-exit.chardev' not found",
    "isa-debug-exit | iobase=abc    | Parameter 'iobase' expects integer",
    "isa-debug-exit | iosize=1e99   | Parameter 'iosize' expects integer",
    "isa-debug-exit | iobase=0x100000000 | Parameter 'iobase' expects uint32_t",
    "pc-testdev     | iobase=1      | Property 'pc-testdev.iobase' not found",
    "isa-debug-exit | bus=foo       | Bus 'foo' not found",
  })
  void whatDoesNotFitIsRefusedInQemusWords(String driver, String property, String words) {
    assertEquals("-device: " + words, refusal(true, device(driver, property)));
  }

  @Test
  void aNumberInJsonIsNoText() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("driver", "isa-debug-exit");
    arguments.put("iobase", Input.ofJson("244"));
    assertEquals("-device: Parameter 'iobase' expects uint64", refusal(true, new Options.Device("-device", arguments)));
  }

  @Test
  void aMachineWithoutIsaHasNoPlaceForThem() {
    assertEquals("-device: No 'ISA' bus found for device 'isa-debug-exit'", refusal(false, device("isa-debug-exit")));
  }

  @Test
  void twoConsolesDoNotShareACharacterDevice() {
    chardevs.open(new ChardevSpec("x", "-chardev null,id=x", new ChardevSpec.Null(), false, Optional.empty()));
    add(true, device("isa-debugcon", "chardev=x"));
    assertEquals("-device: Property 'isa-debugcon.chardev' can't take value 'x': Device 'x' is in use",
        refusal(true, device("isa-debugcon", "chardev=x")));
  }

  @Test
  void onlyTheseAreTaken() {
    assertTrue(DebugDevices.knows(device("isa-debug-exit")));
    assertTrue(DebugDevices.knows(device("pc-testdev")));
    assertEquals(List.of(false, false),
        List.of(DebugDevices.knows(device("qemu64-x86_64-cpu")), DebugDevices.knows(device("isa-serial"))));
  }
}
