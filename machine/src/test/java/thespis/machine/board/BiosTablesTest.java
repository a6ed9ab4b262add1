package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.apic.LocalApics;
import thespis.machine.bus.GuestMemory;
import thespis.machine.time.VirtualClock;

/// What an operating system finds in the BIOS area of a machine that was started without firmware.
class BiosTablesTest {
  private static final int MIB = 1 << 20;
  private static final int F_SEGMENT = 0xF0000;

  private static Board board(String type, Topology topology) {
    BoardConfig config = BoardConfig.builder().ram(64 * MIB).slots(CpuSlots.of(topology)).build();
    LocalApics apics = new LocalApics();
    Board board = type.equals("q35")
        ? new Q35Board(config, new VirtualClock(), apics)
        : new PcBoard(config, new VirtualClock(), apics);
    board.reset();
    return board;
  }

  static List<String> tables() throws IOException {
    try (InputStream in = BiosTablesTest.class.getResourceAsStream("mp-and-pir-tables.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().filter(l -> !l.startsWith("#")).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void processorsAndInterruptsAreListedAsSeaBiosDoes(String line) {
    String[] golden = line.split(" ");
    int[] t = Stream.of(golden[1].split(",")).mapToInt(Integer::parseInt).toArray();
    try (Board board = board(golden[0], new Topology(t[0], t[1], t[2], t[3], t[4], t[5]))) {
      byte[] bytes = board.memory().read(Integer.parseInt(golden[2], 16), golden[3].length() / 2);
      assertEquals(golden[3], HexFormat.of().formatHex(bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"_MP_", "_SM_", "RSD PTR ", "$PIR"})
  void evenTheLargestMachineHasAllOfThem(String signature) {
    try (Board board = board("pc", new Topology(2, 255, 255, 1, 1, 1))) {
      assertTrue(find(board.memory(), signature) >= 0);
    }
  }

  @Test
  void aProcessorThatCameIsListedAfterTheNextReset() {
    try (Board board = board("pc", new Topology(1, 2, 2, 1, 1, 1))) {
      int second = find(board.memory(), "_MP_") + 16 + 44 + 20 + 3;
      assertEquals(0, board.memory().get8(second));
      board.present(1, true);
      board.reset();
      assertEquals(1, board.memory().get8(second));
    }
  }

  /// As an operating system searches: on 16-byte boundaries.
  private static int find(GuestMemory memory, String signature) {
    byte[] wanted = signature.getBytes(StandardCharsets.US_ASCII);
    for (int at = F_SEGMENT; at < MIB; at += 16) {
      if (Arrays.equals(wanted, memory.read(at, wanted.length))) {
        return at;
      }
    }
    return -1;
  }
}
