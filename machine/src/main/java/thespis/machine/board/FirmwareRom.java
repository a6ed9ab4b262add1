package thespis.machine.board;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.mmu.PhysMap.Range;
import thespis.cpu.model.ConfigException;
import thespis.machine.bus.GuestMemory;

/// The user's firmware, as a ROM on the board. The image ends at 4 GiB; its last 128 KiB also at 1 MiB, until RAM is
/// shadowed over them.
final class FirmwareRom implements AutoCloseable {
  private static final long ONE_MIB = 0x100000;
  private static final long UNIT = 0x10000;
  private static final long MOST = 16 * ONE_MIB;
  private static final long ISA_BIOS_SIZE = 0x20000;

  private final Arena rom = Arena.ofShared();

  /// @throws ConfigException in QEMU's words
  void map(Path path, PhysMap map) {
    byte[] image;
    try {
      image = Files.readAllBytes(path);
    } catch (IOException e) {
      throw new ConfigException("could not load PC BIOS '" + path + "'");
    }
    long size = image.length;
    if (size == 0 || size % UNIT != 0 || size > MOST) {
      throw new ConfigException("could not load PC BIOS '" + path + "'");
    }
    MemorySegment bytes = rom.allocate(size, PhysMap.PAGE_SIZE).copyFrom(MemorySegment.ofArray(image));
    map.map(new Range("bios", GuestMemory.FOUR_GIB - size, size, bytes.address(), PhysMap.READ));
    long low = Math.min(size, ISA_BIOS_SIZE);
    map.map(new Range("isa-bios", ONE_MIB - low, low, bytes.address() + size - low, PhysMap.READ));
  }

  /// Closing twice is fine.
  @Override
  public void close() {
    if (rom.scope().isAlive()) {
      rom.close();
    }
  }
}
