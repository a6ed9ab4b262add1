package thespis.actors.demo;

import io.airlift.compress.v3.lz4.Lz4JavaCompressor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/// The guest of the build's training run, packed as Linux is: a bzImage with LZ4 inside, so that what loads one is
/// trained too. "The Linux/x86 Boot Protocol", "The Real-Mode Kernel Header".
final class TrainingKernel {
  private static final String IMAGE = "training.elf";

  /// Where the guest ends the machine, for `-device isa-debug-exit`.
  static final int EXIT_PORT = 0xF4;

  private static final int SETUP = 1024;
  private static final int PLAIN = 2 << 20;
  private static final int MAGIC = 0x184C_2102;

  private TrainingKernel() {}

  /// The file; empty if this build has no such guest.
  static Optional<byte[]> image() throws IOException {
    try (InputStream in = TrainingKernel.class.getResourceAsStream(IMAGE)) {
      return in == null ? Optional.empty() : Optional.of(pack(in.readAllBytes()));
    }
  }

  private static byte[] pack(byte[] elf) {
    byte[] plain = filled(elf);
    Lz4JavaCompressor lz4 = new Lz4JavaCompressor();
    byte[] packed = new byte[lz4.maxCompressedLength(PLAIN)];
    int length = lz4.compress(plain, 0, PLAIN, packed, 0, packed.length);
    ByteBuffer file = ByteBuffer.allocate(SETUP + 12 + length).order(ByteOrder.LITTLE_ENDIAN);
    header(file, 12 + length);
    file.position(SETUP);
    file.putInt(MAGIC).putInt(length).put(packed, 0, length).putInt(PLAIN);
    return file.array();
  }

  /// With something behind it that has to be unpacked as a kernel has.
  private static byte[] filled(byte[] elf) {
    byte[] plain = Arrays.copyOf(elf, PLAIN);
    Random random = new Random(1);
    for (int i = elf.length; i < PLAIN; i++) {
      plain[i] = random.nextInt(20) == 0 ? (byte) random.nextInt() : plain[i - 40];
    }
    return plain;
  }

  private static void header(ByteBuffer file, int payload) {
    file.put(0x1F1, (byte) (SETUP / 512 - 1)); // setup_sects
    file.put(0x201, (byte) (0x290 - 0x202)); // up to the header's end
    file.putInt(0x202, 0x5372_6448); // HdrS
    file.putShort(0x206, (short) 0x20F); // version
    file.put(0x211, (byte) 1); // loadflags: LOADED_HIGH
    file.putInt(0x22C, 0x7FFF_FFFF); // initrd_addr_max
    file.putShort(0x236, (short) 1); // xloadflags: XLF_KERNEL_64
    file.putInt(0x238, 2047); // cmdline_size
    file.putInt(0x24C, payload); // payload_length, at offset 0
    file.putLong(0x258, 0x100_0000); // pref_address
    file.putInt(0x260, 0x10_0000); // init_size
  }
}
