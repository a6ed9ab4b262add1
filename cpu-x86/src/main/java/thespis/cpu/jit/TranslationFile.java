package thespis.cpu.jit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// A file of translations. It is host code that will be run, so it is used only if nobody else can have written it: file
/// and folder are this user's and closed to the writing of others. A file is never changed: another takes its name.
///
/// | offset | bits | what |
/// |---|---|---|
/// | 0 | 64 | `THESPIS2` |
/// | 8 | 64 | bytes of the file |
/// | 16 | 32 | bytes of the key, which follows the table, filled up to a multiple of 8 |
/// | 20 | 32 | CRC-32C of table and key, but for this field |
/// | 24 | 64 | slots of the {@link TranslationIndex} |
///
/// Behind the key there is the index, then each {@link Translation} follows the other.
final class TranslationFile {
  private static final long MAGIC = 0x3253_4950_5345_4854L;
  private static final int SIZE = 8;
  private static final int KEY = 16;
  private static final int CHECK = 20;
  private static final int SLOTS = 24;
  private static final int HEAD = 32;

  private static final String SUFFIX = ".code";

  /// So many files are left in the folder, those used last.
  private static final int FILES = 8;

  private static final int BUFFER = 1 << 20;
  private static final int OTHERS_MAY_WRITE = 022;

  private final Path folder;
  private final Path path;
  private final byte[] key;

  /// Of the file that was read last.
  private Optional<BasicFileAttributes> seen = Optional.empty();

  /// A file that is there and must not be used.
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(Path what, String why) {
      super("translations in '" + what + "' are not used: " + why);
    }
  }

  TranslationFile(Path folder, String name, byte[] key) {
    this.folder = folder;
    this.path = folder.resolve(name + SUFFIX);
    this.key = key;
  }

  // ---- reading

  /// The translations; empty if there are none yet.
  Optional<TranslationIndex> read() throws RefusedException {
    try {
      checkOwn(folder);
      checkOwn(path);
      seen = Optional.of(attributes());
      try (FileChannel channel = FileChannel.open(path)) {
        return Optional.of(checked(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto())));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new RefusedException(path, "they cannot be read");
    }
  }

  private static void checkOwn(Path what) throws IOException, RefusedException {
    Map<String, Object> is = Files.readAttributes(what, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    if (!is.get("uid").equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new RefusedException(what, "it is another user's");
    }
    if (((int) is.get("mode") & OTHERS_MAY_WRITE) != 0) {
      throw new RefusedException(what, "others may write there");
    }
  }

  private TranslationIndex checked(MemorySegment all) throws RefusedException {
    int start = HEAD + padded(key.length);
    if (all.byteSize() < start || all.byteSize() > Integer.MAX_VALUE) {
      throw damaged();
    }
    ByteBuffer head = all.asSlice(0, start).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (head.getLong(0) != MAGIC || head.getLong(SIZE) != all.byteSize() || head.getInt(CHECK) != check(head)) {
      throw damaged();
    }
    if (head.getInt(KEY) != key.length || !head.slice(HEAD, key.length).equals(ByteBuffer.wrap(key))) {
      throw new RefusedException(path, "the file is for something else");
    }
    return new TranslationIndex(all.asSlice(start), (int) head.getLong(SLOTS));
  }

  /// What is said of a file that is not as it was written, or of a part of it.
  RefusedException damaged() {
    return new RefusedException(path, "the file is damaged");
  }

  private static int check(ByteBuffer head) {
    CRC32C check = new CRC32C();
    check.update(head.slice(0, CHECK));
    check.update(head.slice(SLOTS, head.capacity() - SLOTS));
    return (int) check.getValue();
  }

  private static int padded(int n) {
    return n + 7 & -8;
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class);
  }

  /// Is it another file than the one that was read?
  boolean changed() {
    try {
      BasicFileAttributes now = attributes();
      return seen.isEmpty() || !now.fileKey().equals(seen.get().fileKey())
          || !now.lastModifiedTime().equals(seen.get().lastModifiedTime());
    } catch (IOException e) {
      return false;
    }
  }

  // ---- writing

  /// It was of use today.
  void touch() {
    try {
      Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // then it goes sooner
    }
  }

  /// Puts a new file in its place, if the folder can be had. Nothing is lost otherwise but time.
  void write(long[] translations) {
    Path fresh = folder.resolve(path.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.createDirectories(
          folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      checkOwn(folder);
      Files.deleteIfExists(fresh);
      try (FileChannel channel = FileChannel.open(fresh,
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        write(channel, translations);
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      prune();
    } catch (IOException | RefusedException e) {
      delete(fresh);
    }
  }

  private void write(FileChannel channel, long[] translations) throws IOException {
    ByteBuffer index = TranslationIndex.of(translations);
    ByteBuffer head = ByteBuffer.allocate(HEAD + padded(key.length)).order(ByteOrder.LITTLE_ENDIAN);
    long size = head.capacity() + index.capacity();
    for (long t : translations) {
      size += Translation.size(t);
    }
    head.putLong(0, MAGIC).putLong(SIZE, size).putInt(KEY, key.length).put(HEAD, key)
        .putLong(SLOTS, TranslationIndex.slots(translations.length));
    head.putInt(CHECK, check(head));
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    writeAll(channel, head);
    writeAll(channel, index);
    for (long t : translations) {
      ByteBuffer one = MemorySegment.ofAddress(t).reinterpret(Translation.size(t)).asByteBuffer();
      if (one.remaining() > buffer.remaining()) {
        writeAll(channel, buffer.flip());
        buffer.clear();
      }
      buffer.put(one);
    }
    writeAll(channel, buffer.flip());
  }

  private static void writeAll(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /// Leaves the files that were used last.
  private void prune() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(p -> p.toString().endsWith(SUFFIX)).toList();
    }
    files.stream().sorted(Comparator.comparing(TranslationFile::usedAt).reversed()).skip(FILES)
        .forEach(TranslationFile::delete);
  }

  private static FileTime usedAt(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // it stays
    }
  }
}
