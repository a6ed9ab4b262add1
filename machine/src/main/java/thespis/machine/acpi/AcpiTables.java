package thespis.machine.acpi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import thespis.machine.bus.GuestMemory;

/// All ACPI tables of a machine, one after the other as QEMU 7.2 lays them out, and the script that ties them together.
/// Firmware gets them by fw_cfg; {@link #install} is for a boot without firmware.
public final class AcpiTables {
  public static final String TABLES_FILE = "etc/acpi/tables";
  public static final String RSDP_FILE = "etc/acpi/rsdp";
  public static final String LOADER_FILE = "etc/table-loader";

  /// Size of the tables' file is a multiple of this, as it must not change from one build to the next.
  public static final int PADDED_TO = 0x20000;

  private static final int FACS_ALIGNMENT = 64;
  private static final int RSDP_ALIGNMENT = 16;
  private static final int RSDP_CHECKSUM = 8;
  private static final int RSDP_RSDT = 16;

  private final Table tables = Table.bare();
  private final List<Integer> listed = new ArrayList<>();
  private final TableLoader loader = new TableLoader();
  private final byte[] rsdp;

  private AcpiTables(AcpiMachine machine) {
    loader.allocate(RSDP_FILE, RSDP_ALIGNMENT, TableLoader.Zone.F_SEGMENT);
    loader.allocate(TABLES_FILE, FACS_ALIGNMENT, TableLoader.Zone.HIGH);
    int facs = append(SmallTables.facs());
    int dsdt = addUnlisted(Dsdt.build(machine));
    fadt(machine, facs, dsdt);
    add(Madt.build(machine.processors()));
    if (machine.hpet()) {
      add(SmallTables.hpet());
    }
    if (machine.numa().present()) {
      add(Srat.build(machine));
    }
    if (machine.numa().hasDistances()) {
      add(Srat.slit(machine.numa()));
    }
    machine.numa().attributes().ifPresent(hmat -> add(hmat.build()));
    if (machine.chipset() == Chipset.Q35) {
      add(SmallTables.mcfg());
    }
    add(SmallTables.waet());
    int rsdt = rsdt();
    rsdp = SmallTables.rsdp(rsdt);
    loader.addPointer(RSDP_FILE, RSDP_RSDT, 4, TABLES_FILE);
    loader.addChecksum(RSDP_FILE, 0, rsdp.length, RSDP_CHECKSUM);
  }

  public static AcpiTables build(AcpiMachine machine) {
    return new AcpiTables(machine);
  }

  /// Content of the file of this name.
  public byte[] tables() {
    return Arrays.copyOf(tables.raw(), (tables.size() + PADDED_TO - 1) / PADDED_TO * PADDED_TO);
  }

  public byte[] rsdp() {
    return rsdp.clone();
  }

  public byte[] loader() {
    return loader.encode();
  }

  /// Tables with all pointers and checksums right, for where they are going to be; the FACS comes first.
  public record Installed(long tablesAddress, byte[] tables, long rsdpAddress, byte[] rsdp) {
    public void writeTo(GuestMemory memory) {
      memory.write(tablesAddress, tables);
      memory.write(rsdpAddress, rsdp);
    }
  }

  /// @param tablesAt 64-byte aligned, with room for {@link #tables}, in memory the OS is told to leave alone
  /// @param rsdpAt in the range an OS searches on 16-byte boundaries. ACPI 6.5 "Finding the RSDP on IA-PC Systems".
  public Installed install(long tablesAt, long rsdpAt) {
    byte[] placed = tables();
    byte[] pointer = rsdp();
    loader.run(List.of(
        new TableLoader.Placed(TABLES_FILE, placed, tablesAt),
        new TableLoader.Placed(RSDP_FILE, pointer, rsdpAt)));
    return new Installed(tablesAt, placed, rsdpAt, pointer);
  }

  private int append(byte[] table) {
    int at = tables.size();
    tables.put(table);
    return at;
  }

  private int addUnlisted(byte[] table) {
    int at = append(table);
    loader.addChecksum(TABLES_FILE, at, table.length, at + Table.CHECKSUM);
    return at;
  }

  private void add(byte[] table) {
    listed.add(addUnlisted(table));
  }

  private void fadt(AcpiMachine machine, int facs, int dsdt) {
    byte[] fadt = Fadt.build(machine, facs, dsdt);
    int at = append(fadt);
    loader.addPointer(TABLES_FILE, at + Fadt.FACS, 4, TABLES_FILE);
    loader.addPointer(TABLES_FILE, at + Fadt.DSDT, 4, TABLES_FILE);
    if (fadt.length > Fadt.X_DSDT) {
      loader.addPointer(TABLES_FILE, at + Fadt.X_DSDT, 8, TABLES_FILE);
    }
    loader.addChecksum(TABLES_FILE, at, fadt.length, at + Table.CHECKSUM);
    listed.add(at);
  }

  /// ACPI 6.5 "Root System Description Table (RSDT)".
  private int rsdt() {
    Table rsdt = Table.of("RSDT", 1);
    listed.forEach(rsdt::u32);
    int at = tables.size();
    for (int i = 0; i < listed.size(); i++) {
      loader.addPointer(TABLES_FILE, at + Table.HEADER + 4 * i, 4, TABLES_FILE);
    }
    return addUnlisted(rsdt.build());
  }
}
