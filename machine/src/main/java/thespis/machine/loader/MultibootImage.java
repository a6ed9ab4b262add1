package thespis.machine.loader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import thespis.cpu.state.BootState;
import thespis.machine.bus.GuestMemory;

/// A kernel with a Multiboot header, as ELF or with the header's own addresses ("a.out kludge"). Multiboot Specification
/// 0.6.96 "OS image format", "Machine state", "Boot information format". Left out: video modes. `-initrd` is QEMU's list
/// of modules: files divided by commas, each with its arguments after a space.
final class MultibootImage implements KernelImage {
  private static final int SEARCH_LIMIT = 8192;
  private static final int HEADER_MAGIC = 0x1BADB002;
  private static final int BOOTLOADER_MAGIC = 0x2BADB002;
  private static final int HEADER_ADDRESSES = 0x0001_0000;

  private static final int INFO_MEMORY = 0x001;
  private static final int INFO_BOOT_DEVICE = 0x002;
  private static final int INFO_CMDLINE = 0x004;
  private static final int INFO_MODS = 0x008;
  private static final int INFO_MMAP = 0x040;
  private static final int INFO_LOADER_NAME = 0x200;

  private static final long MODULE_LIST = LowMemory.BOOT_LISTS;
  private static final long MEMORY_MAP = LowMemory.BOOT_LISTS + 0x4000;
  private static final long LOADER_NAME = LowMemory.BOOT_LISTS + 0x6000;
  private static final long PAGE = 0x1000;
  private static final int MODULE_ENTRY = 16;
  private static final int MEMORY_MAP_ENTRY = 24;
  private static final int MOST_MODULES = 256;

  private final Path path;
  private final ImageFile file;
  private final long header;

  static boolean recognises(ImageFile file) {
    return find(file) >= 0;
  }

  MultibootImage(Path path, ImageFile file) {
    this.path = path;
    this.file = file;
    this.header = find(file);
  }

  private static long find(ImageFile file) {
    for (long at = 0; at + 12 <= Math.min(SEARCH_LIMIT, file.size()); at += 4) {
      if (file.i32(at) == HEADER_MAGIC && file.i32(at) + file.i32(at + 4) + file.i32(at + 8) == 0) {
        return at;
      }
    }
    return -1;
  }

  /// The image in RAM.
  private record Loaded(long entry, long end) {}

  private record Module(long start, long end, String text) {}

  @Override
  public BootState load(BootRequest request) throws IOException {
    GuestMemory memory = request.memory();
    Loaded kernel = loadKernel(memory);
    List<Module> modules = request.initrd().isPresent() ? modules(request, kernel.end) : List.of();
    long text = LowMemory.COMMAND_LINE;
    long info = LowMemory.BOOT_INFO;
    memory.fill(info, PAGE, 0);
    int flags = INFO_MEMORY | INFO_BOOT_DEVICE | INFO_CMDLINE | INFO_MMAP | INFO_LOADER_NAME;
    memory.put32(info + 4, (int) (E820.EBDA >>> 10));
    memory.put32(info + 8, (int) (memory.below4g() - 0x100000 >>> 10));
    memory.put32(info + 12, 0x8000_FFFF);
    memory.put32(info + 16, (int) text);
    text = putText(memory, text, path + " " + request.commandLine());
    if (!modules.isEmpty()) {
      flags |= INFO_MODS;
      memory.put32(info + 20, modules.size());
      memory.put32(info + 24, (int) MODULE_LIST);
      for (int i = 0; i < modules.size(); i++) {
        long at = MODULE_LIST + (long) MODULE_ENTRY * i;
        memory.put32(at, (int) modules.get(i).start);
        memory.put32(at + 4, (int) modules.get(i).end);
        memory.put32(at + 8, (int) text);
        memory.put32(at + 12, 0);
        text = putText(memory, text, modules.get(i).text);
      }
    }
    memory.put32(info + 44, memoryMap(memory, request.memoryMap()));
    memory.put32(info + 48, (int) MEMORY_MAP);
    memory.writeText(LOADER_NAME, "qemu");
    memory.put32(info + 64, (int) LOADER_NAME);
    memory.put32(info, flags);
    return LowMemory.protected32(memory, kernel.entry)
        .with(BootState.RAX, BOOTLOADER_MAGIC)
        .with(BootState.RBX, info);
  }

  private Loaded loadKernel(GuestMemory memory) {
    if ((file.i32(header + 4) & HEADER_ADDRESSES) == 0) {
      if (!ElfFile.recognises(file)) {
        throw new LoadException("invalid kernel header");
      }
      ElfFile elf = new ElfFile(file);
      return new Loaded(elf.entry(), elf.load(memory));
    }
    long loadAddress = file.u32(header + 16);
    long from = header - (file.u32(header + 12) - loadAddress);
    long loadEnd = file.u32(header + 20);
    long count = loadEnd == 0 ? file.size() - from : loadEnd - loadAddress;
    long bssEnd = Math.max(file.u32(header + 24), loadAddress + count);
    if (!file.holds(from, count) || !memory.holds(loadAddress, bssEnd - loadAddress)) {
      throw new LoadException("invalid load_addr address");
    }
    file.copyTo(memory, loadAddress, from, count);
    memory.fill(loadAddress + count, bssEnd - loadAddress - count, 0);
    return new Loaded(file.u32(header + 28), bssEnd);
  }

  private static List<Module> modules(BootRequest request, long kernelEnd) throws IOException {
    GuestMemory memory = request.memory();
    List<Module> modules = new ArrayList<>();
    long at = kernelEnd + PAGE - 1 & -PAGE;
    for (String text : request.initrd().orElseThrow().split(",")) {
      Path path = Path.of(text.strip().split(" ", 2)[0]);
      try (Arena arena = Arena.ofConfined()) {
        ImageFile module = request.files().map(path, arena);
        if (modules.size() == MOST_MODULES || !memory.holds(at, module.size())) {
          throw new LoadException("initrd is too large, cannot support.(max: "
              + Math.max(0, memory.below4g() - at) + ", need " + module.size() + ")");
        }
        module.copyTo(memory, at, 0, module.size());
        modules.add(new Module(at, at + module.size(), text.strip()));
        at = at + module.size() + PAGE - 1 & -PAGE;
      } catch (IOException e) {
        throw new LoadException("Failed to open file '" + path + "'", e);
      }
    }
    return modules;
  }

  private static long putText(GuestMemory memory, long at, String text) {
    memory.writeText(at, text);
    return at + text.getBytes(StandardCharsets.UTF_8).length + 1;
  }

  private static int memoryMap(GuestMemory memory, List<E820.Entry> map) {
    long at = MEMORY_MAP;
    for (E820.Entry entry : map) {
      memory.put32(at, MEMORY_MAP_ENTRY - 4);
      memory.put64(at + 4, entry.base());
      memory.put64(at + 12, entry.size());
      memory.put32(at + 20, entry.type());
      at += MEMORY_MAP_ENTRY;
    }
    return (int) (at - MEMORY_MAP);
  }
}
