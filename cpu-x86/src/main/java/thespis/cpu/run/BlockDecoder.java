package thespis.cpu.run;

import thespis.cpu.decode.Decoder;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.decode.Special;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Makes the records of a block: up to the next branch, the end of the page, or where a debugger wants to stop.
final class BlockDecoder {
  private static final int MAX_OPS = 64;

  /// The most that a block takes.
  static final long ROOM = Block.HEADER + (MAX_OPS + 1) * Op.BYTES;

  private static final int LONGEST_INSTRUCTION = 15;

  private final Cpu cpu;
  private final Decoder decoder;
  private final CodePages pages;

  // ---- what the last block became
  /// Where its records end.
  long end;

  /// In bytes of guest code.
  int length;

  /// Host address of the page that its last instruction reaches into, or 0.
  long second;

  /// Instructions, since the core began.
  long decoded;

  BlockDecoder(Cpu cpu, CodePages pages) {
    this.cpu = cpu;
    this.decoder = new Decoder(cpu, cpu.mmu);
    this.pages = pages;
  }

  /// Decodes the block at `rip`, whose first byte is at `host`. Raises what fetching its first instruction does.
  ///
  /// @param first where its records go
  void decode(long rip, long host, long first) {
    long room = 4096 - (host & 0xFFF);
    long p = first;
    second = 0;
    length = 0;
    int ops = 0;
    boolean ended = false;
    boolean debugged = cpu.debug.hasCode();
    long linear = (cpu.mode & CodeMode.CODE_64) != 0 ? rip : cpu.base(Cpu.CS) + rip & 0xFFFF_FFFFL;
    while (ops < MAX_OPS && length < room && !ended && second == 0) {
      if (debugged && cpu.debug.stopsAt(linear + length)) {
        break;
      }
      pages.claim(host + length, (int) Math.min(LONGEST_INSTRUCTION, room - length));
      try {
        ended = decoder.decode(rip + length, p, length) != 0;
      } catch (GuestFault f) {
        if (ops == 0) {
          throw f;
        }
        break; // the instruction runs into a page that is not there: it will fault when its turn comes
      }
      if (decoder.crossedPage) {
        if (ops > 0) {
          ended = false;
          break; // a block of its own
        }
        second = decoder.secondHost & Tlb.PAGE_MASK;
        pages.claim(second, 64);
      }
      length += Op.length(p);
      p += Op.BYTES;
      ops++;
      decoded++;
    }
    end = ended ? p : close(rip + length, p);
    if (isFast(cpu.mode)) {
      Special.select(first, end);
    }
  }

  /// A last record that leads to the next block.
  private long close(long next, long p) {
    Mem.fill(p, Op.BYTES, (byte) 0);
    Op.setOp(p, Ops.END_BLOCK);
    Mem.put16(p + 8, (short) length);
    Mem.put64(p + 16, (cpu.mode & CodeMode.CODE_64) != 0 ? next : next & 0xFFFF_FFFFL);
    return p + Op.BYTES;
  }

  /// Special forms and bytecode are for 64-bit code whose branches only jump.
  static boolean isFast(int mode) {
    return (mode & (CodeMode.CODE_64 | CodeMode.BOUNDS)) == CodeMode.CODE_64;
  }

  /// Decodes one instruction without keeping it.
  void decodeOne(long rip, long rec) {
    decoder.decode(rip, rec, 0);
  }
}
