package thespis.machine.acpi;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import thespis.machine.bus.Device;
import thespis.machine.device.misc.FwCfg;
import thespis.machine.loader.E820;

/// What a PC tells its firmware through fw_cfg. QEMU "fw_cfg items", keys and files as QEMU 7.2's boards have them;
/// the option ROM that speeds up 32-bit Windows is left out. Tables are made when firmware first looks after a reset
/// and then stay, so that its reads fit together.
public final class FirmwareFiles implements Device {
  // keys
  private static final int UUID_KEY = 0x02;
  private static final int RAM_SIZE = 0x03;
  private static final int NO_GRAPHIC = 0x04;
  private static final int NB_CPUS = 0x05;
  private static final int NUMA = 0x0D;
  private static final int BOOT_MENU = 0x0E;
  private static final int MAX_CPUS = 0x0F;
  private static final int IRQ0_OVERRIDE = 0x8002;
  private static final int HPET = 0x8004;

  private static final int ENABLED = 0x80;
  private static final long FOUR_GIB = 1L << 32;

  /// Names of files that nobody else can have.
  public static final Set<String> NAMES = Set.of(
      "bios-geometry", "bootorder", "etc/boot-fail-wait", "etc/boot-menu-wait", "etc/e820", "etc/system-states",
      "etc/tpm/log", Smbios.ANCHOR_FILE, Smbios.TABLES_FILE, AcpiTables.RSDP_FILE, AcpiTables.TABLES_FILE,
      AcpiTables.LOADER_FILE,
      "etc/smi/supported-features", "etc/smi/requested-features", "etc/smi/features-ok");

  private final Supplier<AcpiMachine> machine;
  private AcpiTables tables;

  /// What does not change while the machine runs.
  ///
  /// @param reserved ranges of which firmware could not know otherwise
  /// @param sleep empty where there is no power management
  /// @param acpi the tables are there
  /// @param bootFailWait milliseconds until a boot is tried again, -1 for never
  /// @param splashTime milliseconds that a picture is shown, if anybody says
  public record Fixed(
      UUID uuid, boolean graphic, boolean hpet, Numa numa, int apicIdLimit, SmbiosMachine smbios,
      List<E820.Entry> reserved, Optional<SleepStates> sleep, boolean acpi, boolean bootMenu,
      int bootFailWait, OptionalInt splashTime) {}

  /// @param presentCpus how many there are now; asked on a vCPU's thread, must not wait
  /// @param machine as it is now
  public FirmwareFiles(FwCfg fwCfg, Fixed fixed, IntSupplier presentCpus, Supplier<AcpiMachine> machine) {
    this.machine = machine;
    SmbiosMachine smbios = fixed.smbios;
    add(fwCfg, UUID_KEY, uuid(fixed.uuid));
    add(fwCfg, RAM_SIZE, Table.bare().u64(smbios.below4g() + smbios.above4g()));
    add(fwCfg, NO_GRAPHIC, Table.bare().u16(fixed.graphic ? 0 : 1));
    fwCfg.add(NB_CPUS, () -> Table.bare().u16(presentCpus.getAsInt()).raw());
    fwCfg.add(NUMA, () -> numa(fixed, machine.get().processors()).raw());
    add(fwCfg, BOOT_MENU, Table.bare().u16(fixed.bootMenu ? 1 : 0));
    add(fwCfg, MAX_CPUS, Table.bare().u16(fixed.apicIdLimit));
    add(fwCfg, IRQ0_OVERRIDE, Table.bare().u32(1));
    add(fwCfg, HPET, hpet(fixed.hpet));

    file(fwCfg, "bios-geometry", Table.bare());
    file(fwCfg, "bootorder", Table.bare());
    file(fwCfg, "etc/boot-fail-wait", Table.bare().u32(fixed.bootFailWait));
    fixed.splashTime.ifPresent(time -> file(fwCfg, "etc/boot-menu-wait", Table.bare().u16(time)));
    file(fwCfg, "etc/e820", e820(fixed));
    fixed.sleep.ifPresent(states -> file(fwCfg, "etc/system-states", systemStates(states)));
    Smbios structures = Smbios.build(smbios);
    fwCfg.addFile(Smbios.ANCHOR_FILE, structures::anchor);
    fwCfg.addFile(Smbios.TABLES_FILE, structures::tables);
    if (fixed.acpi) {
      file(fwCfg, "etc/tpm/log", Table.bare());
      fwCfg.addFile(AcpiTables.RSDP_FILE, () -> tables().rsdp());
      fwCfg.addFile(AcpiTables.TABLES_FILE, () -> tables().tables());
      fwCfg.addFile(AcpiTables.LOADER_FILE, () -> tables().loader());
    }
  }

  @Override
  public String name() {
    return "firmware-files";
  }

  @Override
  public synchronized void reset() {
    tables = null;
  }

  private synchronized AcpiTables tables() {
    if (tables == null) {
      tables = AcpiTables.build(machine.get());
    }
    return tables;
  }

  private static void add(FwCfg fwCfg, int key, Table content) {
    byte[] bytes = content.raw();
    fwCfg.add(key, () -> bytes);
  }

  private static void file(FwCfg fwCfg, String name, Table content) {
    byte[] bytes = content.raw();
    fwCfg.addFile(name, () -> bytes);
  }

  /// S0 to S5: whether there is such a state, and its SLP_TYP.
  private static Table systemStates(SleepStates sleep) {
    return Table.bare()
        .u8(ENABLED)
        .u16(0)
        .u8((sleep.s3() ? ENABLED : 0) | 1)
        .u8((sleep.s4() ? ENABLED : 0) | sleep.s4Type())
        .u8(ENABLED);
  }

  /// Here in the order of its text.
  private static Table uuid(UUID uuid) {
    return Table.bare()
        .u64(Long.reverseBytes(uuid.getMostSignificantBits()))
        .u64(Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  /// Number of nodes, node of each APIC ID, bytes of each node.
  private static Table numa(Fixed fixed, List<AcpiProcessor> processors) {
    Table table = Table.bare().u64(fixed.numa.ram().size());
    long[] nodes = new long[fixed.apicIdLimit];
    processors.stream()
        .filter(cpu -> cpu.node() != AcpiProcessor.NO_NODE)
        .forEach(cpu -> nodes[cpu.apicId()] = cpu.node());
    for (long node : nodes) {
      table.u64(node);
    }
    fixed.numa.ram().forEach(table::u64);
    return table;
  }

  /// Room for eight event timer blocks, of which there is one or, said by 255, none.
  private static Table hpet(boolean present) {
    int entry = 15;
    return present
        ? Table.bare().u8(1).u32(Chipset.HPET_ID).u64(Chipset.HPET).u16(0).u8(0).zeros(7 * entry)
        : Table.bare().u8(255).zeros(8 * entry);
  }

  private static Table e820(Fixed fixed) {
    Table table = Table.bare();
    fixed.reserved.forEach(range -> table.u64(range.base()).u64(range.size()).u32(range.type()));
    table.u64(0).u64(fixed.smbios.below4g()).u32(E820.RAM);
    if (fixed.smbios.above4g() > 0) {
      table.u64(FOUR_GIB).u64(fixed.smbios.above4g()).u32(E820.RAM);
    }
    return table;
  }
}
