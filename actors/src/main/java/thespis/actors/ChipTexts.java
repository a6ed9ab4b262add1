package thespis.actors;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import thespis.cpu.mmu.PhysMap;
import thespis.hotplug.CpuInfo;
import thespis.machine.board.Board;

/// What `info` and `x-query-` commands say of a board, in QEMU's form.
public final class ChipTexts {
  private static final String BLOCK = "%24s %8s  0x%016x 0x%016x 0x%016x\n";

  /// The blocks of a machine without memory.
  public static final String NO_RAM = String.format(
      "%24s %8s  %18s %18s %18s\n", "Block Name", "PSize", "Offset", "Used", "Total");

  private ChipTexts() {}

  /// How often interrupts were raised.
  public static String interrupts(Board board) {
    return statistics("ioapic", timerFirst(board.ioApic().raised()))
        + statistics("isa-i8259", board.pic().raised());
  }

  /// QEMU counts what comes in at pin 2 as the timer's, which is number 0.
  private static long[] timerFirst(long[] raised) {
    raised[0] += raised[2];
    raised[2] = 0;
    return raised;
  }

  private static String statistics(String chip, long[] raised) {
    StringBuilder out = new StringBuilder("IRQ statistics for " + chip + ":\n");
    for (int i = 0; i < raised.length; i++) {
      if (raised[i] > 0) {
        out.append(String.format("%2d: %d\n", i, raised[i]));
      }
    }
    return out.toString();
  }

  public static String roms(Board board) {
    StringBuilder out = new StringBuilder();
    for (PhysMap.Range range : board.map().ranges()) {
      if (range.name().equals("bios")) {
        String name = board.config().firmware().map(Path::getFileName).map(Path::toString).orElse("");
        out.append(String.format("addr=%016x size=0x%06x mem=rom name=\"%s\"\n", range.gpa(), range.bytes(), name));
      }
    }
    return out.toString();
  }

  /// RAM is one block, whatever lies between its two parts.
  public static String ramBlocks(Board board) {
    long bytes = board.config().ram();
    StringBuilder out = new StringBuilder(NO_RAM);
    out.append(String.format(BLOCK, "pc.ram", "4 KiB", 0, bytes, bytes));
    for (PhysMap.Range range : board.map().ranges()) {
      if (range.name().equals("bios")) {
        out.append(String.format(BLOCK, "pc.bios", "4 KiB", bytes, range.bytes(), range.bytes()));
      }
    }
    return out.toString();
  }

  /// The nodes with their memory and the processors that are there.
  public static String nodes(Optional<Board> board, List<CpuInfo> cpus) {
    List<Long> ram = board.map(b -> b.config().numa().ram()).orElse(List.of());
    StringBuilder out = new StringBuilder(ram.size() + " nodes\n");
    for (int node = 0; node < ram.size(); node++) {
      out.append("node ").append(node).append(" cpus:");
      for (CpuInfo cpu : cpus) {
        if (cpu.slot().nodeId() == node) {
          out.append(' ').append(cpu.slot().index());
        }
      }
      out.append("\nnode ").append(node).append(" size: ").append(ram.get(node) >> 20).append(" MB\nnode ")
          .append(node).append(" plugged: 0 MB\n");
    }
    return out.toString();
  }
}
