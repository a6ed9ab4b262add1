package thespis.cpu.run;

import thespis.cpu.decode.Decoder;
import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// Single instructions of code that may be translated which were decoded lately, by RIP, with the mode and the bytes that
/// they were decoded from.
final class InstructionCache implements AutoCloseable {
  private static final int ENTRY = 64;

  // ---- an entry
  private static final int RIP = 0;
  private static final int BYTES = 8;
  private static final int MODE = 24;
  private static final int RECORD = 32;

  /// Longer than any instruction.
  private static final int LONGEST = 16;

  private final Cpu cpu;
  private final Mmu mmu;
  private final Decoder decoder;
  private final int entries;
  private final long cache;

  /// @param entries a power of 2
  InstructionCache(Cpu cpu, int entries) {
    this.cpu = cpu;
    this.mmu = cpu.mmu;
    this.decoder = new Decoder(cpu, cpu.mmu);
    this.entries = entries;
    this.cache = Mem.allocate((long) entries * ENTRY);
  }

  /// The record of an instruction, good until the next call. Raises what its fetch raises.
  long record(long rip) {
    long host = mmu.hostForFetch(rip);
    long entry = cache + ((rip ^ rip >>> 12) & entries - 1) * ENTRY;
    boolean whole = host != 0 && (host & 0xFFF) <= 4096 - LONGEST;
    if (!whole || Mem.get64(entry + RIP) != rip || Mem.get32(entry + MODE) != cpu.mode
        || Mem.get64(entry + BYTES) != Mem.get64(host)
        || Mem.get64(entry + BYTES + 8) != Mem.get64(host + 8) || Op.length(entry + RECORD) == 0) {
      Mem.put64(entry + RIP, 0);
      decoder.decode(rip, entry + RECORD, 0);
      if (whole) {
        Mem.put64(entry + BYTES, Mem.get64(host));
        Mem.put64(entry + BYTES + 8, Mem.get64(host + 8));
        Mem.put32(entry + MODE, cpu.mode);
        Mem.put64(entry + RIP, rip);
      }
    }
    return entry + RECORD;
  }

  @Override
  public void close() {
    Mem.free(cache);
  }
}
