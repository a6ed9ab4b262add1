package thespis.actors.hmp;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.cpu.mmu.PhysMap;
import thespis.machine.board.Board;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortSpace;

/// What `info` can show of the board's chips and of what is where.
final class BoardInfoCommands {
  static final List<HmpCommand> ALL = List.of(
      chips("pic", "show PIC state", board -> board.ioApic().describe() + board.pic().describe()),
      chips("irq", "show the interrupts statistics (if available)", board ->
          statistics("ioapic", timerFirst(board.ioApic().raised())) + statistics("isa-i8259", board.pic().raised())),
      chips("pci", "show PCI info", PciText::devices),
      chips("qtree", "show device tree", QtreeText::of, QtreeText.EMPTY),
      chips("roms", "show roms", BoardInfoCommands::roms),
      new HmpCommand("mtree", "flatview:-f,dispatch_tree:-d,owner:-o,disabled:-D", "[-f][-d][-o][-D]",
          "show memory tree, which is flat here: what hides something else is not shown",
          (s, a) -> shown(s, BoardInfoCommands::spaces, spaces(List.of(), List.of()))));

  private BoardInfoCommands() {}

  private static HmpCommand chips(String name, String about, Function<Board, String> text) {
    return chips(name, about, text, "");
  }

  /// @param without what a machine without chips shows
  private static HmpCommand chips(String name, String about, Function<Board, String> text, String without) {
    return HmpCommand.plain(name, about, s -> shown(s, text, without));
  }

  private static CompletionStage<String> shown(Session session, Function<Board, String> text, String without) {
    return HmpCommand.text(session.machine().chips().map(text).orElse(without));
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

  private static String roms(Board board) {
    StringBuilder out = new StringBuilder();
    for (PhysMap.Range range : board.map().ranges()) {
      if (range.name().equals("bios")) {
        String name = board.config().firmware().map(Path::getFileName).map(Path::toString).orElse("");
        out.append(String.format("addr=%016x size=0x%06x mem=rom name=\"%s\"\n", range.gpa(), range.bytes(), name));
      }
    }
    return out.toString();
  }

  private record Place(long from, long bytes, String kind, String name) {
    String line() {
      return String.format("    %016x-%016x (prio 0, %s): %s\n", from, from + bytes - 1, kind, name);
    }
  }

  private static String spaces(Board board) {
    List<Place> memory = new ArrayList<>();
    for (PhysMap.Range range : board.map().ranges()) {
      boolean rom = (range.access() & PhysMap.WRITE) == 0;
      memory.add(new Place(range.gpa(), range.bytes(), rom ? "rom" : "ram", range.name()));
    }
    for (MmioSpace.Mapping mapping : board.mmio().mappings()) {
      memory.add(new Place(mapping.base(), mapping.length(), "i/o", mapping.name()));
    }
    List<Place> ports = new ArrayList<>();
    for (PortSpace.Mapping mapping : board.ports().mappings()) {
      ports.add(new Place(mapping.base(), mapping.length(), "i/o", mapping.name()));
    }
    return spaces(memory, ports);
  }

  private static String spaces(List<Place> memory, List<Place> ports) {
    return "address-space: memory\n  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n" + lines(memory)
        + "\naddress-space: I/O\n  0000000000000000-000000000000ffff (prio 0, i/o): io\n" + lines(ports) + "\n";
  }

  private static String lines(List<Place> places) {
    StringBuilder out = new StringBuilder();
    places.stream().sorted(Comparator.comparingLong(Place::from)).forEach(p -> out.append(p.line()));
    return out.toString();
  }
}
