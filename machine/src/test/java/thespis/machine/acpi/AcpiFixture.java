package thespis.machine.acpi;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import thespis.machine.acpi.PciBusAml.Slot;
import thespis.machine.board.CpuAddress;
import thespis.machine.board.CpuSlots;
import thespis.machine.board.RamLayout;
import thespis.machine.board.Topology;

/// Machines as QEMU 7.2 makes them of a command line with `-nodefaults` and what is said at each.
final class AcpiFixture {
  static final long MIB = 1L << 20;
  static final long GIB = 1L << 30;
  private static final long FOUR_GIB = 4 * GIB;
  private static final Aml NOTHING = Aml.all();
  private static final Topology FOUR_SOCKETS = new Topology(1, 4, 4, 1, 1, 1);
  private static final Topology FOUR_SOCKETS_TWO_FILLED = new Topology(2, 4, 4, 1, 1, 1);

  private AcpiFixture() {}

  /// `-M pc -smp 1,maxcpus=4 -m 256 -serial null`
  static AcpiMachine pc() {
    return pc(RamLayout.pc(256 * MIB), processors(FOUR_SOCKETS), List.of(IsaAml.serialPort(1)), 0, true, Numa.NONE);
  }

  /// `-M pc,hpet=off -smp 3,maxcpus=12,sockets=2,cores=3,threads=2 -m 6G -device VGA -device virtio-net-pci`, two
  /// serial ports, a parallel port and a floppy drive
  static AcpiMachine pcBig() {
    return pc(
        RamLayout.pc(6 * GIB),
        processors(new Topology(3, 12, 2, 1, 3, 2)),
        List.of(IsaAml.parallelPort(1), IsaAml.serialPort(2), IsaAml.serialPort(1)),
        1,
        false,
        Numa.NONE,
        Slot.fixed(0x10, PciAml.display()),
        Slot.removable(0x18));
  }

  /// `-M pc -smp 2,maxcpus=4,sockets=4 -m 512`, two nodes of 256 MiB
  static AcpiMachine pcNuma() {
    return pc(
        RamLayout.pc(512 * MIB),
        processors(FOUR_SOCKETS_TWO_FILLED, index -> index % 2),
        List.of(),
        0,
        true,
        new Numa(List.of(256 * MIB, 256 * MIB), List.of()));
  }

  /// `-M pc -smp 1,maxcpus=255,sockets=255 -m 256 -serial null`
  static AcpiMachine pc255() {
    List<AcpiProcessor> processors = processors(new Topology(1, 255, 255, 1, 1, 1));
    return pc(RamLayout.pc(256 * MIB), processors, List.of(IsaAml.serialPort(1)), 0, true, Numa.NONE);
  }

  private static AcpiMachine pc(
      RamLayout ram,
      List<AcpiProcessor> processors,
      List<Aml> ports,
      int floppyDrives,
      boolean hpet,
      Numa numa,
      Slot... cards) {
    Aml isa = Aml.all(
        IsaAml.keyboard(),
        IsaAml.mouse(),
        IsaAml.floppyController(floppyDrives),
        Aml.all(ports),
        IsaAml.realTimeClock());
    Slot bridge = Slot.fixed(0x08, PciAml.piix3(1, List.of(isa)));
    PciBusAml bus = PciBusAml.hotplug(0, all(List.of(cards), Slot.fixed(0x00, NOTHING), bridge));
    return new AcpiMachine(
        Chipset.PC, processors, ram.below4g(), FOUR_GIB + ram.above4g(), hpet, bus, numa, SmiFeatures.NONE,
        SleepStates.ALL);
  }

  /// `-M q35 -smp 1,maxcpus=4 -m 256 -serial null`
  static AcpiMachine q35() {
    return q35(
        RamLayout.q35(256 * MIB),
        processors(FOUR_SOCKETS),
        List.of(IsaAml.serialPort(1)),
        Numa.NONE,
        SmiFeatures.NONE);
  }

  /// `-M q35 -smp 2,maxcpus=4,sockets=4 -m 6G -device VGA -device virtio-net-pci`, two root ports of which the first
  /// has a device, four serial ports, a parallel port, nodes of 5 and 1 GiB at a distance of 30
  static AcpiMachine q35Big() {
    return q35(
        RamLayout.q35(6 * GIB),
        processors(FOUR_SOCKETS_TWO_FILLED, index -> index == 1 || index == 2 ? 1 : 0),
        List.of(
            IsaAml.parallelPort(1),
            IsaAml.serialPort(4),
            IsaAml.serialPort(3),
            IsaAml.serialPort(2),
            IsaAml.serialPort(1)),
        new Numa(List.of(5 * GIB, GIB), List.of(List.of(10, 30), List.of(30, 10))),
        SmiFeatures.NONE,
        Slot.fixed(0x08, PciAml.display()),
        Slot.removable(0x10),
        Slot.bridge(0x18, PciBusAml.expressPort(1, List.of(Slot.removable(0x00)))),
        Slot.bridge(0x20, PciBusAml.expressPort(0, List.of())));
  }

  /// `-M q35 -smp 1,maxcpus=2,sockets=2 -m 256 -serial null` after firmware has asked for SMI features
  static AcpiMachine q35Smi(long features) {
    return q35(
        RamLayout.q35(256 * MIB),
        processors(new Topology(1, 2, 2, 1, 1, 1)),
        List.of(IsaAml.serialPort(1)),
        Numa.NONE,
        new SmiFeatures(features));
  }

  private static AcpiMachine q35(
      RamLayout ram, List<AcpiProcessor> processors, List<Aml> ports, Numa numa, SmiFeatures smi, Slot... cards) {
    Aml isa = Aml.all(IsaAml.keyboard(), IsaAml.mouse(), Aml.all(ports), IsaAml.realTimeClock());
    Slot bridge = Slot.fixed(0xF8, PciAml.ich9Lpc(31, List.of(isa)));
    PciBusAml bus = PciBusAml.fixed(
        all(List.of(cards), Slot.fixed(0x00, NOTHING), bridge, Slot.fixed(0xFB, NOTHING)));
    return new AcpiMachine(
        Chipset.Q35, processors, ram.below4g(), FOUR_GIB + ram.above4g(), true, bus, numa, smi,
        SleepStates.ALL);
  }

  private static List<Slot> all(List<Slot> cards, Slot... builtIn) {
    return Stream.concat(cards.stream(), Stream.of(builtIn)).toList();
  }

  private static List<AcpiProcessor> processors(Topology topology) {
    return processors(topology, index -> CpuAddress.UNSET);
  }

  private static List<AcpiProcessor> processors(Topology topology, IntUnaryOperator nodeOf) {
    return CpuSlots.of(topology, nodeOf).all().stream()
        .map(slot -> AcpiProcessor.of(slot, slot.index() < topology.cpus()))
        .toList();
  }
}
