package thespis.machine.board;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.BitSet;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.model.ConfigException;

/// What a machine's RAM held at one moment, in a file with holes where it held zeroes. Any number of machines begin with
/// it: each maps the file privately, so that they share a page until they write to it. The file is nameless memory, or one
/// on disk that several processes share. Linux manual pages "memfd_create(2)", "mmap(2)".
public final class RamImage implements AutoCloseable {
  private static final long PAGE = PhysMap.PAGE_SIZE;
  private static final int CLOSED = -1;

  /// Written to a file in one go.
  private static final long PORTION = 64L << 20;

  private final long offset;
  private final long bytes;
  private final BitSet filled;
  private int fd;

  private RamImage(int fd, long offset, long bytes, BitSet filled) {
    this.fd = fd;
    this.offset = offset;
    this.bytes = bytes;
    this.filled = filled;
  }

  /// A copy in memory. Nobody writes to the RAM meanwhile.
  ///
  /// @throws ConfigException if the host has nothing to keep it in
  public static RamImage of(GuestRam ram) {
    BitSet filled = filled(ram);
    int fd = System.getProperty("os.name").equals("Linux") ? Mmap.memfd(ram.size()) : CLOSED;
    if (fd < 0) {
      throw new ConfigException("this host has no memory that machines can share: a snapshot needs Linux");
    }
    RamImage image = new RamImage(fd, 0, ram.size(), filled);
    long copy = image.map(Mmap.PROT_READ_WRITE, Mmap.MAP_SHARED);
    if (copy == Mmap.FAILED) {
      image.close();
      throw new ConfigException("no memory for a snapshot");
    }
    image.eachRun((page, pages) -> Mem.copy(ram.host() + page * PAGE, copy + page * PAGE, pages * PAGE));
    Mmap.unmap(copy, ram.size());
    return image;
  }

  private static BitSet filled(GuestRam ram) {
    BitSet filled = new BitSet();
    int pages = Math.toIntExact(ram.size() / PAGE);
    for (int page = 0; page < pages; page++) {
      if (ram.wasWritten(page) && !isZero(ram.host() + page * PAGE)) {
        filled.set(page);
      }
    }
    return filled;
  }

  private static boolean isZero(long at) {
    for (int i = 0; i < PAGE; i += Long.BYTES) {
      if (Mem.get64(at + i) != 0) {
        return false;
      }
    }
    return true;
  }

  /// One that lies in a file from an offset on.
  ///
  /// @param filled numbers of the pages that are not zero
  /// @throws IOException if it is not all there
  public static RamImage in(Path file, long offset, long bytes, BitSet filled) throws IOException {
    int fd;
    try (Arena names = Arena.ofConfined(); FileChannel channel = FileChannel.open(file)) {
      if (channel.size() - offset < bytes) {
        throw new IOException("the file is cut off");
      }
      long name = names.allocateFrom(file.toString()).address();
      fd = Mmap.OPEN.call(name, Mmap.O_RDONLY | Mmap.O_CLOEXEC, 0);
    }
    if (fd < 0) {
      throw new IOException("can't be opened");
    }
    return new RamImage(fd, offset, bytes, filled);
  }

  public long bytes() {
    return bytes;
  }

  /// Numbers of the pages that are not zero.
  public BitSet filled() {
    return (BitSet) filled.clone();
  }

  /// Writes it to a file from an offset on, which holds nothing there yet.
  public void write(FileChannel to, long at) throws IOException {
    long copy = map(Mmap.PROT_READ, Mmap.MAP_SHARED);
    if (copy == Mmap.FAILED) {
      throw new IOException("no memory for a snapshot");
    }
    try {
      MemorySegment memory = MemorySegment.ofAddress(copy).reinterpret(bytes);
      for (int page = filled.nextSetBit(0); page >= 0;) {
        int end = filled.nextClearBit(page);
        long from = page * PAGE;
        while (from < end * PAGE) {
          ByteBuffer portion = memory.asSlice(from, Math.min(PORTION, end * PAGE - from)).asByteBuffer();
          while (portion.hasRemaining()) {
            from += to.write(portion, at + from);
          }
        }
        page = filled.nextSetBit(end);
      }
    } finally {
      Mmap.unmap(copy, bytes);
    }
  }

  /// RAM that begins as a copy of this one, and lives on its own.
  ///
  /// @throws ConfigException if the image is closed
  public GuestRam copy() {
    long address = map(
        Mmap.PROT_READ_WRITE, Mmap.MAP_PRIVATE | Mmap.MAP_NORESERVE);
    if (address == Mmap.FAILED) {
      throw Mmap.outOfMemory(bytes);
    }
    Arena arena = Arena.ofShared();
    MemorySegment memory =
        MemorySegment.ofAddress(address).reinterpret(bytes, arena, s -> Mmap.unmap(s.address(), bytes));
    return new GuestRam(arena, memory, bytes, filled);
  }

  private synchronized long map(int access, int kind) {
    if (fd == CLOSED) {
      throw new ConfigException("the snapshot is closed");
    }
    return Mmap.MMAP.call(0, bytes, access, kind, fd, offset);
  }

  private interface Run {
    void take(long page, long pages);
  }

  private void eachRun(Run run) {
    for (int page = filled.nextSetBit(0); page >= 0; page = filled.nextSetBit(filled.nextClearBit(page))) {
      run.take(page, filled.nextClearBit(page) - page);
    }
  }

  /// Machines that began with it keep what they share. Closing twice is fine.
  @Override
  public synchronized void close() {
    if (fd != CLOSED) {
      Mmap.CLOSE.call(fd, 0, 0);
      fd = CLOSED;
    }
  }
}
