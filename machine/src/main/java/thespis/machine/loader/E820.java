package thespis.machine.loader;

import java.util.ArrayList;
import java.util.List;
import thespis.machine.bus.GuestMemory;

/// The memory map a PC's firmware reports. ACPI 6.5 "System Address Map Interfaces", INT 15h function E820h. The entries
/// and their order are those SeaBIOS gives on QEMU 7.2, seen in Linux's `BIOS-e820` lines at 128 MiB, 512 MiB and 5 GiB.
public final class E820 {
  public static final int RAM = 1;
  public static final int RESERVED = 2;

  public static final long EBDA = 0x9FC00;
  private static final long CONVENTIONAL_END = 0xA0000;
  private static final long BIOS = 0xF0000;
  private static final long ONE_MIB = 0x100000;
  private static final long FLASH = 0xFFFC_0000L;
  private static final long HYPERTRANSPORT = 0xFD_0000_0000L;
  private static final long HYPERTRANSPORT_SIZE = 0x3_0000_0000L;

  public record Entry(long base, long size, int type) {}

  private E820() {}

  /// @param tables where the firmware's tables start; they reach to the end of low RAM
  /// @param boardReserved chip set ranges, such as Q35's MMCONFIG, ascending, between RAM and the flash
  /// @param amdCpu the processors' vendor is AMD
  public static List<Entry> of(GuestMemory memory, long tables, List<Entry> boardReserved, boolean amdCpu) {
    List<Entry> map = new ArrayList<>();
    map.add(new Entry(0, EBDA, RAM));
    map.add(new Entry(EBDA, CONVENTIONAL_END - EBDA, RESERVED));
    map.add(new Entry(BIOS, ONE_MIB - BIOS, RESERVED));
    map.add(new Entry(ONE_MIB, tables - ONE_MIB, RAM));
    if (tables < memory.below4g()) {
      map.add(new Entry(tables, memory.below4g() - tables, RESERVED));
    }
    map.addAll(boardReserved);
    map.add(new Entry(FLASH, GuestMemory.FOUR_GIB - FLASH, RESERVED));
    if (memory.above4g() > 0) {
      map.add(new Entry(GuestMemory.FOUR_GIB, memory.above4g(), RAM));
    }
    map.addAll(hyperTransport(amdCpu));
    return List.copyOf(map);
  }

  /// What processors with the vendor AMD keep below 1 TiB.
  public static List<Entry> hyperTransport(boolean amdCpu) {
    return amdCpu ? List.of(new Entry(HYPERTRANSPORT, HYPERTRANSPORT_SIZE, RESERVED)) : List.of();
  }

  /// The end of the RAM from 1 MiB on that an operating system may use.
  static long usableEnd(List<Entry> map) {
    return map.stream()
        .filter(e -> e.type == RAM && e.base == ONE_MIB)
        .mapToLong(e -> e.base + e.size)
        .findFirst()
        .orElseThrow();
  }
}
