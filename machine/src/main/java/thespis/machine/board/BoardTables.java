package thespis.machine.board;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import thespis.machine.acpi.AcpiMachine;
import thespis.machine.acpi.AcpiProcessor;
import thespis.machine.acpi.AcpiTables;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.FirmwareFiles;
import thespis.machine.acpi.PciBusAml;
import thespis.machine.acpi.Smbios;
import thespis.machine.acpi.SmbiosMachine;
import thespis.machine.acpi.SmiFeatures;
import thespis.machine.acpi.SmiNegotiation;
import thespis.machine.bus.GuestMemory;
import thespis.machine.device.misc.FwCfg;
import thespis.machine.loader.E820;

/// What a board tells of itself: ACPI tables and SMBIOS, through fw_cfg to firmware, or put into RAM where there is
/// none.
final class BoardTables {
  private final BoardConfig config;
  private final Chipset chipset;
  private final String product;
  private final RamLayout layout;
  private final Supplier<PciBusAml> pci;
  private final BitSet present = new BitSet();
  private Supplier<SmiFeatures> smi = () -> SmiFeatures.NONE;

  /// @param product the board's name in SMBIOS
  BoardTables(BoardConfig config, Chipset chipset, String product, RamLayout layout, Supplier<PciBusAml> pci) {
    this.config = config;
    this.chipset = chipset;
    this.product = product;
    this.layout = layout;
    this.pci = pci;
    present.set(0, config.slots().topology().cpus());
  }

  /// A processor has come or gone.
  ///
  /// @return how many there are now
  int present(int slot, boolean here) {
    synchronized (present) {
      present.set(slot, here);
      return present.cardinality();
    }
  }

  private int presentCpus() {
    synchronized (present) {
      return present.cardinality();
    }
  }

  void addFwCfg(Board board) {
    FwCfg fwCfg = board.add(new FwCfg(board.memory()));
    board.ports().map("fw_cfg", FwCfg.PORT, FwCfg.LENGTH, fwCfg);
    if (chipset == Chipset.Q35) {
      smi = board.add(new SmiNegotiation(fwCfg))::features;
    }
    FirmwareFiles.Fixed fixed = new FirmwareFiles.Fixed(
        config.uuid(),
        true,
        config.hpet(),
        config.numa(),
        config.slots().topology().apicIdLimit(),
        smbios(),
        E820.hyperTransport(config.cpu().amd()));
    board.add(new FirmwareFiles(fwCfg, fixed, this::presentCpus, this::acpi));
  }

  /// ACPI's at the top of low RAM, where SeaBIOS puts them; root pointer and SMBIOS in the BIOS area.
  ///
  /// @return where they start
  long write(GuestMemory memory) {
    AcpiTables tables = AcpiTables.build(acpi());
    long at = memory.below4g() - tables.tables().length;
    tables.install(at, AcpiTables.RSDP_ADDRESS).writeTo(memory);
    Smbios.build(smbios()).install(Smbios.ENTRY_ADDRESS, "SeaBIOS", "1.16.2", "04/01/2014").writeTo(memory);
    return at;
  }

  private AcpiMachine acpi() {
    List<AcpiProcessor> processors = new ArrayList<>();
    synchronized (present) {
      for (CpuSlot slot : config.slots().all()) {
        processors.add(AcpiProcessor.of(slot, present.get(slot.index())));
      }
    }
    return new AcpiMachine(
        chipset,
        processors,
        layout.below4g(),
        GuestMemory.FOUR_GIB + layout.above4g(),
        config.hpet(),
        pci.get(),
        config.numa(),
        smi.get());
  }

  private SmbiosMachine smbios() {
    Topology cpus = config.slots().topology();
    int cores = cpus.dies() * cpus.cores();
    return new SmbiosMachine(
        product,
        config.machine(),
        config.uuid(),
        cpus.sockets(),
        cores,
        cores * cpus.threads(),
        config.cpu().leaf1Eax(),
        config.cpu().leaf1Edx(),
        layout.below4g(),
        layout.above4g());
  }
}
