package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.actors.ChipTexts;
import thespis.cpu.mmu.PhysMap;
import thespis.machine.board.Board;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.pci.PciDevice;

/// What `info` can show of the board's chips and of what is where.
final class BoardInfoCommands {
  private static final int USB_CLASS = 0x0C03;
  private static final String NO_USB = "Error: USB support not enabled\n";

  static final List<HmpCommand> ALL = List.of(
      chips("pic", "show PIC state", board -> board.ioApic().describe() + board.pic().describe()),
      chips("irq", "show the interrupts statistics (if available)", ChipTexts::interrupts),
      chips("ramblock", "Display system ramblock information", ChipTexts::ramBlocks, ChipTexts.NO_RAM),
      chips("pci", "show PCI info", PciText::devices),
      HmpCommand.plain("qtree", "show device tree",
          s -> s.machine().lookAtObjects(tree -> QtreeText.of(tree, s.machine().chips()))),
      chips("usb", "show guest USB devices", board -> hasUsb(board) ? "" : NO_USB, NO_USB),
      chips("roms", "show roms", ChipTexts::roms),
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

  /// Somewhere something could be plugged in; nothing is.
  private static boolean hasUsb(Board board) {
    return board.pci().all().stream().anyMatch(device -> device.readConfig(PciDevice.CLASS + 1, 2) == USB_CLASS);
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
