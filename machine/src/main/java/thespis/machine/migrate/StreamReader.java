package thespis.machine.migrate;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/// Reads a machine's state, which may come from anybody: whatever is in the stream, it ends with the sections or with a
/// {@link StreamException}, and takes no more memory than the RAM that is there and so much for the sections.
public final class StreamReader {
  private static final int MOST_SECTIONS = 8192;
  private static final long MOST_BYTES = 256L << 20;

  private final CRC32C sum = new CRC32C();
  private final DataInputStream in;

  /// Of the content of the section that was read last.
  private int length;

  private final byte[] pages = new byte[Wire.MOST_PAGES * IncomingRam.PAGE];

  /// Hears of the first section as soon as it is there.
  public interface FirstSection {
    /// @return where the RAM goes
    IncomingRam check(Section first) throws StreamException;
  }

  /// Buffered by whoever gives it.
  public StreamReader(InputStream from) {
    in = new DataInputStream(new CheckedInputStream(from, sum));
  }

  /// @return all sections but the first, by name, in their order
  /// @throws StreamException if it is not a whole and sound stream
  public Map<String, Section> read(FirstSection check) throws IOException {
    try {
      header();
      if (in.readUnsignedByte() != Wire.SECTION) {
        throw damaged();
      }
      return records(check.check(section()));
    } catch (EOFException e) {
      throw new StreamException("the stream ends too early");
    }
  }

  private void header() throws IOException {
    int magic = in.readInt();
    if (magic == Wire.QEMU_MAGIC) {
      throw new StreamException("this is a migration stream of QEMU's: Thespis takes its own only");
    }
    if (magic != Wire.MAGIC) {
      throw new StreamException("Not a migration stream");
    }
    int version = in.readInt();
    if (version != Wire.VERSION) {
      throw new StreamException("Unsupported migration stream version " + Integer.toUnsignedString(version));
    }
  }

  private Map<String, Section> records(IncomingRam ram) throws IOException {
    Map<String, Section> sections = new LinkedHashMap<>();
    long bytes = 0;
    while (true) {
      int before = (int) sum.getValue();
      switch (in.readUnsignedByte()) {
        case Wire.SECTION -> {
          Section section = section();
          bytes += length;
          if (sections.size() == MOST_SECTIONS || bytes > MOST_BYTES) {
            throw new StreamException("the stream has too many sections");
          }
          if (sections.put(section.name(), section) != null) {
            throw new StreamException("section '" + section.name() + "' comes twice");
          }
        }
        case Wire.PAGES -> {
          int block = in.readUnsignedByte();
          long first = in.readLong();
          int count = in.readInt();
          if (count <= 0 || count > Wire.MOST_PAGES) {
            throw damaged();
          }
          in.readFully(pages, 0, count * IncomingRam.PAGE);
          ram.pages(block, first, count, pages);
        }
        case Wire.ZEROES -> ram.zeroes(in.readUnsignedByte(), in.readLong(), in.readInt());
        case Wire.END -> {
          if (in.readInt() != before) {
            throw new StreamException("the stream's check sum is wrong");
          }
          return sections;
        }
        default -> throw damaged();
      }
    }
  }

  private Section section() throws IOException {
    String name = Section.readName(in);
    length = in.readInt();
    if (length < 0 || length > Wire.MOST_CONTENT) {
      throw damaged();
    }
    byte[] content = in.readNBytes(length);
    if (content.length < length) {
      throw new EOFException();
    }
    return Section.of(name, content);
  }

  private static StreamException damaged() {
    return new StreamException("the stream is damaged");
  }
}
