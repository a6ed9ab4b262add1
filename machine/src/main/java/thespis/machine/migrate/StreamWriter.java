package thespis.machine.migrate;

import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;

/// Writes a machine's state, record by record. It counts what it has written.
public final class StreamWriter {
  private final Counted counted;
  private final DataOutputStream out;

  /// Buffered by whoever gives it.
  public StreamWriter(OutputStream to) throws IOException {
    counted = new Counted(to);
    out = new DataOutputStream(counted);
    out.writeInt(Wire.MAGIC);
    out.writeInt(Wire.VERSION);
  }

  private static final class Counted extends FilterOutputStream {
    private final CRC32C sum = new CRC32C();
    private long bytes;

    Counted(OutputStream to) {
      super(to);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      sum.update(b);
      bytes++;
    }

    @Override
    public void write(byte[] b, int from, int count) throws IOException {
      out.write(b, from, count);
      sum.update(b, from, count);
      bytes += count;
    }
  }

  public void section(Section section) throws IOException {
    byte[] content = section.content();
    out.writeByte(Wire.SECTION);
    Section.writeName(section.name(), out);
    out.writeInt(content.length);
    out.write(content);
  }

  void pages(int block, long first, int count, byte[] content) throws IOException {
    out.writeByte(Wire.PAGES);
    out.writeByte(block);
    out.writeLong(first);
    out.writeInt(count);
    out.write(content, 0, count * IncomingRam.PAGE);
  }

  void zeroes(int block, long first, int count) throws IOException {
    out.writeByte(Wire.ZEROES);
    out.writeByte(block);
    out.writeLong(first);
    out.writeInt(count);
  }

  /// The last record, and all of it on its way.
  public void end() throws IOException {
    int sum = (int) counted.sum.getValue();
    out.writeByte(Wire.END);
    out.writeInt(sum);
    out.flush();
  }

  public void flush() throws IOException {
    out.flush();
  }

  public long bytes() {
    return counted.bytes;
  }
}
