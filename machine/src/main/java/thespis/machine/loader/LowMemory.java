package thespis.machine.loader;

import java.nio.charset.StandardCharsets;
import thespis.cpu.state.BootState;
import thespis.machine.bus.GuestMemory;

/// Where a loader puts what a kernel needs at its first instruction, all of it in conventional memory that the E820 map
/// calls usable: descriptor table, identity-mapped page tables, boot parameters, command line.
final class LowMemory {
  static final long GDT = 0x1000;
  static final long PAGE_TABLES = 0x2000;
  static final long BOOT_INFO = 0x10000;
  static final long BOOT_LISTS = 0x11000;
  static final long COMMAND_LINE = 0x20000;
  static final long COMMAND_LINE_END = 0x90000;

  /// Selectors of "The Linux/x86 Boot Protocol": __BOOT_CS and __BOOT_DS.
  static final int CODE_SELECTOR = 0x10;

  static final int DATA_SELECTOR = 0x18;

  private static final long CODE64 = 0x00AF_9B00_0000_FFFFL;
  private static final long CODE32 = 0x00CF_9B00_0000_FFFFL;
  private static final long DATA = 0x00CF_9300_0000_FFFFL;
  private static final int PRESENT_WRITABLE = 0x03;
  private static final int LARGE_PAGE = 0x80;
  private static final long TWO_MIB = 0x20_0000;

  private LowMemory() {}

  /// 64-bit entry: flat segments and the first 4 GiB mapped one to one with 2 MiB pages.
  static BootState long64(GuestMemory memory, long rip) {
    BootState.Table gdt = gdt(memory, CODE64);
    long pdpt = PAGE_TABLES + 0x1000;
    memory.fill(PAGE_TABLES, 0x6000, 0);
    memory.put64(PAGE_TABLES, pdpt | PRESENT_WRITABLE);
    for (int gib = 0; gib < 4; gib++) {
      long directory = pdpt + 0x1000L * (gib + 1);
      memory.put64(pdpt + 8 * gib, directory | PRESENT_WRITABLE);
      for (int i = 0; i < 512; i++) {
        long page = (gib * 512L + i) * TWO_MIB;
        memory.put64(directory + 8 * i, page | LARGE_PAGE | PRESENT_WRITABLE);
      }
    }
    return BootState.long64(rip, PAGE_TABLES, gdt, CODE_SELECTOR, DATA_SELECTOR);
  }

  /// 32-bit entry: flat segments, paging off.
  static BootState protected32(GuestMemory memory, long eip) {
    return BootState.protected32(eip, gdt(memory, CODE32), CODE_SELECTOR, DATA_SELECTOR);
  }

  private static BootState.Table gdt(GuestMemory memory, long code) {
    memory.put64(GDT, 0);
    memory.put64(GDT + 8, 0);
    memory.put64(GDT + CODE_SELECTOR, code);
    memory.put64(GDT + DATA_SELECTOR, DATA);
    return new BootState.Table(GDT, DATA_SELECTOR + 7);
  }

  /// Puts the command line in place, cut to `limit` bytes; returns its length.
  static int commandLine(GuestMemory memory, String text, int limit) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = (int) Math.min(bytes.length, Math.min(limit, COMMAND_LINE_END - COMMAND_LINE - 1));
    memory.write(COMMAND_LINE, bytes, 0, length);
    memory.put8(COMMAND_LINE + length, 0);
    return length;
  }
}
