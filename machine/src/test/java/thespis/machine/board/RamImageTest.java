package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.model.ConfigException;

class RamImageTest {
  private static final long PAGE = 4096;
  private static final long SIZE = 64 * PAGE;
  private static final long VALUE = 0x0123_4567_89AB_CDEFL;

  @TempDir
  Path folder;

  /// Pages 3, 4 and 63 hold something; page 9 was written to and is zero again.
  private static GuestRam ram() {
    GuestRam ram = MachineRam.allocate(SIZE);
    for (long page : new long[] {3, 4, 9, 63}) {
      set(ram, page, page == 9 ? 0 : VALUE + page);
    }
    return ram;
  }

  private static void set(GuestRam ram, long page, long value) {
    Mem.store64(ram.host() + page * PAGE + 8, value);
    ram.written(ram.host() + page * PAGE);
  }

  private static long get(GuestRam ram, long page) {
    return Mem.load64(ram.host() + page * PAGE + 8);
  }

  @Test
  void copiesBeginAlikeAndLiveOnTheirOwn() {
    try (GuestRam parent = ram(); RamImage image = RamImage.of(parent);
        GuestRam one = image.copy(); GuestRam two = image.copy()) {
      assertEquals(SIZE, one.size());
      assertEquals(BitSet.valueOf(new long[] {1L << 3 | 1L << 4 | 1L << 63}), image.filled());
      for (long page = 0; page < 64; page++) {
        assertEquals(get(parent, page), get(one, page));
        assertEquals(image.filled().get((int) page), one.wasWritten(page));
        assertFalse(one.takeWritten(page));
      }
      set(one, 3, 1);
      set(two, 20, 2);
      set(parent, 4, 3);
      assertEquals(VALUE + 3, get(two, 3));
      assertEquals(VALUE + 3, get(parent, 3));
      assertEquals(0, get(one, 20));
      assertEquals(VALUE + 4, get(one, 4));
      assertTrue(one.takeWritten(3));
      assertFalse(one.takeWritten(4));
    }
  }

  @Test
  void copiesStayWhenTheImageAndItsOriginGo() {
    RamImage image;
    try (GuestRam parent = ram()) {
      image = RamImage.of(parent);
    }
    try (GuestRam copy = image.copy(); GuestRam copyOfCopy = copyOf(copy)) {
      image.close();
      image.close();
      assertEquals(VALUE + 63, get(copy, 63));
      assertEquals(VALUE + 63, get(copyOfCopy, 63));
      assertEquals("the snapshot is closed", assertThrows(ConfigException.class, image::copy).getMessage());
    }
  }

  private static GuestRam copyOf(GuestRam ram) {
    try (RamImage image = RamImage.of(ram)) {
      return image.copy();
    }
  }

  /// What a balloon takes comes back empty, not as it was in the image.
  @Test
  void whatACopyGivesBackIsEmpty() {
    try (GuestRam parent = ram(); RamImage image = RamImage.of(parent); GuestRam copy = image.copy()) {
      set(copy, 5, 1);
      copy.discard(copy.host() + 2 * PAGE, 10 * PAGE);
      for (long page = 0; page < 63; page++) {
        assertEquals(0, get(copy, page));
      }
      assertEquals(VALUE + 63, get(copy, 63));
      assertEquals(VALUE + 3, get(parent, 3));
    }
  }

  @Test
  void aFileHoldsItWithItsHoles() throws IOException {
    Path file = folder.resolve("ram");
    BitSet filled;
    try (GuestRam parent = ram(); RamImage image = RamImage.of(parent);
        FileChannel to = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      image.write(to, PAGE);
      filled = image.filled();
    }
    assertEquals(PAGE + SIZE, Files.size(file));
    try (RamImage image = RamImage.in(file, PAGE, SIZE, filled); GuestRam one = image.copy(); GuestRam two = image.copy()) {
      assertEquals(VALUE + 63, get(one, 63));
      set(one, 4, 1);
      assertEquals(VALUE + 4, get(two, 4));
      assertEquals(0, get(two, 9));
    }
    assertEquals("the file is cut off",
        assertThrows(IOException.class, () -> RamImage.in(file, 2 * PAGE, SIZE, filled)).getMessage());
  }
}
