package thespis.machine.device.misc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import thespis.cpu.mmu.GuestRam;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.SavedState;

class FwCfgTest {
  private static final int RAM = 1 << 16;
  private static final int READ = 2;
  private static final int SKIP = 4;
  private static final int SELECT = 8;
  private static final int WRITE = 16;
  private static final int BUFFER = 0x2000;
  private static final int DESCRIPTOR = 0xF00;

  private final GuestRam ram = new GuestRam(RAM);
  private final GuestMemory memory = new GuestMemory(ram, RAM);
  private final FwCfg fwCfg = new FwCfg(memory);

  @AfterEach
  void free() {
    ram.close();
  }

  @Test
  void anItemIsReadByteByByteAndThenZeros() {
    select(0);
    assertEquals("QEMU\0\0", text(6));
    select(1);
    assertEquals(3, fwCfg.read(1, 1));
    assertEquals(0, fwCfg.read(1, 1));
  }

  @Test
  void bothBytePortsReadData() {
    select(0);
    assertEquals('Q', fwCfg.read(1, 1));
    assertEquals('E', fwCfg.read(0, 1));
    assertEquals(0, fwCfg.read(0, 2));
    assertEquals(0, fwCfg.read(0, 4));
    assertEquals(0xFF00 | 'M', fwCfg.read(1, 2));
  }

  @Test
  void onlyAWordSelects() {
    select(0);
    fwCfg.write(0, 1, 1);
    fwCfg.write(0, 4, 1);
    fwCfg.write(1, 1, 1);
    assertEquals("QEMU", text(4));
  }

  @Test
  void aKeyWithoutAnItemReadsAsZeros() {
    select(0x3F);
    assertEquals("\0\0", text(2));
  }

  @Test
  void theDirectoryListsFilesByName() {
    fwCfg.addFile("etc/b", () -> new byte[0x1234]);
    fwCfg.addFile("bootorder", () -> new byte[0]);
    select(0x19);
    byte[] directory = new byte[4 + 2 * 64];
    for (int i = 0; i < directory.length; i++) {
      directory[i] = (byte) fwCfg.read(1, 1);
    }
    byte[] expected = new byte[directory.length];
    expected[3] = 2;
    expected[9] = 0x20;
    put(expected, 12, "bootorder");
    expected[70] = 0x12;
    expected[71] = 0x34;
    expected[73] = 0x21;
    put(expected, 76, "etc/b");
    assertArrayEquals(expected, directory);
    assertEquals(List.of("bootorder", "etc/b"), fwCfg.files());
  }

  @Test
  void aFileCannotBeAddedTwice() {
    fwCfg.addFile("etc/b", () -> new byte[0]);
    assertThrows(IllegalStateException.class, () -> fwCfg.addFile("etc/b", () -> new byte[0]));
  }

  @Test
  void contentIsAskedForAtEachSelection() {
    byte[] content = {1};
    fwCfg.add(5, () -> content.clone());
    select(5);
    content[0] = 2;
    assertEquals(1, fwCfg.read(1, 1));
    select(5);
    assertEquals(2, fwCfg.read(1, 1));
  }

  @Test
  void theDmaRegisterReadsAsASignature() {
    assertEquals(0x554D4551, fwCfg.read(4, 4));
    assertEquals(0x47464320, fwCfg.read(8, 4));
    assertEquals(0x4551FFFF, fwCfg.read(2, 4));
  }

  @Test
  void dmaReadsPastTheEndAreZeros() {
    memory.fill(BUFFER, 16, 0xEE);
    assertEquals(0, dma(SELECT | READ, 6, BUFFER));
    assertArrayEquals(
        new byte[] {'Q', 'E', 'M', 'U', 0, 0, (byte) 0xEE}, memory.read(BUFFER, 7));
  }

  @Test
  void dmaSkips() {
    assertEquals(0, dma(SELECT | SKIP, 2, 0));
    assertEquals("MU\0", text(3));
    assertEquals(0, dma(SKIP, 0xFFFF_FFFFL, 0));
  }

  @Test
  void dmaWithNothingToDoSucceeds() {
    assertEquals(0, dma(0, 4, BUFFER));
    assertEquals(0, dma(1, 4, BUFFER));
  }

  @Test
  void dmaOutsideRamFails() {
    assertEquals(1, dma(SELECT | READ, 4, RAM - 2));
    assertEquals(1, dma(SELECT | READ, 4, 0xFFFF_0000_0000L));
  }

  @Test
  void onlyWritableFilesCanBeWritten() {
    byte[] storage = new byte[4];
    fwCfg.addWritableFile("a", storage);
    memory.put32(BUFFER, 0x04030201);
    assertEquals(1, dma(SELECT | WRITE, 2, BUFFER));
    assertEquals(0, dma(0x20 << 16 | SELECT | WRITE, 3, BUFFER));
    assertArrayEquals(new byte[] {1, 2, 3, 0}, storage);
    assertEquals(1, dma(WRITE, 2, BUFFER), "does not fit");
    assertArrayEquals(new byte[] {1, 2, 3, 0}, storage);
  }

  @Test
  void aDmaAddressMayNeedItsUpperHalf() {
    fwCfg.write(4, 4, Integer.reverseBytes(1));
    assertEquals(SELECT << 24, start(SELECT, 0, 0), "that descriptor is outside RAM");
    assertEquals(0, start(SELECT, 0, 0), "the upper half is used once");
  }

  @Test
  void aReadGoesOnAfterTheStateHasMoved() {
    select(0);
    fwCfg.read(1, 1);
    fwCfg.write(4, 4, Integer.reverseBytes(1));
    FwCfg other = new FwCfg(memory);
    SavedState.copy(fwCfg, other);
    assertEquals('E', other.read(1, 1));
    memory.put32(DESCRIPTOR, Integer.reverseBytes(SELECT));
    other.write(8, 4, Integer.reverseBytes(DESCRIPTOR));
    assertEquals(Integer.reverseBytes(SELECT), memory.get32(DESCRIPTOR), "above 4 GiB, where nothing is");
  }

  private int dma(int control, long length, long address) {
    return Integer.reverseBytes(start(control, length, address));
  }

  private int start(int control, long length, long address) {
    memory.put32(DESCRIPTOR, Integer.reverseBytes(control));
    memory.put32(DESCRIPTOR + 4, Integer.reverseBytes((int) length));
    memory.put64(DESCRIPTOR + 8, Long.reverseBytes(address));
    fwCfg.write(8, 4, Integer.reverseBytes(DESCRIPTOR));
    return memory.get32(DESCRIPTOR);
  }

  private void select(int key) {
    fwCfg.write(0, 2, key);
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) fwCfg.read(1, 1));
    }
    return text.toString();
  }

  private static void put(byte[] to, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, to, at, bytes.length);
  }
}
