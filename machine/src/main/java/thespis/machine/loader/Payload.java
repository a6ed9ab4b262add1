package thespis.machine.loader;

import io.airlift.compress.v3.lz4.Lz4JavaDecompressor;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/// The compressed kernel inside a bzImage: told by its magic number, unpacked on the host because that takes a fraction
/// of the time the guest needs. "The Linux/x86 Boot Protocol", field payload_offset; the last four bytes hold the plain
/// size. LZ4 is the legacy frame: a magic number, then blocks of a length and LZ4 data, each 8 MiB when unpacked.
/// bzip2, LZMA and LZO are left to the guest's own decompressor.
enum Payload {
  LZ4(0x02, 0x21, 0x4C, 0x18) {
    @Override
    void unpack(ImageFile packed, MemorySegment plain) {
      Lz4JavaDecompressor lz4 = new Lz4JavaDecompressor();
      long in = 4;
      long out = 0;
      while (out < plain.byteSize() && packed.holds(in, 4)) {
        long length = packed.u32(in);
        in += 4;
        long room = Math.min(LZ4_BLOCK, plain.byteSize() - out);
        out += lz4.decompress(packed.slice(in, length), plain.asSlice(out, room));
        in += length;
      }
      if (out != plain.byteSize()) {
        throw new IllegalArgumentException("LZ4 data ends at " + out + " of " + plain.byteSize() + " bytes");
      }
    }
  },
  ZSTD(0x28, 0xB5, 0x2F, 0xFD) {
    @Override
    void unpack(ImageFile packed, MemorySegment plain) {
      new ZstdJavaDecompressor().decompress(packed.slice(0, packed.size() - SIZE_FIELD), plain);
    }
  },
  GZIP(0x1F, 0x8B, 0x08) {
    @Override
    void unpack(ImageFile packed, MemorySegment plain) throws IOException {
      copy(new GZIPInputStream(stream(packed), STREAM_BUFFER), plain);
    }
  },
  XZ(0xFD, '7', 'z', 'X', 'Z', 0x00) {
    @Override
    void unpack(ImageFile packed, MemorySegment plain) throws IOException {
      copy(new XZInputStream(stream(packed)), plain);
    }
  };

  private static final int SIZE_FIELD = 4;
  private static final long LZ4_BLOCK = 8 << 20;
  private static final int STREAM_BUFFER = 1 << 16;
  private static final long LARGEST = 1L << 30;

  private final int[] magic;

  Payload(int... magic) {
    this.magic = magic;
  }

  abstract void unpack(ImageFile packed, MemorySegment plain) throws IOException;

  static Optional<Payload> of(ImageFile packed) {
    for (Payload format : values()) {
      if (format.matches(packed)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  private boolean matches(ImageFile packed) {
    for (int i = 0; i < magic.length; i++) {
      if (!packed.holds(i, 1) || packed.u8(i) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /// How many bytes it will be.
  static long plainSize(ImageFile packed) throws IOException {
    long size = packed.u32(packed.size() - SIZE_FIELD);
    if (size == 0 || size > LARGEST) {
      throw new IOException("compressed kernel claims " + size + " bytes");
    }
    return size;
  }

  /// The plain bytes, which live as long as `arena`.
  ImageFile unpack(ImageFile packed, Arena arena) throws IOException {
    return unpackInto(packed, arena.allocate(plainSize(packed), 64));
  }

  ImageFile unpackInto(ImageFile packed, MemorySegment plain) throws IOException {
    try {
      unpack(packed, plain);
    } catch (RuntimeException e) {
      throw new IOException("compressed kernel is damaged: " + e.getMessage(), e);
    }
    return new ImageFile(plain);
  }

  private static InputStream stream(ImageFile packed) {
    return new ByteArrayInputStream(packed.copy(0, packed.size()));
  }

  private static void copy(InputStream from, MemorySegment plain) throws IOException {
    byte[] buffer = new byte[STREAM_BUFFER];
    long at = 0;
    try (from) {
      while (at < plain.byteSize()) {
        int count = from.read(buffer, 0, (int) Math.min(buffer.length, plain.byteSize() - at));
        if (count < 0) {
          throw new IOException("compressed kernel ends at " + at + " of " + plain.byteSize() + " bytes");
        }
        MemorySegment.copy(MemorySegment.ofArray(buffer), 0, plain, at, count);
        at += count;
      }
    }
  }
}
