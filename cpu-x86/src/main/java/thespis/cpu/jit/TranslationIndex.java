package thespis.cpu.jit;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import thespis.cpu.mmu.Mem;

/// A file's table of its translations, open hashing with 16 bytes for each slot. It is used where it lies, so that of a file
/// only what is wanted is read. A translation's number is its slot. One thread at a time.
///
/// | offset | bits | what |
/// |---|---|---|
/// | 0 | 64 | key ({@link #key}) |
/// | 8 | 32 | distance of the translation from the table's begin, in 8 bytes; 0 where the slot is empty |
/// | 12 | 32 | CRC-32C of the translation |
final class TranslationIndex implements Translations {
  private static final int SLOT = 16;
  private static final int OFFSET = 8;
  private static final int CHECK = 12;

  private static final byte UNKNOWN = 0;
  private static final byte INTACT = 1;
  private static final byte DAMAGED = 2;

  private final MemorySegment all;
  private final ByteBuffer bytes;
  private final long table;
  private final int mask;
  /// What has been found out about a slot's translation.
  private final byte[] state;
  private boolean damaged;

  /// @param all the table and what is behind it
  /// @param slots a power of two
  TranslationIndex(MemorySegment all, int slots) {
    this.all = all;
    this.bytes = all.asByteBuffer();
    this.table = all.address();
    this.mask = slots - 1;
    this.state = new byte[slots];
  }

  // ---- making one

  /// Slots for so many translations: with a fifth of them empty a search ends soon.
  static int slots(int count) {
    return Math.max(16, Integer.highestOneBit(count + count / 4) << 1);
  }

  static long bytes(int slots) {
    return (long) slots * SLOT;
  }

  /// The table of translations in memory that will follow it in this order.
  static ByteBuffer of(long[] translations) {
    int slots = slots(translations.length);
    ByteBuffer table = ByteBuffer.allocate((int) bytes(slots)).order(ByteOrder.LITTLE_ENDIAN);
    long at = table.capacity();
    CRC32C check = new CRC32C();
    for (long t : translations) {
      long key = key(Translation.rip(t), Translation.mode(t));
      int slot = first(key, slots - 1);
      while (table.getInt(slot * SLOT + OFFSET) != 0) {
        slot = slot + 1 & slots - 1;
      }
      check.reset();
      check.update(MemorySegment.ofAddress(t).reinterpret(Translation.size(t)).asByteBuffer());
      table.putLong(slot * SLOT, key).putInt(slot * SLOT + OFFSET, (int) (at >> 3))
          .putInt(slot * SLOT + CHECK, (int) check.getValue());
      at += Translation.size(t);
    }
    return table;
  }

  /// What translations are known by. Hardly ever the same for two places.
  static long key(long rip, int mode) {
    return (rip ^ (long) mode << 48) * 0x9E37_79B9_7F4A_7C15L;
  }

  private static int first(long key, int mask) {
    return (int) (key >>> 40) & mask;
  }

  // ---- using one

  int slots() {
    return mask + 1;
  }

  MemorySegment memory() {
    return all;
  }

  /// Those that are intact.
  @Override
  public int find(long rip, int mode, int behind) {
    long key = key(rip, mode);
    int slot = behind < 0 ? first(key, mask) : behind + 1 & mask;
    for (int steps = 0; steps <= mask && offset(slot) != 0; steps++) {
      if (Mem.get64(table + (long) slot * SLOT) == key && intact(slot) && Translation.rip(address(slot)) == rip
          && Translation.mode(address(slot)) == mode) {
        return slot;
      }
      slot = slot + 1 & mask;
    }
    return -1;
  }

  private int offset(int slot) {
    return Mem.get32(table + (long) slot * SLOT + OFFSET);
  }

  @Override
  public long address(int slot) {
    return table + ((offset(slot) & 0xFFFF_FFFFL) << 3);
  }

  /// Is there one, as it was when it was written?
  boolean intact(int slot) {
    if (state[slot] == UNKNOWN && offset(slot) != 0) {
      state[slot] = checked(slot) ? INTACT : DAMAGED;
      damaged |= state[slot] == DAMAGED;
    }
    return state[slot] == INTACT;
  }

  private boolean checked(int slot) {
    long from = address(slot) - table;
    if (from < bytes(slots()) || !Translation.sound(table + from, all.byteSize() - from)) {
      return false;
    }
    int size = Translation.size(table + from);
    CRC32C check = new CRC32C();
    check.update(bytes.limit((int) from + size).position((int) from));
    return (int) check.getValue() == Mem.get32(table + (long) slot * SLOT + CHECK);
  }

  /// Has one been found that is not?
  boolean isDamaged() {
    return damaged;
  }

  int count() {
    int count = 0;
    for (int slot = 0; slot < slots(); slot++) {
      count += offset(slot) != 0 ? 1 : 0;
    }
    return count;
  }

  /// Addresses of those that are intact, in the order in which they were written.
  ///
  /// @param wanted by number
  long[] addresses(IntPredicate wanted) {
    return IntStream.range(0, slots()).filter(slot -> intact(slot) && wanted.test(slot)).mapToLong(this::address).sorted()
        .toArray();
  }
}
