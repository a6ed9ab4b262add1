package thespis.machine.acpi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final SmbiosFields fields;
  private final Set<Integer> replaced;
  private final List<byte[]> structures = new ArrayList<>();

  private Smbios(SmbiosMachine machine) {
    this.machine = machine;
    this.fields = machine.fields();
    this.replaced = fields.replaced();
    structures.addAll(fields.structures());
    if (fields.names(0)) {
      firmware();
    }
    system();
    if (fields.names(2)) {
      baseBoard();
    }
    chassis();
    for (int socket = 0; socket < machine.sockets(); socket++) {
      processor(socket);
    }
    for (int port = 0; port < fields.ports().size(); port++) {
      connector(port, fields.ports().get(port));
    }
    if (!fields.oemStrings().isEmpty()) {
      add(11, 0xE00, Table.bare().u8(fields.oemStrings().size()), fields.oemStrings().toArray(String[]::new));
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
    if (!fields.names(0) && !replaced.contains(0)) {
      all.addFirst(bios(vendor, version, date));
    }
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

  /// The same as the user has it.
  private void firmware() {
    Texts texts = new Texts(0);
    String[] release = fields.text(0, "release", "0.0").split("\\.");
    Table body = Table.bare()
        .u8(texts.of("vendor", null)).u8(texts.of("version", null)).u16(0xE800).u8(texts.of("date", null)).u8(0)
        .u64(1 << 3)
        .u8(0).u8(0x14 | (fields.text(0, "uefi", "off").equals("on") ? 8 : 0))
        .u8(Integer.parseInt(release[0])).u8(Integer.parseInt(release[1])).u8(0xFF).u8(0xFF);
    add(0, 0, body, texts.all());
  }

  /// "System Information (Type 1)": woken by its power switch.
  private void system() {
    Texts texts = new Texts(1);
    Table body = Table.bare()
        .u8(texts.of("manufacturer", MANUFACTURER)).u8(texts.of("product", machine.product()))
        .u8(texts.of("version", machine.version())).u8(texts.of("serial", null))
        .put(uuid()).u8(6)
        .u8(texts.of("sku", null)).u8(texts.of("family", null));
    add(1, 0x100, body, texts.all());
  }

  /// "Baseboard (or Module) Information (Type 2)": a motherboard that hosts the rest.
  private void baseBoard() {
    Texts texts = new Texts(2);
    Table body = Table.bare()
        .u8(texts.of("manufacturer", MANUFACTURER)).u8(texts.of("product", machine.product()))
        .u8(texts.of("version", machine.version())).u8(texts.of("serial", null)).u8(texts.of("asset", null))
        .u8(1)
        .u8(texts.of("location", null)).u16(0x300).u8(0x0A).u8(0);
    add(2, 0x200, body, texts.all());
  }

  /// "Port Connector Information (Type 8)". QEMU differs: its handles for them begin at 0, which is the firmware's.
  private void connector(int number, Map<String, String> port) {
    Texts texts = new Texts(port);
    Table body = Table.bare()
        .u8(texts.of("internal_reference", null)).u8(0)
        .u8(texts.of("external_reference", null)).u8(Integer.parseInt(port.getOrDefault("connector_type", "0")))
        .u8(Integer.parseInt(port.getOrDefault("port_type", "0")));
    add(8, 0x800 + number, body, texts.all());
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
    Texts texts = new Texts(3);
    Table body = Table.bare()
        .u8(texts.of("manufacturer", MANUFACTURER)).u8(1).u8(texts.of("version", machine.version()))
        .u8(texts.of("serial", null)).u8(texts.of("asset", null))
        .u8(3).u8(3).u8(3).u8(2).u32(0).zeros(4)
        .u8(texts.of("sku", null));
    add(3, 0x300, body, texts.all());
  }

  /// "Processor Information (Type 4)": 2 GHz, in a socket of no known kind, enabled.
  private void processor(int socket) {
    int cores = Math.min(machine.cores(), 255);
    Texts texts = new Texts(4);
    long id = fields.number(4, "processor-id", 0);
    Table body = Table.bare()
        .u8(texts.text(String.format("%s%2x", fields.text(4, "sock_pfx", "CPU"), socket))).u8(3).u8(1)
        .u8(texts.of("manufacturer", MANUFACTURER))
        .u32(id == 0 ? machine.cpuid1Eax() : id).u32(id == 0 ? machine.cpuid1Edx() : id >>> 32)
        .u8(texts.of("version", machine.version()))
        .u8(0).u16(0).u16((int) fields.number(4, "max-speed", 2000)).u16((int) fields.number(4, "current-speed", 2000))
        .u8(0x41).u8(1)
        .u16(UNKNOWN_WORD).u16(UNKNOWN_WORD).u16(UNKNOWN_WORD)
        .u8(texts.of("serial", null)).u8(texts.of("asset", null)).u8(texts.of("part", null))
        .u8(cores).u8(cores).u8(Math.min(machine.threads(), 255))
        .u16(2).u16(1);
    add(4, 0x400 + socket, body, texts.all());
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
    Texts texts = new Texts(17);
    int speed = (int) fields.number(17, "speed", 0);
    Table body = Table.bare()
        .u16(MEMORY_ARRAY).u16(NO_ERROR_INFORMATION)
        .u16(UNKNOWN_WORD).u16(UNKNOWN_WORD)
        .u16((int) (bytes / MIB))
        .u8(9).u8(0)
        .u8(texts.text(fields.text(17, "loc_pfx", "DIMM") + " " + number)).u8(texts.of("bank", null))
        .u8(7).u16(2)
        .u16(speed)
        .u8(texts.of("manufacturer", MANUFACTURER)).u8(texts.of("serial", null)).u8(texts.of("asset", null))
        .u8(texts.of("part", null)).u8(0).u32(0).u16(speed)
        .zeros(6);
    add(17, 0x1100 + number, body, texts.all());
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
    if (!replaced.contains(type)) {
      structures.add(structure(type, handle, body, strings));
    }
  }

  /// The texts of a structure, which its fields number from one; zero is none.
  private final class Texts {
    private final Map<String, String> said;
    private final List<String> all = new ArrayList<>();

    Texts(int type) {
      this(fields.values().getOrDefault(type, Map.of()));
    }

    Texts(Map<String, String> said) {
      this.said = said;
    }

    /// @param otherwise null for none
    int of(String name, String otherwise) {
      return text(said.getOrDefault(name, otherwise));
    }

    int text(String text) {
      if (text == null || text.isEmpty()) {
        return 0;
      }
      all.add(text);
      return all.size();
    }

    String[] all() {
      return all.toArray(String[]::new);
    }
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
