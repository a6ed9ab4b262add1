package thespis.actors;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.cpu.state.StateException;
import thespis.cpu.state.StateIo;
import thespis.machine.board.RamImage;
import thespis.machine.migrate.IncomingRam;
import thespis.machine.migrate.Section;
import thespis.machine.migrate.StreamException;
import thespis.machine.migrate.StreamReader;
import thespis.machine.migrate.StreamWriter;

/// A snapshot on disk, as `docs/adr/0044-forks-of-a-machine.md` has it. It may come from anybody; while machines live on it
/// nobody may change it.
final class SnapshotFile {
  /// What `-incoming` has before the file's name.
  static final String ADDRESS = "x-thespis-snapshot:";

  /// "THSS".
  private static final int MAGIC = 0x5448_5353;

  private static final int VERSION = 1;
  private static final int PAGE = 4096;
  private static final int HEADER = 16;
  private static final String SECTION = "snapshot";
  private static final int MOST_PROCESSORS = 4096;

  private SnapshotFile() {}

  /// What a file holds beside sections and RAM.
  private record Extent(BitSet filled, List<FrozenMachine.Processor> processors) {
    Section section() {
      return Section.save(SECTION, this::walk);
    }

    static Extent of(Section section) {
      Extent[] read = new Extent[1];
      section.load(io -> read[0] = new Extent(new BitSet(), List.of()).walk(io));
      return read[0];
    }

    private Extent walk(StateIo io) {
      long[] pages = filled.toLongArray();
      pages = new long[io.within("filled-words", pages.length, 0, 1 << 20)];
      System.arraycopy(filled.toLongArray(), 0, pages, 0, io.loading() ? 0 : pages.length);
      io.longs("filled", pages);
      int count = io.within("processors", processors.size(), 0, MOST_PROCESSORS);
      List<FrozenMachine.Processor> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        FrozenMachine.Processor known = io.loading() ? null : processors.get(i);
        int slot = io.within("slot" + i, known == null ? 0 : known.slot(), 0, MOST_PROCESSORS - 1);
        String device = io.text("device" + i, known == null ? "" : known.device().map(SnapshotFile::text).orElse(""));
        all.add(new FrozenMachine.Processor(
            slot, device.isEmpty() ? Optional.empty() : Optional.of(properties(device))));
      }
      return new Extent(BitSet.valueOf(pages), all);
    }
  }

  /// A line for each property.
  private static String text(Map<String, Object> device) {
    StringBuilder text = new StringBuilder();
    device.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  private static Map<String, Object> properties(String device) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (String line : device.split("\n")) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        throw new StateException("a processor's properties are damaged");
      }
      all.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return all;
  }

  // ---- writing

  /// Whoever lives on a file of that name keeps it.
  static void write(FrozenMachine frozen, Path file) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileChannel to = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE)) {
        write(frozen, to);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  private static void write(FrozenMachine frozen, FileChannel to) throws IOException {
    long bytes = frozen.ram().map(RamImage::bytes).orElse(0L);
    ByteBuffer header = ByteBuffer.allocate(HEADER).putInt(MAGIC).putInt(VERSION).putLong(bytes).flip();
    while (header.hasRemaining()) {
      to.write(header);
    }
    if (frozen.ram().isPresent()) {
      frozen.ram().get().write(to, PAGE);
    }
    to.position(PAGE + bytes);
    OutputStream rest = new BufferedOutputStream(Channels.newOutputStream(to));
    StreamWriter out = new StreamWriter(rest);
    out.section(frozen.shape());
    out.section(new Extent(frozen.ram().map(RamImage::filled).orElseGet(BitSet::new), frozen.processors()).section());
    for (Section section : frozen.sections().values()) {
      out.section(section);
    }
    out.end();
    rest.flush();
  }

  // ---- reading

  /// A machine that is to go on from a file has what is in it.
  ///
  /// @throws ConfigException if it can't be used
  static MachineConfig resolve(MachineConfig config) {
    Optional<String> address = config.incoming().filter(uri -> uri.startsWith(ADDRESS));
    if (address.isEmpty()) {
      return config;
    }
    String name = address.get().substring(ADDRESS.length());
    try {
      return config.from(read(Path.of(name)));
    } catch (IOException | InvalidPathException e) {
      throw new ConfigException("-incoming " + address.get() + ": " + reason(e));
    }
  }

  static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case AccessDeniedException _ -> "Permission denied";
      case EOFException _ -> "the file is cut off";
      case FileSystemException f -> Optional.ofNullable(f.getReason()).orElse(f.getMessage());
      default -> e.getMessage();
    };
  }

  static FrozenMachine read(Path file) throws IOException {
    try (FileChannel from = FileChannel.open(file)) {
      DataInputStream header = new DataInputStream(Channels.newInputStream(from));
      if (header.readInt() != MAGIC) {
        throw new StreamException("this is no snapshot");
      }
      int version = header.readInt();
      if (version != VERSION) {
        throw new StreamException("Unsupported snapshot version " + Integer.toUnsignedString(version));
      }
      long bytes = header.readLong();
      if (bytes < 0 || bytes % PAGE != 0 || bytes > from.size()) {
        throw new StreamException("the file is damaged");
      }
      from.position(PAGE + bytes);
      return read(file, bytes, new BufferedInputStream(Channels.newInputStream(from)));
    }
  }

  private static FrozenMachine read(Path file, long bytes, InputStream rest) throws IOException {
    List<Section> shape = new ArrayList<>();
    Map<String, Section> sections = new StreamReader(rest).read(first -> {
      shape.add(first);
      return new IncomingRam(null, List.of());
    });
    Section section = sections.remove(SECTION);
    if (section == null) {
      throw new StreamException("the file is a migration stream");
    }
    try {
      Extent extent = Extent.of(section);
      Optional<RamImage> ram =
          bytes == 0 ? Optional.empty() : Optional.of(RamImage.in(file, PAGE, bytes, extent.filled()));
      return new FrozenMachine(shape.getFirst(), sections, extent.processors(), ram);
    } catch (StateException e) {
      throw new StreamException(e.getMessage());
    }
  }
}
