package thespis.actors.hmp;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Optional;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.machine.board.Board;
import thespis.machine.board.RamPart;

/// Where the guest's memory is on the host, as `gpa2hva` and `gpa2hpa` tell it. pagemap, from the userspace perspective
/// (Linux' Documentation/admin-guide/mm/pagemap.rst): who may not know frames is told of frame 0.
final class HostAddress {
  private static final String PAGES = "/proc/self/pagemap";
  private static final long PRESENT = 1L << 63;
  private static final long FRAME = (1L << 55) - 1;
  private static final long LOCAL_APICS = 0xFEE0_0000L;
  private static final long LOCAL_APICS_LENGTH = 0x10_0000;

  private HostAddress() {}

  static String virtual(Optional<Board> board, long gpa) {
    return memory(board, gpa)
        .map(memory -> String.format("Host virtual address for 0x%x (%s) is 0x%x\n", gpa, memory.name, memory.at))
        .orElseGet(() -> none(board, gpa));
  }

  static String physical(Optional<Board> board, long gpa) {
    return memory(board, gpa).map(memory -> physical(memory, gpa)).orElseGet(() -> none(board, gpa));
  }

  /// @param name of the block
  /// @param at where it is in this process
  private record Memory(String name, long at) {}

  private static String physical(Memory memory, long gpa) {
    touch(memory.at);
    try (RandomAccessFile pages = new RandomAccessFile(PAGES, "r")) {
      pages.seek(memory.at / PhysMap.PAGE_SIZE * Long.BYTES);
      long page = Long.reverseBytes(pages.readLong());
      return (page & PRESENT) == 0
          ? "Page not present\n"
          : String.format("Host physical address for 0x%x (%s) is 0x%x\n", gpa, memory.name,
              (page & FRAME) * PhysMap.PAGE_SIZE | memory.at % PhysMap.PAGE_SIZE);
    } catch (IOException e) {
      return "Cannot open " + PAGES + "\n";
    }
  }

  /// So that it has a frame. What is there stays, whoever writes meanwhile.
  private static void touch(long at) {
    long word = at & -Long.BYTES;
    long now = Mem.get64(word);
    Mem.cas64(word, now, now);
  }

  private static Optional<Memory> memory(Optional<Board> board, long gpa) {
    return board.flatMap(b -> b.map().ranges().stream()
        .filter(range -> range.host() != 0 && gpa >= range.gpa() && gpa - range.gpa() < range.bytes())
        .map(range -> range.host() + (gpa - range.gpa()))
        .map(at -> new Memory(block(b, at - b.ram().host()), at))
        .findFirst());
  }

  /// RAM is that of the backends one after the other; all else is firmware.
  private static String block(Board board, long offset) {
    if (offset < 0 || offset >= board.ram().size()) {
      return "pc.bios";
    }
    long end = 0;
    for (RamPart part : board.config().ramParts()) {
      end += part.bytes();
      if (offset < end) {
        return part.backend();
      }
    }
    return "pc.ram";
  }

  private static String none(Optional<Board> board, long gpa) {
    boolean chip = board.stream().anyMatch(b ->
        gpa >= LOCAL_APICS && gpa < LOCAL_APICS + LOCAL_APICS_LENGTH
        || b.mmio().mappings().stream().anyMatch(m -> gpa >= m.base() && gpa - m.base() < m.length()));
    return chip
        ? String.format("Memory at address 0x%x is not RAM\n", gpa)
        : String.format("No memory is mapped at address 0x%x\n", gpa);
  }
}
