package thespis.actors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.run.CoreNotes;

/// A guest's memory and its processors' registers as an ELF core file, for crash and GDB. "System V Application Binary
/// Interface", "ELF Header", "Sections", "Program Header"; the parts are in the order in which QEMU 7.2 writes them:
/// headers, notes, memory, the names of the sections.
///
/// @param memory what of it, by ascending address
/// @param segments where in it the addresses are that debuggers ask for, each within one run of it
/// @param processors in order
record CoreFile(List<Run> memory, List<LinearMemory.Run> segments, List<CoreNotes> processors) {
  /// A run of guest-physical memory and where it is on the host.
  record Run(long address, long bytes, long host) {
    private Run within(long begin, long end) {
      long from = Math.max(address, begin);
      return new Run(from, Math.min(address + bytes, end) - from, host + from - address);
    }
  }

  private static final int HEADER = 64, SECTION = 64, SEGMENT = 56;
  private static final int SECTIONS = 2;

  /// Where the first section has the number of segments that is too large for the header.
  private static final int INFO = 44, PN_XNUM = 0xFFFF;

  private static final int ET_CORE = 4, EM_386 = 3, EM_X86_64 = 62, SHT_STRTAB = 3, PT_LOAD = 1, PT_NOTE = 4;
  private static final byte[] NAMES = "\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
  private static final int NAME = 1;
  private static final int PIECE = 1 << 20;

  /// What the processors can read of their address space.
  static List<Run> readable(PhysMap map) {
    List<Run> runs = new ArrayList<>();
    for (PhysMap.Range range : map.ranges()) {
      Run last = runs.isEmpty() ? new Run(-1, 0, 0) : runs.getLast();
      if ((range.access() & PhysMap.READ) == 0) {
        continue;
      }
      if (last.address + last.bytes == range.gpa() && last.host + last.bytes == range.host()) {
        runs.removeLast();
        runs.add(new Run(last.address, last.bytes + range.bytes(), last.host));
      } else {
        runs.add(new Run(range.gpa(), range.bytes(), range.host()));
      }
    }
    return runs;
  }

  /// The part of them from here on, so many bytes.
  static List<Run> part(List<Run> runs, long begin, long length) {
    return runs.stream().map(run -> run.within(begin, begin + length)).filter(run -> run.bytes > 0).toList();
  }

  /// Bytes of memory.
  static long bytes(List<Run> runs) {
    return runs.stream().mapToLong(Run::bytes).sum();
  }

  /// @param written hears how many bytes of memory are in the file by now
  void write(OutputStream file, LongConsumer written) throws IOException {
    int count = 1 + segments.size();
    int headers = HEADER + SECTIONS * SECTION + count * SEGMENT;
    int notes = processors.stream().mapToInt(p -> p.status().length + p.state().length).sum();
    long total = bytes(memory);
    ByteBuffer out = ByteBuffer.allocate(headers + notes).order(ByteOrder.LITTLE_ENDIAN);
    header(out, Math.min(count, PN_XNUM));
    out.position(HEADER + INFO);
    out.putInt(count < PN_XNUM ? 0 : count);
    out.position(HEADER + SECTION);
    out.putInt(NAME).putInt(SHT_STRTAB).putLong(0).putLong(0).putLong(headers + notes + total).putLong(NAMES.length);
    out.position(HEADER + SECTIONS * SECTION);
    segment(out, PT_NOTE, headers, new LinearMemory.Run(0, 0, notes));
    for (LinearMemory.Run run : segments) {
      segment(out, PT_LOAD, headers + notes + offset(run.physical()), run);
    }
    processors.forEach(p -> out.put(p.status()));
    processors.forEach(p -> out.put(p.state()));
    file.write(out.array());
    long done = 0;
    for (Run run : memory) {
      for (long from = 0; from < run.bytes; from += PIECE) {
        byte[] piece = new byte[(int) Math.min(PIECE, run.bytes - from)];
        Mem.copyOut(run.host + from, piece, 0, piece.length);
        file.write(piece);
        done += piece.length;
        written.accept(done);
      }
    }
    file.write(NAMES);
  }

  private void header(ByteBuffer out, int count) {
    boolean longMode = !processors.isEmpty() && processors.getFirst().longMode();
    out.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1}).position(16);
    out.putShort((short) ET_CORE).putShort((short) (longMode ? EM_X86_64 : EM_386)).putInt(1);
    out.putLong(0).putLong(HEADER + SECTIONS * SECTION).putLong(HEADER).putInt(0);
    out.putShort((short) HEADER).putShort((short) SEGMENT).putShort((short) count);
    out.putShort((short) SECTION).putShort((short) SECTIONS).putShort((short) 1);
  }

  /// Behind the first byte of memory that is in the file.
  private long offset(long address) {
    long before = 0;
    for (Run run : memory) {
      if (address >= run.address && address < run.address + run.bytes) {
        return before + address - run.address;
      }
      before += run.bytes;
    }
    throw new IllegalStateException("expected memory that is written down, seen " + Long.toHexString(address));
  }

  private static void segment(ByteBuffer out, int type, long offset, LinearMemory.Run run) {
    out.putInt(type).putInt(0).putLong(offset).putLong(run.linear()).putLong(run.physical())
        .putLong(run.bytes()).putLong(run.bytes()).putLong(0);
  }
}
