package thespis.machine.loader;

import java.util.List;
import thespis.cpu.state.BootState;
import thespis.machine.bus.GuestMemory;

/// An ELF kernel with the PVH entry: 32-bit protected mode, EBX pointing to a start info block. Xen "x86/HVM direct boot
/// ABI" (docs/misc/pvh.pandoc), public/arch-x86/hvm/start_info.h, public/elfnote.h.
final class PvhImage implements KernelImage {
  private static final String OWNER = "Xen";
  private static final int PHYS32_ENTRY = 18;
  private static final int MAGIC = 0x336EC578;
  private static final int VERSION_WITH_MEMORY_MAP = 1;
  private static final int MODULES = 0x100;
  private static final int MEMORY_MAP = 0x200;
  private static final int MEMORY_MAP_ENTRY = 24;

  private final ElfFile elf;

  PvhImage(ElfFile elf) {
    this.elf = elf;
  }

  @Override
  public BootState load(BootRequest request) {
    long entry = elf.note(OWNER, PHYS32_ENTRY)
        .orElseThrow(() -> new LoadException("Error loading uncompressed kernel without PVH ELF Note"));
    GuestMemory memory = request.memory();
    long end = elf.load(memory);
    long info = LowMemory.BOOT_INFO;
    long lists = LowMemory.BOOT_LISTS;
    memory.fill(info, 0x1000, 0);
    memory.put32(info, MAGIC);
    memory.put32(info + 4, VERSION_WITH_MEMORY_MAP);
    if (request.initrd().isPresent()) {
      Initrd initrd = Initrd.load(request, 0xFFFF_FFFFL, end);
      memory.put32(info + 12, 1);
      memory.put64(info + 16, lists + MODULES);
      memory.put64(lists + MODULES, initrd.address());
      memory.put64(lists + MODULES + 8, initrd.size());
      memory.put64(lists + MODULES + 16, 0);
      memory.put64(lists + MODULES + 24, 0);
    }
    LowMemory.commandLine(memory, request.commandLine(), Integer.MAX_VALUE);
    memory.put64(info + 24, LowMemory.COMMAND_LINE);
    memory.put64(info + 32, request.rsdp());
    memory.put64(info + 40, lists + MEMORY_MAP);
    memory.put32(info + 48, request.memoryMap().size());
    memoryMap(memory, lists + MEMORY_MAP, request.memoryMap());
    return LowMemory.protected32(memory, entry).with(BootState.RBX, info);
  }

  /// The types are those of E820.
  private static void memoryMap(GuestMemory memory, long at, List<E820.Entry> map) {
    for (E820.Entry entry : map) {
      memory.put64(at, entry.base());
      memory.put64(at + 8, entry.size());
      memory.put32(at + 16, entry.type());
      memory.put32(at + 20, 0);
      at += MEMORY_MAP_ENTRY;
    }
  }
}
