package thespis.machine.loader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import thespis.machine.bus.GuestMemory;

/// A file, or what came out of one, as bytes that can be picked at: little-endian numbers at any offset.
final class ImageFile {
  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment bytes;

  ImageFile(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /// Maps a file for as long as `arena` lives.
  static ImageFile map(Path path, Arena arena) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      return map(file, arena);
    }
  }

  static ImageFile map(FileChannel file, Arena arena) throws IOException {
    return new ImageFile(file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena));
  }

  /// The C library's words for why a file cannot be opened or read.
  static String reason(Path path, IOException e) {
    if (Files.isDirectory(path) && !path.toString().isEmpty()) {
      return "Is a directory";
    }
    return path.toString().isEmpty() ? "No such file or directory" : switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case AccessDeniedException _ -> "Permission denied";
      default -> e.getMessage();
    };
  }

  long size() {
    return bytes.byteSize();
  }

  boolean holds(long offset, long count) {
    return offset >= 0 && count >= 0 && count <= size() && offset <= size() - count;
  }

  int u8(long offset) {
    return bytes.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
  }

  int u16(long offset) {
    return bytes.get(LE16, offset) & 0xFFFF;
  }

  int i32(long offset) {
    return bytes.get(LE32, offset);
  }

  long u32(long offset) {
    return i32(offset) & 0xFFFF_FFFFL;
  }

  long i64(long offset) {
    return bytes.get(LE64, offset);
  }

  MemorySegment slice(long offset, long count) {
    return bytes.asSlice(offset, count);
  }

  byte[] copy(long offset, long count) {
    return slice(offset, count).toArray(ValueLayout.JAVA_BYTE);
  }

  /// Into guest RAM.
  void copyTo(GuestMemory memory, long gpa, long offset, long count) {
    long host = memory.host(gpa, count);
    MemorySegment.ofAddress(host).reinterpret(count).copyFrom(slice(offset, count));
    memory.written(gpa, count);
  }
}
