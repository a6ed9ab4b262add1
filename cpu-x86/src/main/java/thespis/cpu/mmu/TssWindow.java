package thespis.cpu.mmu;

import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// What translated code sees of the TSS to look into the I/O permission bit map itself: as much as lies in the page where
/// it begins, as long as no translation of an address is dropped. SDM Vol. 1 "I/O Permission Bit Map".
public final class TssWindow {
  private static final int MAP_BASE = 0x66;

  private TssWindow() {}

  /// The TSS was just read.
  ///
  /// @param limit of TR
  public static void open(Cpu cpu, long limit) {
    long host = cpu.mmu.system.host(cpu.trBase);
    int inPage = (int) (4096 - (cpu.trBase & 0xFFF));
    if (host != 0 && inPage >= MAP_BASE + 2) {
      Mem.put64(cpu.st + NativeState.TSS_HOST, host);
      Mem.put32(cpu.st + NativeState.TSS_ROOM, (int) Math.min(limit, inPage - 1));
    }
  }

  public static void close(Cpu cpu) {
    Mem.put64(cpu.st + NativeState.TSS_HOST, cpu.st);
    Mem.put32(cpu.st + NativeState.TSS_ROOM, 0);
  }
}
