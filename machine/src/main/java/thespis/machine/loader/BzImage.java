package thespis.machine.loader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import thespis.cpu.state.BootState;
import thespis.machine.bus.GuestMemory;

/// A Linux bzImage. "The Linux/x86 Boot Protocol" (Documentation/x86/boot.rst), "The Real-Mode Kernel Header", "64-bit
/// BOOT PROTOCOL", "32-bit BOOT PROTOCOL", and "Zero Page". Three ways in:
///
/// - the payload is unpacked on the host and the kernel proper entered at its ELF entry, in the mode that its class says. The
///   kernel stays at its preferred address: KASLR is off, as with `nokaslr` (ADR 0011);
/// - the 64-bit entry of the kernel's own decompressor (`guestDecompressor`, and formats unknown here);
/// - its 32-bit entry, for kernels that have no 64-bit one.
final class BzImage implements KernelImage {
  private static final int SETUP_SECTS = 0x1F1;
  private static final int HEADER_LENGTH = 0x201;
  private static final int MAGIC = 0x202;
  private static final int VERSION = 0x206;
  private static final int TYPE_OF_LOADER = 0x210;
  private static final int LOADFLAGS = 0x211;
  private static final int CODE32_START = 0x214;
  private static final int RAMDISK_IMAGE = 0x218;
  private static final int RAMDISK_SIZE = 0x21C;
  private static final int CMD_LINE_PTR = 0x228;
  private static final int INITRD_ADDR_MAX = 0x22C;
  private static final int XLOADFLAGS = 0x236;
  private static final int CMDLINE_SIZE = 0x238;
  private static final int PAYLOAD_OFFSET = 0x248;
  private static final int PAYLOAD_LENGTH = 0x24C;
  private static final int PREF_ADDRESS = 0x258;
  private static final int INIT_SIZE = 0x260;
  private static final int HEADER_END_LIMIT = 0x290;

  // Zero page fields outside the header
  private static final int ACPI_RSDP_ADDR = 0x070;
  private static final int E820_ENTRIES = 0x1E8;
  private static final int E820_TABLE = 0x2D0;
  private static final int E820_MAX = 128;
  private static final int ZERO_PAGE_SIZE = 0x1000;

  private static final int HDRS = 0x53726448;
  private static final int LOADED_HIGH = 0x01;
  private static final int XLF_KERNEL_64 = 0x01;
  private static final int XLF_CAN_BE_LOADED_ABOVE_4G = 0x02;
  private static final int LOADER_QEMU = 0xB0;
  private static final int ENTRY_64 = 0x200;
  private static final int SECTOR = 512;

  /// Where Linux's link leaves the first segment in the ELF file: one large page for the headers, or a small one where
  /// the kernel is one of 32 bits.
  private static final long FIRST_SEGMENT = 0x20_0000;

  private static final long FIRST_SEGMENT_32 = 0x1000;

  private static final long PROTECTED_MODE_KERNEL = 0x100000;
  private static final long OLD_INITRD_MAX = 0x37FF_FFFF;
  private static final int OLD_CMDLINE_SIZE = 255;

  private final ImageFile file;
  private final int version;

  static boolean recognises(ImageFile file) {
    return file.holds(0, HEADER_END_LIMIT) && file.i32(MAGIC) == HDRS;
  }

  BzImage(ImageFile file) {
    this.file = file;
    this.version = file.u16(VERSION);
    if (setupSize() > file.size()) {
      throw new LoadException("invalid kernel header");
    }
    if (version < 0x202 || (file.u8(LOADFLAGS) & LOADED_HIGH) == 0) {
      throw new LoadException("invalid kernel header");
    }
  }

  private long setupSize() {
    int sectors = file.u8(SETUP_SECTS);
    return (sectors == 0 ? 5 : sectors + 1) * (long) SECTOR;
  }

  private boolean has64BitEntry() {
    return version >= 0x20C && (file.u16(XLOADFLAGS) & XLF_KERNEL_64) != 0;
  }

  /// Unpacks the kernel proper ahead of its loading.
  Optional<EarlyKernel.Placed> placeEarly(GuestMemory memory) throws IOException {
    Optional<ImageFile> packed = payload();
    Optional<Payload> format = packed.flatMap(Payload::of);
    long headers = has64BitEntry() ? FIRST_SEGMENT : FIRST_SEGMENT_32;
    return format.isEmpty()
        ? Optional.empty()
        : EarlyKernel.unpack(format.get(), packed.get(), memory, file.i64(PREF_ADDRESS) - headers);
  }

  @Override
  public BootState load(BootRequest request) throws IOException {
    return load(request, Optional.empty());
  }

  /// @param early what is in its place already
  BootState load(BootRequest request, Optional<EarlyKernel.Placed> early) throws IOException {
    GuestMemory memory = request.memory();
    if (early.isPresent()) {
      bootParameters(request, Math.max(early.get().end(), kernelEnd()));
      return enter(memory, early.get().wide(), early.get().entry());
    }
    if (!request.guestDecompressor()) {
      Optional<ImageFile> packed = payload();
      Optional<Payload> format = packed.flatMap(Payload::of);
      if (format.isPresent()) {
        try (Arena arena = Arena.ofShared()) {
          ElfFile kernel = new ElfFile(format.get().unpack(packed.get(), arena));
          bootParameters(request, Math.max(kernel.load(memory), kernelEnd()));
          return enter(memory, kernel.isWide(), kernel.entry());
        }
      }
    }
    long start = PROTECTED_MODE_KERNEL;
    long size = file.size() - setupSize();
    file.copyTo(memory, start, setupSize(), size);
    bootParameters(request, start + Math.max(size, version >= 0x20A ? file.u32(INIT_SIZE) : 0));
    return enter(memory, has64BitEntry(), has64BitEntry() ? start + ENTRY_64 : start);
  }

  /// With what it needs before it knows of other memory.
  private long kernelEnd() {
    return file.i64(PREF_ADDRESS) + file.u32(INIT_SIZE);
  }

  private static BootState enter(GuestMemory memory, boolean wide, long rip) {
    BootState state = wide ? LowMemory.long64(memory, rip) : LowMemory.protected32(memory, rip);
    return state.with(BootState.RSI, LowMemory.BOOT_INFO);
  }

  private Optional<ImageFile> payload() {
    if (version < 0x20A) { // the first that tells where the kernel wants to be
      return Optional.empty();
    }
    long offset = setupSize() + file.u32(PAYLOAD_OFFSET);
    long length = file.u32(PAYLOAD_LENGTH);
    return length > 8 && file.holds(offset, length)
        ? Optional.of(new ImageFile(file.slice(offset, length)))
        : Optional.empty();
  }

  private void bootParameters(BootRequest request, long kernelEnd) {
    GuestMemory memory = request.memory();
    long zeroPage = LowMemory.BOOT_INFO;
    memory.fill(zeroPage, ZERO_PAGE_SIZE, 0);
    int headerEnd = Math.min(MAGIC + file.u8(HEADER_LENGTH), HEADER_END_LIMIT);
    file.copyTo(memory, zeroPage + SETUP_SECTS, SETUP_SECTS, headerEnd - SETUP_SECTS);
    memory.put8(zeroPage + TYPE_OF_LOADER, LOADER_QEMU);
    memory.put32(zeroPage + CODE32_START, (int) PROTECTED_MODE_KERNEL);

    int limit = version >= 0x206 ? file.i32(CMDLINE_SIZE) : OLD_CMDLINE_SIZE;
    LowMemory.commandLine(memory, request.commandLine(), limit);
    memory.put32(zeroPage + CMD_LINE_PTR, (int) LowMemory.COMMAND_LINE);

    if (request.initrd().isPresent()) {
      Initrd initrd = Initrd.load(request, initrdMax(), kernelEnd);
      memory.put32(zeroPage + RAMDISK_IMAGE, (int) initrd.address());
      memory.put32(zeroPage + RAMDISK_SIZE, (int) initrd.size());
    }
    memory.put64(zeroPage + ACPI_RSDP_ADDR, request.rsdp());
    memoryMap(memory, zeroPage, request.memoryMap());
  }

  private long initrdMax() {
    if (version >= 0x20C && (file.u16(XLOADFLAGS) & XLF_CAN_BE_LOADED_ABOVE_4G) != 0) {
      return 0xFFFF_FFFFL;
    }
    return version >= 0x203 ? file.u32(INITRD_ADDR_MAX) : OLD_INITRD_MAX;
  }

  private static void memoryMap(GuestMemory memory, long zeroPage, List<E820.Entry> map) {
    int count = Math.min(map.size(), E820_MAX);
    memory.put8(zeroPage + E820_ENTRIES, count);
    for (int i = 0; i < count; i++) {
      long at = zeroPage + E820_TABLE + 20L * i;
      memory.put64(at, map.get(i).base());
      memory.put64(at + 8, map.get(i).size());
      memory.put32(at + 16, map.get(i).type());
    }
  }
}
