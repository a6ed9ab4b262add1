package thespis.machine.migrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertLinesMatch;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.StateException;
import thespis.machine.board.Board;
import thespis.machine.board.BoardConfig;
import thespis.machine.board.PcBoard;
import thespis.machine.board.PciFunction;
import thespis.machine.board.Q35Board;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.TracingApics;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.device.usb.Xhci;
import thespis.machine.device.virtio.VirtioBalloon;
import thespis.machine.device.virtio.VirtioDevice;
import thespis.machine.device.virtio.VirtioPci;
import thespis.machine.device.virtio.VirtioRng;
import thespis.machine.time.VirtualClock;

/// Whole boards that a guest has used at random, saved and loaded into new ones.
class MachineImageTest {
  private static final long UTC = 1_700_000_000_000_000_000L;
  private static final int CHIPS_ONLY = 0x3F;

  /// A board on its own clock, with what leaves it as interrupts.
  private static final class Rig implements AutoCloseable {
    final VirtualClock clock = new VirtualClock();
    final StringBuilder trace = new StringBuilder();
    final Board board;

    Rig(String type, boolean incoming) {
      boolean pc = type.equals("pc");
      BoardConfig config = BoardConfig.builder()
          .ram(16 << 20)
          .utcNanos(() -> UTC + clock.nanos())
          .serial(ByteSink.NONE)
          .parallel(ByteSink.NONE)
          .pciFunctions(List.of(
              usb(pc ? null : "p1", pc ? 0x20 : 0),
              virtio(pc ? null : "p2", pc ? 0x28 : 0, new VirtioBalloon(16 << 20, 0, clock)),
              virtio(null, 0x30, new VirtioRng((bytes, take) -> take.accept(new byte[bytes]), 4096, 100, clock))))
          .rootPorts(pc
              ? List.of()
              : List.of(new PcieRootPort.Settings("p1", 0x10, 1, 1, true), new PcieRootPort.Settings("p2", 0x11, 2, 2, true)))
          .incoming(incoming)
          .build();
      board = type.equals("q35")
          ? new Q35Board(config, clock, new TracingApics(trace))
          : new PcBoard(config, clock, new TracingApics(trace));
      board.reset();
    }

    private static PciFunction usb(String port, int devfn) {
      return new PciFunction(port, devfn,
          clock -> new Xhci(new Xhci.Settings(null, port + "-" + devfn, false, port != null, port == null), clock));
    }

    private static PciFunction virtio(String port, int devfn, VirtioDevice device) {
      return new PciFunction(port, devfn, clock -> new VirtioPci(
          new VirtioPci.Settings(
              "virtio-pci", null, port + "-" + devfn, false, port != null, port == null, true, 2, 0), device));
    }

    /// As the stream's pages would.
    void copyRam(Rig from) {
      Mem.copy(from.board.ram().host(), board.ram().host(), board.ram().size());
    }

    MachineImage image() {
      MachineShape shape = new MachineShape(
          "pc", "cpu", new int[] {1}, List.of(new RamBlock("pc.ram", 0, board.ram().size())), 1, Map.of());
      return new MachineImage(shape, Optional.of(board.ram()), board.saved(), () -> {});
    }

    /// What a guest can do to the chips, and what it gets for it.
    String use(long seed, int steps) {
      trace.setLength(0);
      Random random = new Random(seed);
      for (int i = 0; i < steps; i++) {
        if (random.nextInt(8) == 0) {
          clock.advance(random.nextLong(2_000_000));
        }
        long answer = random.nextInt(4) == 0 ? memory(random) : port(random);
        trace.append(' ').append(Long.toHexString(answer)).append('\n');
      }
      return trace.toString();
    }

    private long port(Random random) {
      List<PortSpace.Mapping> all = new ArrayList<>(board.ports().mappings());
      all.sort(Comparator.comparing(PortSpace.Mapping::name));
      PortSpace.Mapping m = all.get(random.nextInt(all.size()));
      int port = m.base() + random.nextInt(m.length());
      int size = 1 << random.nextInt(3);
      int value = random.nextInt() >>> random.nextInt(32);
      if (random.nextBoolean() || m.name().equals("fw_cfg")) {
        return board.ports().read(port, size);
      }
      board.ports().write(port, size, value);
      return -1;
    }

    private long memory(Random random) {
      List<MmioSpace.Mapping> all = new ArrayList<>(board.mmio().mappings());
      all.sort(Comparator.comparing(MmioSpace.Mapping::name));
      MmioSpace.Mapping m = all.get(random.nextInt(all.size()));
      long at = m.base() + (random.nextInt((int) Math.min(m.length(), 0x1000)) & ~3);
      long value = random.nextInt() & 0xFFFF_FFFFL >>> random.nextInt(32);
      if (random.nextBoolean()) {
        return board.mmio().read(at, 4);
      }
      board.mmio().write(at, 4, value);
      return -1;
    }

    String places() {
      return board.ports().mappings().stream().map(m -> m.name() + m.base()).sorted().toList()
          + board.mmio().mappings().stream().map(m -> m.name() + m.base()).sorted().toList().toString()
          + board.map().ranges().stream().map(r -> r.name() + r.gpa() + r.access()).sorted().toList();
    }

    @Override
    public void close() {
      board.close();
    }
  }

  private static Map<String, Section> wired(List<Section> sections) throws StreamException {
    Map<String, Section> read = new LinkedHashMap<>();
    for (Section section : sections) {
      read.put(section.name(), Section.of(section.name(), section.content()));
    }
    return read;
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void loadedBoardGoesOnAsTheSavedOne(String type) throws StreamException {
    for (int seed = 0; seed < 40; seed++) {
      try (Rig original = new Rig(type, false); Rig copy = new Rig(type, true)) {
        original.use(seed, 20 * seed);
        List<Section> saved = original.image().save();
        copy.clock.advanceTo(original.clock.nanos());
        copy.copyRam(original);
        Map<String, Section> sections = wired(saved);
        copy.image().load(sections);
        assertTrue(sections.isEmpty(), () -> "left over: " + sections.keySet());
        List<Section> again = copy.image().save();
        for (int i = 0; i < saved.size(); i++) {
          assertEquals(saved.get(i).name(), again.get(i).name());
          assertArrayEquals(saved.get(i).content(), again.get(i).content(), saved.get(i).name() + " seed " + seed);
        }
        assertEquals(original.places(), copy.places());
        assertLinesMatch(original.use(1000 + seed, 200).lines(), copy.use(1000 + seed, 200).lines(), "seed " + seed);
      }
    }
  }

  /// Whatever is in the sections, it is refused, or the board goes on in some way.
  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void damagedStateIsRefusedOrHarmless(String type) throws StreamException {
    Random random = new Random(42);
    List<Section> sound;
    try (Rig original = new Rig(type, false)) {
      original.use(1, 300);
      sound = original.image().save();
    }
    int refused = 0;
    for (int n = 0; n < 150; n++) {
      List<Section> damaged = new ArrayList<>();
      for (Section section : sound) {
        byte[] content = section.content();
        for (int i = 0; content.length > 0 && i < random.nextInt(4); i++) {
          content[random.nextInt(content.length)] = (byte) random.nextInt();
        }
        try {
          damaged.add(Section.of(section.name(), content));
        } catch (StreamException e) {
          damaged.add(section);
          refused++;
        }
      }
      try (Rig copy = new Rig(type, true)) {
        copy.image().load(wired(damaged));
        copy.use(n, CHIPS_ONLY);
      } catch (StateException e) {
        refused++;
      }
    }
    assertTrue(refused > 100, "refused: " + refused);
  }
}
