package thespis.machine.bus;

import java.nio.charset.StandardCharsets;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;

/// RAM by guest-physical address, for those who are not a CPU: loaders, firmware tables, bus masters. They see the RAM
/// itself, below 4 GiB and above it, whatever is laid over it for the CPUs.
public final class GuestMemory {
  public static final long FOUR_GIB = 1L << 32;

  private final GuestRam ram;
  private final long below4g;
  private volatile WriteListener writes = (host, bytes) -> {};

  /// Who has to know of memory that no processor wrote.
  public interface WriteListener {
    void written(long host, long bytes);
  }

  /// @param below4g bytes of RAM that appear at 0; the rest appears at 4 GiB
  public GuestMemory(GuestRam ram, long below4g) {
    this.ram = ram;
    this.below4g = below4g;
  }

  /// From now on.
  public void onWrite(WriteListener listener) {
    writes = listener;
  }

  public long below4g() {
    return below4g;
  }

  public long above4g() {
    return ram.size() - below4g;
  }

  /// True if the whole run of bytes is RAM.
  public boolean holds(long gpa, long bytes) {
    return offset(gpa, bytes) >= 0;
  }

  /// Host address of a run of guest RAM.
  public long host(long gpa, long bytes) {
    long offset = offset(gpa, bytes);
    if (offset < 0) {
      throw new IllegalArgumentException(
          "not RAM: 0x" + Long.toHexString(gpa) + " + 0x" + Long.toHexString(bytes));
    }
    return ram.host() + offset;
  }

  /// To be called after a write at {@link #host}.
  public void written(long gpa, long bytes) {
    ram.written(host(gpa, bytes), bytes);
  }

  private long offset(long gpa, long bytes) {
    if (gpa >= 0 && bytes >= 0 && bytes <= below4g && gpa <= below4g - bytes) {
      return gpa;
    }
    long high = gpa - FOUR_GIB;
    return high >= 0 && bytes >= 0 && bytes <= above4g() && high <= above4g() - bytes ? below4g + high : -1;
  }

  public int get8(long gpa) {
    return Mem.load8(host(gpa, 1)) & 0xFF;
  }

  public int get16(long gpa) {
    return Mem.load16(host(gpa, 2)) & 0xFFFF;
  }

  public int get32(long gpa) {
    return Mem.load32(host(gpa, 4));
  }

  public long get64(long gpa) {
    return Mem.load64(host(gpa, 8));
  }

  public void put8(long gpa, int value) {
    long host = host(gpa, 1);
    Mem.store8(host, (byte) value);
    changed(host, 1);
  }

  public void put16(long gpa, int value) {
    long host = host(gpa, 2);
    Mem.store16(host, (short) value);
    changed(host, 2);
  }

  public void put32(long gpa, int value) {
    long host = host(gpa, 4);
    Mem.store32(host, value);
    changed(host, 4);
  }

  public void put64(long gpa, long value) {
    long host = host(gpa, 8);
    Mem.store64(host, value);
    changed(host, 8);
  }

  public void write(long gpa, byte[] bytes) {
    write(gpa, bytes, 0, bytes.length);
  }

  public void write(long gpa, byte[] bytes, int from, int count) {
    if (from < 0 || count < 0 || from > bytes.length - count) {
      throw new IndexOutOfBoundsException(from + " + " + count + " of " + bytes.length);
    }
    long host = host(gpa, count);
    Mem.copyIn(bytes, from, host, count);
    changed(host, count);
  }

  public byte[] read(long gpa, int count) {
    byte[] bytes = new byte[count];
    Mem.copyOut(host(gpa, count), bytes, 0, count);
    return bytes;
  }

  public void fill(long gpa, long count, int value) {
    long host = host(gpa, count);
    Mem.fill(host, count, (byte) value);
    changed(host, count);
  }

  /// Gives the host whole pages back. They are there, and empty, when somebody touches them.
  public void discard(long gpa, long bytes) {
    long host = host(gpa, bytes);
    ram.discard(host, bytes);
    changed(host, bytes);
  }

  private void changed(long host, long bytes) {
    ram.written(host, bytes);
    writes.written(host, bytes);
  }

  /// A C string.
  public void writeText(long gpa, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(gpa, bytes);
    put8(gpa + bytes.length, 0);
  }
}
