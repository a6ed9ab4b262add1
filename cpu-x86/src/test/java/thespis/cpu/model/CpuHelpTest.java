package thespis.cpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class CpuHelpTest {
  @Test
  void cpuHelpIsQemus() throws IOException {
    try (var in = new GZIPInputStream(CpuHelpTest.class.getResourceAsStream("cpu-help.txt.gz"))) {
      assertEquals(new String(in.readAllBytes(), StandardCharsets.US_ASCII), CpuHelp.text());
    }
  }
}
