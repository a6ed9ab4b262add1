package thespis.actors.process;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.Machine;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.Chardevs;
import thespis.actors.cli.Options;

class SerialDevicesTest {
  private final Chardevs chardevs = new Chardevs(text -> { }, text -> { }, 1, () -> { });
  private final SerialDevices serial = new SerialDevices(Machine.builder(), chardevs, true, List.of(0));

  @BeforeEach
  void open() {
    chardevs.open(new ChardevSpec("c", "-chardev null,id=c", new ChardevSpec.Null(), false, Optional.empty()));
  }

  @AfterEach
  void close() {
    chardevs.close();
  }

  private void add(String... properties) {
    Map<String, Object> arguments = new LinkedHashMap<>(Map.of("driver", "isa-serial"));
    for (String property : properties) {
      arguments.put(property.split("=")[0], property.split("=")[1]);
    }
    serial.add(new Options.Device("-device", arguments));
  }

  private String refusal(String... properties) {
    return String.join("|", assertThrows(StartException.class, () -> add(properties)).reports());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "chardev=x    | Property 'serial.chardev' can't find value 'x'",
    "foo=1        | Property 'isa-serial.foo' not found",
    "index=x      | Parameter 'index' expects integer",
    "index=4      | Max. supported number of ISA serial ports is 4.",
    "wakeup=1     | Parameter 'wakeup' expects 'on' or 'off'",
    "bus=pci.0    | Device 'isa-serial' can't go on PCI bus",
    "bus=foo      | Bus 'foo' not found",
    "index=0      | serial port 0 is there already",
  })
  void whatDoesNotFitIsRefused(String property, String words) {
    assertEquals("-device: " + words, refusal(property));
  }

  @Test
  void aCharacterDeviceServesOnePort() {
    add("chardev=c");
    assertEquals("-device: Property 'serial.chardev' can't take value 'c': Device 'c' is in use", refusal("chardev=c"));
  }

  @Test
  void thereIsRoomForFourPorts() {
    assertDoesNotThrow(() -> add("iobase=0x2f8", "irq=3"));
    assertDoesNotThrow(() -> add("id=third"));
    assertDoesNotThrow(() -> add());
    assertEquals("-device: Max. supported number of ISA serial ports is 4.", refusal("id=fifth"));
  }
}
