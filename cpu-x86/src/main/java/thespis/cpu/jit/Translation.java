package thespis.cpu.jit;

import thespis.cpu.mmu.Mem;

/// One block's translation as it is kept: what the guest must have there for it to fit, host code, and what changes when
/// a core takes it. Native memory or part of a file; nobody writes to it once it is made.
///
/// | offset | bits | what |
/// |---|---|---|
/// | 0 | 64 | RIP |
/// | 8 | 32 | the processor's mode |
/// | 12 | 32 | bytes of all this, a multiple of 8 |
/// | 16 | 32 | bytes of guest code, which follow the table, filled up to a multiple of 8 |
/// | 20 | 32 | number of exits, 20 bytes each, which follow those |
/// | 24 | 32 | bytes of host code, which follow the exits |
/// | 28 | 32 | entry with the flags saved, relative to the host code |
/// | 32 | 32 | entry with the flags in the host's |
final class Translation {
  private static final int RIP = 0;
  private static final int MODE = 8;
  private static final int SIZE = 12;
  private static final int LENGTH = 16;
  private static final int EXITS = 20;
  private static final int CODE = 24;
  private static final int ENTRY_SAVED = 28;
  private static final int ENTRY_FLAGS = 32;
  private static final int HEAD = 40;

  // ---- an exit: addresses are relative to the host code, RIPs to the block's
  private static final int KIND = 0;
  private static final int DETAIL = 1;
  private static final int END = 4;
  private static final int ADDRESS = 8;
  private static final int STUB = 12;
  private static final int EXIT_RIP = 16;
  private static final int EXIT_BYTES = 20;

  /// An address of an exit that does not have it.
  private static final int NONE = -1;

  private Translation() {}

  // ---- what there is

  static long rip(long t) {
    return Mem.get64(t + RIP);
  }

  static int mode(long t) {
    return Mem.get32(t + MODE);
  }

  static int size(long t) {
    return Mem.get32(t + SIZE);
  }

  static int length(long t) {
    return Mem.get32(t + LENGTH);
  }

  /// Bytes of its host code.
  static int code(long t) {
    return Mem.get32(t + CODE);
  }

  /// Does its size agree with what it holds, and is it all there?
  ///
  /// @param room bytes there are
  static boolean sound(long t, long room) {
    return room >= HEAD && size(t) <= room && length(t) > 0 && length(t) <= 4096 && Mem.get32(t + EXITS) >= 0
        && code(t) > 0 && size(t) == size(length(t), Mem.get32(t + EXITS), code(t));
  }

  /// Are these the bytes of guest code that it was made from?
  static boolean fits(long t, long host) {
    int length = length(t);
    long own = t + HEAD;
    int i = 0;
    for (; i <= length - 8; i += 8) {
      if (Mem.get64(own + i) != Mem.get64(host + i)) {
        return false;
      }
    }
    for (; i < length; i++) {
      if (Mem.get8(own + i) != Mem.get8(host + i)) {
        return false;
      }
    }
    return true;
  }

  /// Do two stand for the same code?
  static boolean same(long t, long u) {
    return rip(t) == rip(u) && mode(t) == mode(u) && length(t) == length(u) && fits(t, u + HEAD);
  }

  // ---- making one

  static int size(int length, int exits, int code) {
    return HEAD + rounded(length) + rounded(exits * EXIT_BYTES + code);
  }

  private static int rounded(int n) {
    return n + 7 & -8;
  }

  /// Keeps the translation that lies at [code, end).
  ///
  /// @param bytes the guest's
  /// @param first number of its first exit; it has all from there on
  static void write(
      long t, long rip, int mode, long bytes, int length, long code, long end, Exits exits, int first) {
    int n = exits.count() - first;
    int size = size(length, n, (int) (end - code));
    Mem.fill(t, size, (byte) 0);
    Mem.put64(t + RIP, rip);
    Mem.put32(t + MODE, mode);
    Mem.put32(t + SIZE, size);
    Mem.put32(t + LENGTH, length);
    Mem.put32(t + EXITS, n);
    Mem.put32(t + CODE, (int) (end - code));
    Mem.copy(bytes, t + HEAD, length);
    long to = t + HEAD + rounded(length);
    for (int i = first; i < exits.count(); i++) {
      Mem.put8(to + KIND, (byte) exits.kind(i));
      Mem.put8(to + DETAIL, (byte) exits.detail(i));
      Mem.put32(to + END, (int) (exits.end(i) - code));
      Mem.put32(to + ADDRESS, relative(exits.address(i), code));
      Mem.put32(to + STUB, relative(exits.stub(i), code));
      Mem.put32(to + EXIT_RIP, (int) (exits.rip(i) - rip));
      to += EXIT_BYTES;
    }
    Mem.copy(code, to, end - code);
  }

  private static int relative(long address, long code) {
    return address == 0 ? NONE : (int) (address - code);
  }

  /// @param saved where it is entered with the flags saved, relative to the host code
  /// @param inHost where with the flags in the host's
  static void setEntries(long t, int saved, int inHost) {
    Mem.put32(t + ENTRY_SAVED, saved);
    Mem.put32(t + ENTRY_FLAGS, inHost);
  }

  static int entrySaved(long t) {
    return Mem.get32(t + ENTRY_SAVED);
  }

  static int entryFlags(long t) {
    return Mem.get32(t + ENTRY_FLAGS);
  }

  // ---- taking one

  /// Copies the host code to the end of an area.
  ///
  /// @param header the block that it becomes the code of
  /// @return where it begins
  static long take(long t, CodeArea area, Exits exits, long header) {
    long from = t + HEAD + rounded(length(t));
    int n = Mem.get32(t + EXITS);
    long code = area.asm.at;
    Mem.copy(from + (long) n * EXIT_BYTES, code, code(t));
    area.asm.at = code + code(t);
    for (int i = 0; i < n; i++) {
      long rip = rip(t) + Mem.get32(from + EXIT_RIP);
      int id = exits.add(
          Mem.get8(from + KIND), Mem.get8(from + DETAIL), header, rip, absolute(Mem.get32(from + ADDRESS), code));
      exits.setStub(id, absolute(Mem.get32(from + STUB), code));
      area.leaveBy(id, code + Mem.get32(from + END));
      from += EXIT_BYTES;
    }
    return code;
  }

  private static long absolute(int address, long code) {
    return address == NONE ? 0 : code + address;
  }
}
