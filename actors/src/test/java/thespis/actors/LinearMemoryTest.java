package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;

/// Page tables' pages as the segments of a core file.
class LinearMemoryTest {
  private static final List<CoreFile.Run> MEMORY =
      List.of(new CoreFile.Run(0, 0xA0000, 0), new CoreFile.Run(0x100000, 0x100000, 0));

  @Test
  void neighboursAreOneAndWhatIsNotInMemoryIsNone() {
    LinearMemory linear = new LinearMemory();
    linear.add(0x7000, 0x101000, 0x1000);
    linear.add(0x6000, 0x100000, 0x1000);
    linear.add(0x8000, 0x103000, 0x1000);
    linear.add(0x6000, 0x100000, 0x1000);
    linear.add(-0x200000, 0, 0x200000);
    linear.add(0x9000, 0xFEE00000L, 0x1000);
    assertEquals(List.of(
        new LinearMemory.Run(-0x200000, 0, 0xA0000),
        new LinearMemory.Run(0x6000, 0x100000, 0x2000),
        new LinearMemory.Run(-0x100000, 0x100000, 0x100000),
        new LinearMemory.Run(0x8000, 0x103000, 0x1000)), linear.in(MEMORY));
  }

  @Test
  void aGuestThatMapsMoreThanAFileHoldsIsNotFollowed() {
    LinearMemory linear = new LinearMemory();
    long page = 0;
    while (linear.add(page << 12, 0, 0x1000)) {
      page++;
    }
    assertTrue(linear.tooMuch());
    assertFalse(page > LinearMemory.MOST);
  }

  @Test
  void moreSegmentsThanTheHeaderCanCountAreCountedInTheFirstSection() throws IOException {
    try (GuestRam ram = new GuestRam(0x1000)) {
      Mem.put8(ram.host() + 5, (byte) 'x');
      List<CoreFile.Run> memory = List.of(new CoreFile.Run(0x3000, 0x1000, ram.host()));
      LinearMemory linear = new LinearMemory();
      for (long i = 0; i < 0xFFFF; i++) {
        linear.add(i << 13, 0x3000, 0x1000);
      }
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      new CoreFile(memory, linear.in(memory), List.of()).write(file, written -> { });
      ByteBuffer elf = ByteBuffer.wrap(file.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals((short) 0xFFFF, elf.getShort(56), "e_phnum");
      assertEquals(0x10000, elf.getInt((int) elf.getLong(40) + 44), "sh_info of the first section");
      int second = (int) elf.getLong(32) + 2 * 56;
      assertEquals(1L << 13, elf.getLong(second + 16), "p_vaddr");
      assertEquals(0x3000, elf.getLong(second + 24), "p_paddr");
      assertEquals('x', elf.get((int) elf.getLong(second + 8) + 5), "what is there");
    }
  }
}
