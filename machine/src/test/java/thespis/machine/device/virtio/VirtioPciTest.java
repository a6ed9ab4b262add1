package thespis.machine.device.virtio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.time.VirtualClock;

/// The transport, by way of the entropy device.
class VirtioPciTest {
  private static final long FEATURES = VirtioPci.VERSION_1;
  private static final int WRITE = 2;
  private static final long MSIX_TABLE = 0xE100_0000L;

  private final VirtualClock clock = new VirtualClock();
  private final List<Consumer<byte[]>> requests = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();
  private final VirtioRng rng = new VirtioRng(this::request, 100, 1000, clock);
  private final Driver driver = new Driver(rng, 2);

  private void request(int bytes, Consumer<byte[]> take) {
    sizes.add(bytes);
    requests.add(take);
  }

  private static byte[] filled(int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) 0x5A);
    return bytes;
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void bytesFillTheBuffersOfAChain() {
    driver.start(FEATURES, 1);
    driver.describe(0, 0, 0x4000, 3, WRITE | 1, 1);
    driver.describe(0, 1, 0x5000, 10, WRITE, 0);
    driver.offer(0, 0);
    assertEquals(List.of(13), sizes);
    requests.getFirst().accept(filled(8));
    assertEquals(8, driver.back(0));
    assertArrayEquals(filled(3), driver.memory.read(0x4000, 3));
    assertArrayEquals(filled(5), driver.memory.read(0x5000, 5));
    assertEquals(0, driver.memory.get8(0x5005));
  }

  @Test
  void whatWasOfferedBeforeTheDriverWasReadyIsServedThen() {
    driver.start(FEATURES, 1);
    driver.write(0x14, 1, 0xB);
    driver.describe(0, 0, 0x4000, 13, WRITE, 0);
    driver.offer(0, 0);
    assertEquals(List.of(), sizes);
    driver.write(0x14, 1, 0xF);
    assertEquals(List.of(13), sizes);
  }

  @Test
  void notMoreComesInAPeriodThanIsAllowed() {
    driver.start(FEATURES, 1);
    driver.describe(0, 0, 0x4000, 80, WRITE, 0);
    driver.describe(0, 1, 0x5000, 80, WRITE, 0);
    driver.offer(0, 0);
    driver.offer(0, 1);
    requests.getFirst().accept(filled(80));
    assertEquals(List.of(80, 20), sizes);
    requests.get(1).accept(filled(20));
    driver.offer(0, 0);
    assertEquals(List.of(80, 20), sizes);
    clock.advance(1_000_000_000L);
    assertEquals(List.of(80, 20, 80), sizes);
  }

  @Test
  void whatWasAskedForBeforeAResetIsForgotten() {
    driver.start(FEATURES, 1);
    driver.describe(0, 0, 0x4000, 8, WRITE, 0);
    driver.offer(0, 0);
    driver.write(0x14, 1, 0);
    requests.getFirst().accept(filled(8));
    assertEquals(0, driver.memory.get8(0x4000));
  }

  @Test
  void byWireTheInterruptStandsUntilItsCauseIsRead() {
    driver.start(FEATURES, 1);
    driver.describe(0, 0, 0x4000, 8, WRITE, 0);
    driver.offer(0, 0);
    requests.getFirst().accept(filled(8));
    assertEquals(0x08, driver.function.readConfig(PciDevice.STATUS, 1) & 0x08);
    assertEquals(1, driver.read(0x1000, 1));
    assertEquals(0, driver.function.readConfig(PciDevice.STATUS, 1) & 0x08);
  }

  @Test
  void aDriverThatDoesNotWantInterruptsGetsNone() {
    driver.start(FEATURES, 1);
    driver.memory.put16(Driver.available(0), 1);
    driver.describe(0, 0, 0x4000, 8, WRITE, 0);
    driver.offer(0, 0);
    requests.getFirst().accept(filled(8));
    assertEquals(0, driver.read(0x1000, 1));
  }

  @Test
  void vectorsSendMessagesOnceTheyAreUnmasked() {
    driver.function.writeConfig(PciDevice.BAR0 + 4, 4, (int) MSIX_TABLE);
    driver.function.writeConfig(0x9A, 2, 0x8000);
    driver.start(FEATURES, 1);
    driver.write(0x16, 2, 0);
    driver.write(0x1A, 2, 1);
    assertEquals(1, driver.read(0x1A, 2));
    driver.write(0x10, 2, 5);
    assertEquals(0xFFFF, driver.read(0x10, 2), "there is no such vector");
    driver.pci.memory.write(MSIX_TABLE + 16, 4, 0xFEE0_0000L);
    driver.pci.memory.write(MSIX_TABLE + 24, 4, 0x41);
    driver.describe(0, 0, 0x4000, 8, WRITE, 0);
    driver.offer(0, 0);
    requests.getFirst().accept(filled(8));
    assertEquals(List.of(), driver.pci.messages);
    assertEquals(2, driver.pci.memory.read(MSIX_TABLE + 0x800, 8));
    driver.pci.memory.write(MSIX_TABLE + 28, 4, 0);
    assertEquals(List.of("to 0 mode 0 vector 65"), driver.pci.messages);
    assertEquals(0, driver.pci.memory.read(MSIX_TABLE + 0x800, 8));
  }

  @Test
  void theLegacyInterfaceServesOldDrivers() {
    int ports = 0xC000;
    driver.function.writeConfig(PciDevice.BAR0, 4, ports);
    assertEquals(0x7900_0000, driver.pci.ports.read(ports, 4));
    driver.pci.ports.write(ports + 0x12, 1, 3);
    driver.pci.ports.write(ports + 0x0E, 2, 0);
    assertEquals(8, driver.pci.ports.read(ports + 0x0C, 2));
    driver.pci.ports.write(ports + 0x08, 4, 0x20);
    driver.pci.ports.write(ports + 0x12, 1, 7);
    long rings = 0x2_0000;
    driver.memory.put64(rings, 0x4000);
    driver.memory.put32(rings + 8, 8);
    driver.memory.put16(rings + 12, WRITE);
    driver.memory.put16(rings + 128 + 2, 1);
    driver.pci.ports.write(ports + 0x10, 2, 0);
    requests.getFirst().accept(filled(8));
    assertEquals(1, driver.memory.get16(rings + 0x1002));
    assertEquals(8, driver.memory.get32(rings + 0x1008));
    assertEquals(1, driver.pci.ports.read(ports + 0x13, 1));
    driver.pci.ports.write(ports + 0x08, 4, 0);
    assertEquals(0, driver.pci.ports.read(ports + 0x12, 1), "page 0 resets it");
  }

  @Test
  void theBarsAreReachedThroughConfigurationSpaceToo() {
    int window = 0x84;
    driver.function.writeConfig(window + 4, 1, 4);
    driver.function.writeConfig(window + 8, 4, 0x12);
    driver.function.writeConfig(window + 12, 4, 2);
    assertEquals(1, driver.function.readConfig(window + 16, 4) & 0xFFFF);
    driver.function.writeConfig(window + 8, 4, 0x14);
    driver.function.writeConfig(window + 12, 4, 1);
    driver.function.writeConfig(window + 16, 4, 3);
    assertEquals(3, driver.read(0x14, 1));
    driver.function.writeConfig(window + 8, 4, 0x7FFF_FFF0);
    driver.function.writeConfig(window + 16, 4, 3);
  }

  /// A guest that writes anything anywhere harms itself alone.
  @Test
  void noWriteMakesItFail() {
    Random random = new Random(4711);
    driver.function.writeConfig(PciDevice.BAR0 + 4, 4, (int) MSIX_TABLE);
    driver.function.writeConfig(PciDevice.BAR0, 4, 0xC000);
    for (int i = 0; i < 30_000; i++) {
      int size = 1 << random.nextInt(4);
      int offset = random.nextInt(4) == 0 ? random.nextInt(0x4000) : random.nextInt(8) * 0x800 + random.nextInt(0x40);
      long value = random.nextBoolean() ? random.nextInt(16) : random.nextLong();
      switch (random.nextInt(8)) {
        case 0 -> driver.memory.put16(0x1_0000 + 2 * random.nextInt(0x800), (int) value);
        case 1 -> driver.pci.ports.write(0xC000 + random.nextInt(32), Math.min(size, 4), (int) value);
        case 2 -> driver.pci.memory.write(MSIX_TABLE + random.nextInt(0x1000), size, value);
        case 3 -> driver.read(offset, size);
        case 4 -> driver.start(FEATURES | value, 1);
        case 5 -> {
          driver.describe(0, random.nextInt(8), random.nextInt(0x20_0000), random.nextInt(64), random.nextInt(8),
              random.nextInt(9));
          driver.offer(0, random.nextInt(9));
        }
        default -> driver.write(offset, size, value);
      }
      if (!requests.isEmpty()) {
        requests.removeLast().accept(filled(1 + random.nextInt(16)));
      }
    }
  }
}
