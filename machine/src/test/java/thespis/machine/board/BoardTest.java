package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.apic.LocalApics;
import thespis.cpu.mmu.Mem;
import thespis.cpu.model.ConfigException;
import thespis.cpu.run.IoBus;
import thespis.cpu.state.BootState;
import thespis.machine.bus.PortHandler;
import thespis.machine.loader.LoadException;
import thespis.machine.time.VirtualClock;

class BoardTest {
  private static final long MIB = 1 << 20;

  private final VirtualClock clock = new VirtualClock();

  private Board board(String type, BoardConfig.Builder config) {
    LocalApics apics = new LocalApics();
    return type.equals("q35")
        ? new Q35Board(config.build(), clock, apics)
        : new PcBoard(config.build(), clock, apics);
  }

  private static BoardConfig.Builder config() {
    return BoardConfig.builder().ram(64 * MIB);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void withNothingToBootTheProcessorHalts(String type) {
    try (Board board = board(type, config())) {
      BootState start = board.reset().orElseThrow();
      assertEquals(BootState.Mode.REAL, start.mode());
      long host = board.map().hostForRead(start.cs().base() + start.rip());
      assertEquals(0xFCEBF4FA, Mem.get32(host), "cli; hlt; jmp $-2");
      assertFalse(start.msrs().isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void resettingAgainGivesTheSameMachine(String type) {
    try (Board board = board(type, config())) {
      board.reset();
      var ports = board.ports().mappings().stream().map(m -> m.name() + m.base()).sorted().toList();
      var mmio = board.mmio().mappings().stream().map(m -> m.name() + m.base()).sorted().toList();
      var ram = board.map().ranges();
      board.reset();
      assertEquals(ports, board.ports().mappings().stream().map(m -> m.name() + m.base()).sorted().toList());
      assertEquals(mmio, board.mmio().mappings().stream().map(m -> m.name() + m.base()).sorted().toList());
      assertEquals(ram, board.map().ranges());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void ramAbove4GiBIsTheRestOfTheBlock(String type) {
    try (Board board = board(type, BoardConfig.builder().ram(5120 * MIB))) {
      long low = type.equals("pc") ? 3072 * MIB : 2048 * MIB;
      assertEquals(board.ram().host() + low, board.map().hostForWrite(1L << 32));
      assertEquals(0, board.map().hostForRead(low));
      assertEquals(0, board.map().hostForRead((1L << 32) + 5120 * MIB - low));
    }
  }

  @Test
  void aDeferredPortEndsTheSlice() {
    try (Board board = board("pc", config())) {
      PortHandler seven = new PortHandler() {
        @Override
        public int read(int offset, int size) {
          return 7;
        }

        @Override
        public void write(int offset, int size, int value) {}
      };
      board.ports().mapDeferred("actor", 0x1230, 4, seven);
      board.ports().map("chip", 0x1234, 4, seven);
      assertEquals(IoBus.DEFERRED, board.bus().in(0x1230, 1));
      assertFalse(board.bus().out(0x1232, 2, 0));
      assertEquals(7, board.bus().in(0x1234, 4));
      assertTrue(board.bus().out(0x1234, 4, 0));
      assertEquals(0xFFFF, board.bus().in(0x1240, 2), "nothing there");
    }
  }

  @Test
  void firmwareIsSeenBelow4GiBAndBelow1MiBAndStartsByItself(@TempDir Path folder) throws IOException {
    byte[] image = new byte[256 << 10];
    Arrays.fill(image, (byte) 0x11);
    Arrays.fill(image, 128 << 10, image.length, (byte) 0x22);
    Path file = Files.write(folder.resolve("bios.bin"), image);
    try (Board board = board("pc", config().firmware(file))) {
      assertTrue(board.reset().isEmpty());
      assertEquals(0x11, Mem.get8(board.map().hostForRead(0xFFFC0000L)));
      assertEquals(0x22, Mem.get8(board.map().hostForRead(0xFFFFFFF0L)));
      assertEquals(0x22, Mem.get8(board.map().hostForRead(0xE0000)));
      assertEquals(0, board.map().hostForWrite(0xFFFF0));
      board.ports().write(0xCF8, 4, 0x80000058);
      board.ports().write(0xCFD, 1, 0x30);
      assertEquals(board.ram().host() + 0xFFFF0, board.map().hostForWrite(0xFFFF0), "shadow RAM over the ROM");
      board.reset();
      assertEquals(0x22, Mem.get8(board.map().hostForRead(0xFFFF0)));
    }
  }

  @Test
  void oddFirmwareIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("bios.bin"), new byte[1000]);
    ConfigException e = assertThrows(ConfigException.class, () -> board("pc", config().firmware(file)));
    assertEquals("could not load PC BIOS '" + file + "'", e.getMessage());
  }

  @Test
  void aMissingKernelIsReportedOnReset() {
    try (Board board = board("pc", config().kernel(Path.of("/nowhere")))) {
      LoadException e = assertThrows(LoadException.class, board::reset);
      assertEquals("could not open kernel file '/nowhere': No such file or directory", e.getMessage());
    }
  }

  /// As QEMU 7.2's CMOS reads; bytes that are not zero, the clock's own left out.
  @ParameterizedTest(name = "{0} with {1} MiB")
  @CsvSource({
    "pc,  8,    14:06 15:80 16:02 18:1c 31:1c 38:30 3d:12",
    "pc,  128,  14:06 15:80 16:02 17:ff 18:ff 30:ff 31:ff 35:07 38:30 3d:12",
    "pc,  5120, 14:06 15:80 16:02 17:ff 18:ff 30:ff 31:ff 35:bf 38:30 3d:12 5c:80 5f:01",
    "q35, 5120, 14:06 15:80 16:02 17:ff 18:ff 30:ff 31:ff 35:7f 38:30 3d:12 5c:c0 5f:01",
  })
  void cmosTellsFirmwareTheMemorySizes(String type, long mib, String expected) {
    int cpus = mib == 5120 ? 2 : 1;
    CpuSlots slots = CpuSlots.of(new Topology(cpus, 4, 1, 1, 4, 1));
    try (Board board = board(type, BoardConfig.builder().ram(mib * MIB).slots(slots))) {
      board.reset();
      StringBuilder seen = new StringBuilder();
      for (int i = 0x0E; i < 0x80; i++) {
        board.ports().write(0x70, 1, i);
        long value = board.ports().read(0x71, 1);
        if (value != 0 && i != 0x32 && i != 0x37) {
          seen.append(String.format(" %02x:%02x", i, value));
        }
      }
      assertEquals(expected, seen.toString().strip());
    }
  }

  @Test
  void serialOutputReachesItsSink() {
    StringBuilder console = new StringBuilder();
    try (Board board = board("pc", config().serial((bytes, from, n) ->
        console.append(new String(bytes, from, n, StandardCharsets.US_ASCII))))) {
      board.reset();
      for (char c : "hi\n".toCharArray()) {
        board.bus().out(0x3F8, 1, c);
      }
      assertEquals("hi\n", console.toString());
      assertEquals(0xFF, board.bus().in(0x2F9, 1), "only as many ports as sinks");
      assertEquals(0x3F8, board.memory().get16(0x400));
    }
  }

  @Test
  void closingTwiceIsFine() {
    Board board = board("q35", config());
    board.close();
    board.close();
  }
}
