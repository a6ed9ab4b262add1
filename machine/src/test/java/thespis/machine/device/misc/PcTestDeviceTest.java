package thespis.machine.device.misc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.CountingLine;

class PcTestDeviceTest {
  private final PortSpace ports = new PortSpace();
  private final MmioSpace memory = new MmioSpace();
  private final CountingLine[] irqs = Stream.generate(CountingLine::new).limit(16).toArray(CountingLine[]::new);

  @BeforeEach
  void map() {
    new PcTestDevice(irqs).map(ports, memory);
  }

  @Test
  void portsKeepOneValueInAnySize() {
    ports.write(0xE0, 4, 0x1234_5678);
    ports.write(0xE1, 1, 0xAB);
    ports.write(0xEA, 2, 0xCDEF);
    assertEquals(0xCDEF_AB78L, ports.read(0xE0, 4));
    assertEquals(0xEF, ports.read(0xE2, 1));
  }

  @Test
  void aByteSetsALineAndLinesThatAreNotThereAreIgnored() {
    ports.write(0x200B, 1, 1);
    assertEquals(true, irqs[11].level);
    ports.write(0x200B, 4, 0x100);
    assertEquals(false, irqs[11].level);
    assertEquals(true, irqs[12].level);
    ports.write(0x2014, 4, -1);
  }

  @Test
  void memoryKeepsWhatIsWrittenUpToItsEnd() {
    memory.write(0xFF00_0000L, 8, 0x0102_0304_0506_0708L);
    memory.write(0xFF00_0002L, 2, 0xAABB);
    assertEquals(0x0102_0304_AABB_0708L, memory.read(0xFF00_0000L, 8));
    memory.write(0xFF00_FFFFL, 1, 0x77);
    assertEquals(0x77, memory.read(0xFF00_FFFFL, 1));
  }
}
