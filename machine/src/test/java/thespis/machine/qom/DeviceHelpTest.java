package thespis.machine.qom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class DeviceHelpTest {
  @Test
  void helpOnAProcessorTypeIsQemus() throws IOException {
    try (var in = new GZIPInputStream(DeviceHelpTest.class.getResourceAsStream("device-help.txt.gz"))) {
      assertEquals(new String(in.readAllBytes(), StandardCharsets.US_ASCII), DeviceHelp.text("qemu64-x86_64-cpu"));
    }
  }
}
