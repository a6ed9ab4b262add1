package thespis.machine.loader;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import thespis.machine.bus.GuestMemory;

/// An x86 executable in ELF, 32 or 64 bits: its load segments and notes. System V ABI "Object Files", "Program Loading".
final class ElfFile {
  private static final int MAGIC = 0x464C457F;
  private static final int CLASS = 4;
  private static final int CLASS64 = 2;
  private static final int PT_LOAD = 1;
  private static final int PT_NOTE = 4;

  /// A program header.
  record Segment(int type, long offset, long physical, long fileSize, long memorySize) {}

  private final ImageFile file;
  private final boolean wide;

  static boolean recognises(ImageFile file) {
    return file.holds(0, 52) && file.i32(0) == MAGIC;
  }

  ElfFile(ImageFile file) {
    this.file = file;
    this.wide = file.u8(CLASS) == CLASS64;
  }

  /// Of 64 bits.
  boolean isWide() {
    return wide;
  }

  long entry() {
    return wide ? file.i64(24) : file.u32(24);
  }

  List<Segment> segments() {
    long table = wide ? file.i64(32) : file.u32(28);
    int size = file.u16(wide ? 54 : 42);
    int count = file.u16(wide ? 56 : 44);
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = table + (long) i * size;
      if (!file.holds(at, wide ? 56 : 32)) {
        throw new LoadException("invalid kernel header");
      }
      segments.add(wide ? segment64(at) : segment32(at));
    }
    return segments;
  }

  private Segment segment64(long at) {
    return new Segment(
        file.i32(at), file.i64(at + 8), file.i64(at + 24), file.i64(at + 32), file.i64(at + 40));
  }

  private Segment segment32(long at) {
    return new Segment(file.i32(at), file.u32(at + 4), file.u32(at + 12), file.u32(at + 16), file.u32(at + 20));
  }

  /// Copies the load segments to their physical addresses and clears what has no bytes in the file.
  ///
  /// @return the first address above all of them
  long load(GuestMemory memory) {
    long end = 0;
    for (Segment s : segments()) {
      if (s.type != PT_LOAD || s.memorySize == 0) {
        continue;
      }
      if (s.fileSize > s.memorySize || !file.holds(s.offset, s.fileSize)
          || !memory.holds(s.physical, s.memorySize)) {
        throw new LoadException("kernel segment at 0x" + Long.toHexString(s.physical) + ", 0x"
            + Long.toHexString(s.memorySize) + " bytes, does not fit in memory");
      }
      file.copyTo(memory, s.physical, s.offset, s.fileSize);
      memory.fill(s.physical + s.fileSize, s.memorySize - s.fileSize, 0);
      end = Math.max(end, s.physical + s.memorySize);
    }
    if (end == 0) {
      throw new LoadException("invalid kernel header");
    }
    return end;
  }

  private List<Segment> loaded() {
    return segments().stream().filter(s -> s.type == PT_LOAD && s.memorySize != 0)
        .sorted((a, b) -> Long.compare(a.physical, b.physical)).toList();
  }

  /// Can the segments be moved to their addresses one after the other, if this file lies in guest memory?
  ///
  /// @param at where it lies
  /// @param limit end of the memory that may be used
  boolean canMoveFrom(long at, long limit) {
    List<Segment> all = loaded();
    for (int i = 0; i < all.size(); i++) {
      Segment s = all.get(i);
      if (s.fileSize > s.memorySize || !file.holds(s.offset, s.fileSize) || s.physical < at
          || s.physical > limit - s.memorySize) {
        return false;
      }
      for (Segment later : all.subList(i + 1, all.size())) {
        if (s.physical + s.memorySize > Math.min(later.physical, at + later.offset)) {
          return false;
        }
      }
    }
    return !all.isEmpty();
  }

  /// Moves them, and clears all that is left of the file.
  ///
  /// @return the first address above all segments
  long moveFrom(long at, GuestMemory memory) {
    long end = at;
    for (Segment s : loaded()) {
      if (s.physical != at + s.offset) {
        file.copyTo(memory, s.physical, s.offset, s.fileSize);
      }
      memory.fill(end, s.physical - end, 0);
      end = s.physical + s.fileSize;
      memory.fill(end, s.memorySize - s.fileSize, 0);
      end = s.physical + s.memorySize;
    }
    memory.fill(end, Math.max(0, at + file.size() - end), 0);
    return end;
  }

  /// A number in a note: the first four bytes of its descriptor.
  OptionalLong note(String owner, int type) {
    for (Segment s : segments()) {
      if (s.type == PT_NOTE && file.holds(s.offset, s.fileSize)) {
        OptionalLong found = note(s.offset, s.offset + s.fileSize, owner, type);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return OptionalLong.empty();
  }

  private OptionalLong note(long from, long end, String owner, int type) {
    for (long at = from; at + 12 <= end; ) {
      long nameSize = file.u32(at);
      long descSize = file.u32(at + 4);
      long name = at + 12;
      long desc = name + align4(nameSize);
      long next = desc + align4(descSize);
      if (next > end) {
        break;
      }
      if (file.i32(at + 8) == type && nameSize == owner.length() + 1 && descSize >= 4 && named(name, owner)) {
        return OptionalLong.of(file.u32(desc));
      }
      at = next;
    }
    return OptionalLong.empty();
  }

  private boolean named(long at, String owner) {
    for (int i = 0; i < owner.length(); i++) {
      if (file.u8(at + i) != owner.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static long align4(long n) {
    return n + 3 & ~3L;
  }
}
