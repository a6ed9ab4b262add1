package thespis.machine.board;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import thespis.machine.acpi.AcpiMachine;
import thespis.machine.acpi.AcpiProcessor;
import thespis.machine.acpi.AcpiTables;
import thespis.machine.acpi.BiosArea;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.FirmwareFiles;
import thespis.machine.acpi.MpTable;
import thespis.machine.acpi.PciBusAml;
import thespis.machine.acpi.PciRoutingTable;
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
  private static final int PAGE = 0x1000;

  /// The APIC ID that means all of them.
  private static final int BROADCAST = 0xFF;

  /// CPUID 1 EDX: there is more than one logical processor in a package.
  private static final int HYPER_THREADING = 1 << 28;

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

  /// What firmware has negotiated, a bit for each feature.
  long smiFeatures() {
    return smi.get().bits();
  }

  void addFwCfg(Board board) {
    FwCfg fwCfg = board.add(new FwCfg(board.memory()));
    board.ports().map("fw_cfg", FwCfg.PORT, FwCfg.LENGTH, fwCfg);
    if (chipset == Chipset.Q35) {
      smi = board.add(new SmiNegotiation(fwCfg, config.smi()))::features;
    }
    FirmwareFiles.Fixed fixed = new FirmwareFiles.Fixed(
        config.uuid(),
        true,
        config.hpet(),
        config.numa(),
        config.slots().topology().apicIdLimit(),
        smbios(),
        E820.hyperTransport(config.cpu().amd()),
        board.powerManaged() ? Optional.of(config.sleep()) : Optional.empty(),
        config.acpi(),
        config.boot().menu(),
        config.boot().failWait(),
        config.boot().splashTime());
    board.add(new FirmwareFiles(fwCfg, fixed, this::presentCpus, this::acpi));
    config.firmwareFiles().forEach((name, content) -> fwCfg.addFile(name, () -> content));
  }

  /// Where the tables are; 0 for those of ACPI if there are none.
  ///
  /// @param high start of the memory at the end of low RAM that an OS must leave alone
  /// @param facs where the guest says where it wants to wake up
  record Installed(long high, long rsdp, long facs) {}

  /// On Q35 firmware has some for guests that the board has none for.
  private boolean acpiWithoutFirmware() {
    return config.acpi() || chipset == Chipset.Q35;
  }

  /// ACPI's at the top of low RAM, the pointers to all of them in the BIOS area, where SeaBIOS puts them.
  Installed write(GuestMemory memory, List<MpTable.PciInterrupt> interrupts) {
    Optional<AcpiTables> tables = acpiWithoutFirmware() ? Optional.of(AcpiTables.build(acpi())) : Optional.empty();
    BiosArea high = new BiosArea(memory.below4g());
    BiosArea low = new BiosArea(BiosArea.F_SEGMENT_END);
    long at = tables.map(t -> high.take(t.tables().length)).orElse(0L);
    PciRoutingTable.install(memory);
    mpTable(interrupts).install(low, memory);
    Smbios.build(smbios()).install(memory, low, high, "SeaBIOS", "1.16.2", "04/01/2014");
    long end = high.lowest() & -PAGE;
    if (tables.isEmpty()) {
      return new Installed(end, 0, 0);
    }
    AcpiTables.Installed placed = tables.get().install(at, low.take(tables.get().rsdp().length));
    placed.writeTo(memory);
    return new Installed(end, placed.rsdpAddress(), placed.tablesAddress());
  }

  private MpTable mpTable(List<MpTable.PciInterrupt> interrupts) {
    Topology cpus = config.slots().topology();
    int size = cpus.maxCpus() / cpus.sockets();
    List<MpTable.Package> packages = new ArrayList<>();
    synchronized (present) {
      for (CpuSlot slot : config.slots().all()) {
        if (slot.index() % size == 0 && slot.apicId() < BROADCAST) {
          packages.add(new MpTable.Package(slot.apicId(), present.get(slot.index())));
        }
      }
    }
    int features = config.cpu().leaf1Edx() | (size > 1 ? HYPER_THREADING : 0);
    return new MpTable(packages, config.cpu().leaf1Eax(), features, interrupts);
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
        smi.get(),
        config.sleep(),
        config.acpi() ? Chipset.PM_BASE : Chipset.PM_BASE_OF_FIRMWARE);
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
        layout.above4g(),
        config.smbios());
  }
}
