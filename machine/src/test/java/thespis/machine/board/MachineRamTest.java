package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.model.ConfigException;
import thespis.machine.bus.GuestMemory;

class MachineRamTest {
  @ParameterizedTest
  @ValueSource(longs = {1L << 20, 128L << 20, 5L << 30, 64L << 30})
  void anySizeIsZeroAndWritableAtBothEnds(long size) {
    try (GuestRam ram = MachineRam.allocate(size)) {
      assertEquals(0, Mem.load64(ram.host()));
      assertEquals(0, Mem.load64(ram.host() + size - 8));
      Mem.store64(ram.host() + size - 8, 0x1122334455667788L);
      assertEquals(0x1122334455667788L, Mem.load64(ram.host() + size - 8));
    }
  }

  @Test
  void aPartOfAPageIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> MachineRam.allocate(4095));
    assertThrows(IllegalArgumentException.class, () -> MachineRam.allocate(0));
  }

  /// As `info mtree` of QEMU 7.2 shows it.
  @ParameterizedTest(name = "{0} with {1} MiB")
  @CsvSource({
    "pc,  128,  128,  0",
    "pc,  3583, 3583, 0",
    "pc,  3584, 3072, 512",
    "pc,  5120, 3072, 2048",
    "q35, 128,  128,  0",
    "q35, 2815, 2815, 0",
    "q35, 2816, 2048, 768",
    "q35, 5120, 2048, 3072",
  })
  void ramIsSplitRoundThePciHole(String board, long mib, long below, long above) {
    RamLayout layout = board.equals("pc") ? RamLayout.pc(mib << 20) : RamLayout.q35(mib << 20);
    assertEquals(new RamLayout(below << 20, above << 20), layout);
    assertEquals(above == 0 ? below << 20 : (4096 + above) << 20, layout.end());
  }

  @Test
  void highRamFollowsLowRamInTheBlock() {
    try (GuestRam ram = MachineRam.allocate(4 << 20)) {
      GuestMemory memory = new GuestMemory(ram, 3 << 20);
      memory.put32(GuestMemory.FOUR_GIB, 0xCAFE);
      assertEquals(0xCAFE, Mem.load32(ram.host() + (3 << 20)));
      assertEquals(1 << 20, memory.above4g());
      assertThrows(IllegalArgumentException.class, () -> memory.get8(3 << 20));
      assertThrows(IllegalArgumentException.class, () -> memory.get32((3 << 20) - 2));
      assertThrows(IllegalArgumentException.class, () -> memory.get8(GuestMemory.FOUR_GIB + (1 << 20)));
      assertThrows(IllegalArgumentException.class, () -> memory.get8(-1));
    }
  }

  private static Path file(Path folder, int size, long first) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putLong(0, first);
    return Files.write(folder.resolve("ram"), content.array());
  }

  private static long first(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
  }

  @ParameterizedTest
  @CsvSource({"true, 5", "false, 3"})
  void ramShowsItsFileAndASharedFileShowsItsRam(boolean share, long after, @TempDir Path folder) throws IOException {
    Path file = file(folder, 2 << 20, 3);
    RamPart part = new RamPart("r", 1 << 20, Optional.of(file), share, false);
    try (GuestRam ram = MachineRam.allocate(List.of(part))) {
      assertEquals(3, Mem.load64(ram.host()));
      Mem.store64(ram.host(), 5);
      assertEquals(5, Mem.load64(ram.host()));
    }
    assertEquals(after, first(file));
  }

  @Test
  void partsFollowEachOther(@TempDir Path folder) throws IOException {
    Path file = file(folder, 1 << 20, 7);
    try (GuestRam ram = MachineRam.allocate(List.of(
        new RamPart("a", 3 << 20), new RamPart("b", 1 << 20, Optional.of(file), true, false), new RamPart("c", 4096)))) {
      assertEquals((4 << 20) + 4096, ram.size());
      assertEquals(7, Mem.load64(ram.host() + (3 << 20)));
      Mem.store64(ram.host() + (3 << 20) - 8, -1);
      Mem.store64(ram.host() + (4 << 20), -1);
      Mem.store64(ram.host() + (4 << 20) - 8, -1);
    }
    assertEquals(7, first(file));
    byte[] content = Files.readAllBytes(file);
    assertEquals(-1, content[content.length - 1]);
  }

  @Test
  void aFolderIsLeftWithoutAFile(@TempDir Path folder) throws IOException {
    RamPart part = new RamPart("r", 1 << 20, Optional.of(folder), true, false);
    try (GuestRam ram = MachineRam.allocate(List.of(part)); Stream<Path> files = Files.list(folder)) {
      assertEquals(0, Mem.load64(ram.host() + (1 << 20) - 8));
      assertEquals(List.of(), files.toList());
    }
  }

  /// Linux manual page "proc_pid_smaps(5)".
  @ParameterizedTest
  @CsvSource({"true, 1024", "false, 0"})
  void preallocatedRamIsResident(boolean prealloc, int kilobytes, @TempDir Path folder) throws IOException {
    Path file = file(folder, 1 << 20, 0);
    RamPart part = new RamPart("r", 1 << 20, Optional.of(file), true, prealloc);
    try (GuestRam ram = MachineRam.allocate(List.of(part))) {
      List<String> map = Files.readAllLines(Path.of("/proc/self/smaps")).stream()
          .dropWhile(line -> !line.contains(file.toString())).toList();
      assertEquals("Rss: " + kilobytes + " kB", map.stream().filter(line -> line.startsWith("Rss:")).findFirst()
          .orElseThrow().replaceAll(" +", " "), "at " + ram.host());
    }
  }

  @Test
  void aFileThatIsGoneIsNamed(@TempDir Path folder) {
    RamPart part = new RamPart("r", 4096, Optional.of(folder.resolve("none")), true, false);
    ConfigException refused = assertThrows(ConfigException.class, () -> MachineRam.allocate(List.of(part)));
    assertTrue(refused.getMessage().startsWith("can't open backing store " + folder), refused.getMessage());
  }
}
