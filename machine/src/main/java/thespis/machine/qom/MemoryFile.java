package thespis.machine.qom;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import thespis.cpu.model.ConfigException;

/// The file of a `memory-backend-file`: it is there, and as large as it has to be, when the object is.
final class MemoryFile {
  private static final long PAGE = 0x1000;

  private MemoryFile() {}

  /// @throws ConfigException with QEMU's text; then no file was made
  static void prepare(QomObject memory) {
    String path = (String) memory.get("mem-path");
    if (path.isEmpty()) {
      throw new ConfigException("mem-path property not set");
    }
    Path file = Path.of(path);
    long size = (Long) memory.get("size") + PAGE - 1 & -PAGE;
    boolean readOnly = (Boolean) memory.get("readonly");
    boolean isNew = !Files.exists(file);
    if (isNew && !Files.isDirectory(file.toAbsolutePath().getParent())) {
      throw new ConfigException("can't open backing store " + path + " for guest RAM: No such file or directory");
    }
    boolean folder = Files.isDirectory(file);
    Path needed = isNew ? file.toAbsolutePath().getParent() : file;
    if (!Files.isReadable(needed) || !readOnly && !Files.isWritable(needed)) {
      throw new ConfigException("can't open backing store " + path + " for guest RAM: Permission denied");
    }
    long there = isNew || folder ? 0 : file.toFile().length();
    if (there > 0 && there < size) {
      throw new ConfigException(
          String.format("backing store size 0x%x does not match 'size' option 0x%x", there, size));
    }
    checkAlignment((Long) memory.get("align"));
    if (there == 0 && !folder && !readOnly) {
      grow(file, size);
    }
  }

  private static void checkAlignment(long alignment) {
    if (alignment % PAGE != 0) {
      throw new ConfigException(
          String.format("alignment 0x%x must be multiples of page size 0x%x", alignment, PAGE));
    }
    if (alignment != 0 && Long.bitCount(alignment) != 1) {
      throw new ConfigException(String.format("alignment 0x%x must be a power of two", alignment));
    }
  }

  private static void grow(Path file, long size) {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      if (open.length() == 0 && Files.isRegularFile(file)) {
        open.setLength(size);
      }
    } catch (IOException e) {
      throw new ConfigException("can't open backing store " + file + " for guest RAM: " + e.getMessage());
    }
  }
}
