package thespis.machine.acpi;

import java.util.List;
import java.util.stream.IntStream;

/// Machines as QEMU 7.2 makes them of `-nodefaults -serial null -m 256`.
final class AcpiFixture {
  static final long RAM = 256L << 20;
  private static final long FOUR_GIB = 1L << 32;

  private AcpiFixture() {}

  /// `-M pc -smp 1,maxcpus=4`
  static AcpiMachine pc() {
    Aml isa = PciAml.piix3(1, List.of(
        IsaAml.keyboard(),
        IsaAml.mouse(),
        IsaAml.floppyController(),
        IsaAml.serialPort(1),
        IsaAml.realTimeClock()));
    PciBusAml bus = PciBusAml.hotplug(0, List.of(
        PciBusAml.Slot.fixed(0x00, Aml.all()),
        PciBusAml.Slot.fixed(0x08, isa)));
    return new AcpiMachine(Chipset.PC, processors(1, 4), RAM, FOUR_GIB, true, bus, SmiFeatures.NONE);
  }

  /// `-M q35 -smp 1,maxcpus=4`
  static AcpiMachine q35() {
    Aml isa = PciAml.ich9Lpc(31, List.of(
        IsaAml.keyboard(), IsaAml.mouse(), IsaAml.serialPort(1), IsaAml.realTimeClock()));
    PciBusAml bus = PciBusAml.fixed(List.of(
        PciBusAml.Slot.fixed(0x00, Aml.all()),
        PciBusAml.Slot.fixed(0xF8, isa),
        PciBusAml.Slot.fixed(0xFB, Aml.all())));
    return new AcpiMachine(Chipset.Q35, processors(1, 4), RAM, FOUR_GIB, true, bus, SmiFeatures.NONE);
  }

  static List<AcpiProcessor> processors(int present, int possible) {
    return IntStream.range(0, possible)
        .mapToObj(id -> new AcpiProcessor(id, id, id < present, AcpiProcessor.NO_NODE))
        .toList();
  }
}
