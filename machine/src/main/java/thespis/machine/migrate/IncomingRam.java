package thespis.machine.migrate;

import java.util.List;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;

/// Where the pages of a stream go: the RAM of a machine that has never run. A page that nobody has written to is left to
/// the host as long as it is zero.
public final class IncomingRam {
  static final int PAGE = (int) PhysMap.PAGE_SIZE;

  private final GuestRam ram;
  private final List<RamBlock> blocks;

  /// @param ram null if there are no blocks
  public IncomingRam(GuestRam ram, List<RamBlock> blocks) {
    this.ram = ram;
    this.blocks = List.copyOf(blocks);
  }

  void pages(int block, long first, int count, byte[] content) throws StreamException {
    long at = address(block, first, count);
    Mem.copyIn(content, 0, at, count * PAGE);
    ram.written(at, (long) count * PAGE);
  }

  void zeroes(int block, long first, int count) throws StreamException {
    long at = address(block, first, count);
    for (long page = at; page < at + (long) count * PAGE; page += PAGE) {
      if (ram.wasWritten((page - ram.host()) / PAGE)) {
        Mem.fill(page, PAGE, (byte) 0);
        ram.written(page);
      }
    }
  }

  private long address(int block, long first, int count) throws StreamException {
    if (block >= blocks.size()) {
      throw new StreamException("the stream has memory of a block that is not there");
    }
    RamBlock b = blocks.get(block);
    if (count <= 0 || first < 0 || first > b.pages() - count) {
      throw new StreamException("the stream has memory outside of block '" + b.name() + "'");
    }
    return ram.host() + b.offset() + first * PAGE;
  }
}
