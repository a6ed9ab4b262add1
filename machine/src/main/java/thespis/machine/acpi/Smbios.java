package thespis.machine.acpi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import thespis.cpu.model.ConfigException;
import thespis.machine.bus.GuestMemory;

/// System management information: who made the machine, and of what parts. DMTF "System Management BIOS (SMBIOS)
/// Reference Specification" 2.8, with the 32-bit entry point. Structures, handles and values are QEMU 7.2's. The BIOS
/// information structure (type 0) is firmware's to add; {@link #install} does it where there is none.
public final class Smbios {
  public static final String TABLES_FILE = "etc/smbios/smbios-tables";
  public static final String ANCHOR_FILE = "etc/smbios/smbios-anchor";

  private static final String MANUFACTURER = "QEMU";
  private static final int ENTRY_LENGTH = 31;
  private static final int INTERMEDIATE = 16;

  /// SeaBIOS keeps more than this out of the crowded F segment.
  private static final int LARGEST_IN_F_SEGMENT = 600;

  private static final int LONGEST_TABLES = 0xFFFF;
  private static final int UNKNOWN_WORD = 0xFFFF;
  private static final int NO_ERROR_INFORMATION = 0xFFFE;
  private static final int MEMORY_ARRAY = 0x1000;
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long FOUR_GIB = 1L << 32;
  private static final long LARGEST_DIMM = 16L << 30;

  /// Number of KiB that does not fit 32 bits, and says that the extended field holds the bytes.
  private static final long SEE_EXTENDED = 0x8000_0000L;

  private final SmbiosMachine machine;
  private final List<byte[]> structures = new ArrayList<>();

  private Smbios(SmbiosMachine machine) {
    this.machine = machine;
    system();
    chassis();
    for (int socket = 0; socket < machine.sockets(); socket++) {
      processor(socket);
    }
    memory();
    add(32, 0x2000, Table.bare().zeros(6).u8(0));
    add(127, 0x7F00, Table.bare());
  }

  /// @throws ConfigException with QEMU's text if there is more to say than the 32-bit entry point can tell of
  public static Smbios build(SmbiosMachine machine) {
    Smbios smbios = new Smbios(machine);
    int length = smbios.tables().length;
    if (length > LONGEST_TABLES) {
      throw new ConfigException("SMBIOS 2.1 table length " + length + " exceeds " + LONGEST_TABLES);
    }
    return smbios;
  }

  /// The structures, as firmware gets them.
  public byte[] tables() {
    return concat(structures);
  }

  /// The entry point, as firmware gets it: without address and checksums.
  public byte[] anchor() {
    return anchor(structures, 0);
  }

  /// Puts entry point and structures into memory, with what firmware would add.
  ///
  /// @param low where an OS looks for the entry point
  /// @param high for structures that are too many
  /// @param vendor and the rest: what to say of the firmware
  public void install(
      GuestMemory memory, BiosArea low, BiosArea high, String vendor, String version, String date) {
    List<byte[]> all = new ArrayList<>(structures);
    all.addFirst(bios(vendor, version, date));
    byte[] tables = concat(all);
    long tablesAt = (tables.length > LARGEST_IN_F_SEGMENT ? high : low).take(tables.length);
    byte[] entry = anchor(all, tablesAt);
    seal(entry, INTERMEDIATE, ENTRY_LENGTH, INTERMEDIATE + 5);
    seal(entry, 0, ENTRY_LENGTH, 4);
    memory.write(tablesAt, tables);
    memory.write(low.take(entry.length), entry);
  }

  private static byte[] anchor(List<byte[]> structures, long address) {
    int largest = structures.stream().mapToInt(s -> s.length).max().orElseThrow();
    return Table.bare()
        .text("_SM_").u8(0).u8(ENTRY_LENGTH)
        .u8(2).u8(8)
        .u16(largest)
        .zeros(6)
        .text("_DMI_").u8(0)
        .u16(concat(structures).length)
        .u32(address)
        .u16(structures.size())
        .u8(0x28)
        .raw();
  }

  private static void seal(byte[] bytes, int from, int to, int checksum) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += bytes[i];
    }
    bytes[checksum] = (byte) -sum;
  }

  /// "BIOS Information (Type 0)": no list of abilities, but that this is a virtual machine.
  private static byte[] bios(String vendor, String version, String date) {
    Table body = Table.bare()
        .u8(1).u8(2).u16(0xE800).u8(3).u8(0)
        .u64(1 << 3)
        .u8(0).u8(0x14)
        .u8(0).u8(0).u8(0xFF).u8(0xFF);
    return structure(0, 0, body, vendor, version, date);
  }

  /// "System Information (Type 1)": woken by its power switch.
  private void system() {
    Table body = Table.bare().u8(1).u8(2).u8(3).u8(0).put(uuid()).u8(6).u8(0).u8(0);
    add(1, 0x100, body, MANUFACTURER, machine.product(), machine.version());
  }

  /// The first three fields are little-endian.
  private byte[] uuid() {
    long high = machine.uuid().getMostSignificantBits();
    byte[] low = new byte[8];
    for (int i = 0; i < 8; i++) {
      low[i] = (byte) (machine.uuid().getLeastSignificantBits() >>> 56 - 8 * i);
    }
    return Table.bare().u32(high >>> 32).u16((int) (high >>> 16)).u16((int) high).put(low).raw();
  }

  /// "System Enclosure or Chassis (Type 3)": all is safe, of unknown security.
  private void chassis() {
    Table body = Table.bare().u8(1).u8(1).u8(2).u8(0).u8(0).u8(3).u8(3).u8(3).u8(2).u32(0).zeros(5);
    add(3, 0x300, body, MANUFACTURER, machine.version());
  }

  /// "Processor Information (Type 4)": 2 GHz, in a socket of no known kind, enabled.
  private void processor(int socket) {
    int cores = Math.min(machine.cores(), 255);
    Table body = Table.bare()
        .u8(1).u8(3).u8(1).u8(2)
        .u32(machine.cpuid1Eax()).u32(machine.cpuid1Edx())
        .u8(3)
        .u8(0).u16(0).u16(2000).u16(2000)
        .u8(0x41).u8(1)
        .u16(UNKNOWN_WORD).u16(UNKNOWN_WORD).u16(UNKNOWN_WORD)
        .u8(0).u8(0).u8(0)
        .u8(cores).u8(cores).u8(Math.min(machine.threads(), 255))
        .u16(2).u16(1);
    add(4, 0x400 + socket, body, "CPU " + socket, MANUFACTURER, machine.version());
  }

  /// "Physical Memory Array (Type 16)", "Memory Device (Type 17)", "Memory Array Mapped Address (Type 19)": error
  /// correction of several bits, modules of 16 GiB at most.
  private void memory() {
    long ram = machine.below4g() + machine.above4g();
    int modules = (int) ((ram + LARGEST_DIMM - 1) / LARGEST_DIMM);
    boolean fits = ram / KIB < SEE_EXTENDED;
    add(16, MEMORY_ARRAY, Table.bare()
        .u8(1).u8(3).u8(6)
        .u32(fits ? ram / KIB : SEE_EXTENDED)
        .u16(NO_ERROR_INFORMATION)
        .u16(modules)
        .u64(fits ? 0 : ram));
    for (int module = 0; module < modules; module++) {
      module(module, Math.min(LARGEST_DIMM, ram - module * LARGEST_DIMM));
    }
    mapped(0, 0, machine.below4g());
    if (machine.above4g() > 0) {
      mapped(1, FOUR_GIB, machine.above4g());
    }
  }

  private void module(int number, long bytes) {
    Table body = Table.bare()
        .u16(MEMORY_ARRAY).u16(NO_ERROR_INFORMATION)
        .u16(UNKNOWN_WORD).u16(UNKNOWN_WORD)
        .u16((int) (bytes / MIB))
        .u8(9).u8(0).u8(1).u8(0).u8(7).u16(2)
        .u16(0)
        .u8(2).u8(0).u8(0).u8(0)
        .u8(0).u32(0).u16(0)
        .zeros(6);
    add(17, 0x1100 + number, body, "DIMM " + number, MANUFACTURER);
  }

  private void mapped(int number, long start, long bytes) {
    long firstKib = start / KIB;
    long lastKib = (start + bytes) / KIB - 1;
    boolean fits = lastKib < 0xFFFF_FFFFL;
    add(19, 0x1300 + number, Table.bare()
        .u32(fits ? firstKib : 0xFFFF_FFFFL)
        .u32(fits ? lastKib : 0xFFFF_FFFFL)
        .u16(MEMORY_ARRAY)
        .u8(1)
        .u64(fits ? 0 : start)
        .u64(fits ? 0 : start + bytes - 1));
  }

  private void add(int type, int handle, Table body, String... strings) {
    structures.add(structure(type, handle, body, strings));
  }

  /// "SMBIOS Structure Standards": header, formatted part, then the strings that it refers to by number.
  private static byte[] structure(int type, int handle, Table body, String... strings) {
    Table out = Table.bare().u8(type).u8(body.size() + 4).u16(handle).put(body.raw());
    for (String string : strings) {
      out.put(string.getBytes(StandardCharsets.ISO_8859_1)).u8(0);
    }
    return (strings.length == 0 ? out.u8(0) : out).u8(0).raw();
  }

  private static byte[] concat(List<byte[]> parts) {
    Table all = Table.bare();
    parts.forEach(all::put);
    return all.raw();
  }
}
