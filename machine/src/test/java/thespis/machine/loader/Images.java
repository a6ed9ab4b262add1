package thespis.machine.loader;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Kernels made for the tests: the headers that a loader reads, with recognisable bytes behind them.
final class Images {
  static final int SETUP_SECTORS = 3;
  static final int PROTECTED_MODE_SIZE = 0x3000;

  private Images() {}

  static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A bzImage whose protected-mode part is `payload`, at payload_offset 16.
  static byte[] bzImage(int version, int xloadflags, byte[] payload) {
    int setup = (SETUP_SECTORS + 1) * 512;
    ByteBuffer b = buffer(setup + Math.max(PROTECTED_MODE_SIZE, payload.length + 16));
    b.put(0x1F1, (byte) SETUP_SECTORS);
    b.putShort(0x1FE, (short) 0xAA55);
    b.put(0x200, (byte) 0xEB).put(0x201, (byte) 0x6A);
    b.putInt(0x202, 0x53726448);
    b.putShort(0x206, (short) version);
    b.put(0x211, (byte) 1);
    b.putInt(0x22C, 0x7FFFFFFF);
    b.putShort(0x236, (short) xloadflags);
    b.putInt(0x238, 2047);
    b.putInt(0x248, 16);
    b.putInt(0x24C, payload.length);
    b.putLong(0x258, 0x1000000);
    b.putInt(0x260, 0x200000);
    b.putLong(setup, 0x1122334455667788L);
    b.position(setup + 16);
    b.put(payload);
    return b.array();
  }

  /// A 64-bit ELF with one load segment of `text` at `physical` (plus 256 bytes of bss) and, if not 0, a PVH entry note.
  static byte[] elf64(long physical, byte[] text, int pvhEntry) {
    ByteBuffer b = buffer(0x200 + text.length);
    b.putInt(0, 0x464C457F).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    b.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
    b.putLong(24, physical + 8);
    b.putLong(32, 64);
    b.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) (pvhEntry == 0 ? 1 : 2));
    b.putInt(64, 1).putInt(68, 5).putLong(72, 0x200).putLong(80, 0xFFFFFFFF80000000L + physical);
    b.putLong(88, physical).putLong(96, text.length).putLong(104, text.length + 256).putLong(112, 0x1000);
    b.putInt(120, 4).putInt(124, 4).putLong(128, 0x100).putLong(152, 52).putLong(160, 52).putLong(168, 4);
    if (pvhEntry != 0) {
      b.putInt(0x100, 4).putInt(0x104, 8).putInt(0x108, 6).put(0x10C, new byte[] {'X', 'e', 'n', 0});
      b.putLong(0x110, 0x0123456789L);
      b.putInt(0x118, 4).putInt(0x11C, 8).putInt(0x120, 18).put(0x124, new byte[] {'X', 'e', 'n', 0});
      b.putLong(0x128, pvhEntry);
    }
    b.put(0x200, text);
    return b.array();
  }

  /// A 64-bit ELF full of numbers, with these load segments.
  ///
  /// @param segments offset, physical address, bytes in the file, bytes in memory
  static byte[] elf64(int size, long entry, long[]... segments) {
    ByteBuffer b = buffer(size);
    for (int i = 0x1000; i < size; i += 4) {
      b.putInt(i, i * 0x9E3779B1);
    }
    b.putInt(0, 0x464C457F).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    b.putLong(24, entry);
    b.putLong(32, 64);
    b.putShort(54, (short) 56).putShort(56, (short) segments.length);
    for (int i = 0; i < segments.length; i++) {
      int at = 64 + 56 * i;
      long[] s = segments[i];
      b.putInt(at, 1).putLong(at + 8, s[0]).putLong(at + 24, s[1]).putLong(at + 32, s[2]).putLong(at + 40, s[3]);
    }
    return b.array();
  }

  static byte[] elf32(long physical, byte[] text) {
    ByteBuffer b = buffer(0x100 + text.length);
    b.putInt(0, 0x464C457F).put(4, (byte) 1).put(5, (byte) 1).put(6, (byte) 1);
    b.putShort(16, (short) 2).putShort(18, (short) 3).putInt(20, 1);
    b.putInt(24, (int) physical + 12);
    b.putInt(28, 52);
    b.putShort(40, (short) 52).putShort(42, (short) 32).putShort(44, (short) 1);
    b.putInt(52, 1).putInt(56, 0x100).putInt(60, (int) physical).putInt(64, (int) physical);
    b.putInt(68, text.length).putInt(72, text.length + 64);
    b.put(0x100, text);
    return b.array();
  }

  /// A multiboot header: flags, and the address fields if bit 16 asks for them.
  static byte[] multibootHeader(int flags, int... addresses) {
    ByteBuffer b = buffer(12 + 4 * addresses.length);
    b.putInt(0x1BADB002).putInt(flags).putInt(-0x1BADB002 - flags);
    for (int address : addresses) {
      b.putInt(address);
    }
    return b.array();
  }
}
