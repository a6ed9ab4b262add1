package thespis.cpu.mmu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Optional;

/// The machine's RAM: one block of native memory, addressed by RAM offset (not by guest-physical address: {@link
/// PhysMap} says where which part of it appears). Beside it stand two bytes for each page: flags that writers consult (does
/// the page hold decoded code), and whether it was written to.
public final class GuestRam implements AutoCloseable {
  /// Some vCPU has decoded code from this page: writes must go the slow way.
  public static final int CODE = 1;

  /// The page was written to since somebody looked, and: ever.
  private static final byte LATELY = 1;

  private static final byte EVER = 2;

  private static final int MADV_DONTNEED = 4;
  private static final int MADV_REMOVE = 9;
  private static final Optional<HostCall> ADVISE =
      System.getProperty("os.name").equals("Linux") ? HostCall.find("madvise") : Optional.empty();

  private final Arena arena;
  private final MemorySegment bytes;
  private final long size;
  private final long pageFlags;
  private final long written;

  /// Pages that held something at first; never changed.
  private final BitSet filled;

  private boolean closed;

  /// Anonymous memory from the JVM; the pages cost nothing until the guest touches them.
  public GuestRam(long size) {
    this(Arena.ofShared(), size);
  }

  private GuestRam(Arena arena, long size) {
    this(arena, arena.allocate(size, PhysMap.PAGE_SIZE), size);
  }

  /// Memory that somebody else mapped (a memfd); it lives as long as `arena`.
  public GuestRam(Arena arena, MemorySegment bytes, long size) {
    this(arena, bytes, size, new BitSet());
  }

  /// The same with something in it.
  ///
  /// @param filled numbers of the pages that are not zero; read for as long as this lives, by many perhaps
  public GuestRam(Arena arena, MemorySegment bytes, long size, BitSet filled) {
    if (size % PhysMap.PAGE_SIZE != 0) {
      throw new IllegalArgumentException("RAM size is not a multiple of the page size: " + size);
    }
    this.arena = arena;
    this.bytes = bytes;
    this.size = size;
    this.filled = filled;
    this.pageFlags = Mem.allocateSparse(size >>> PhysMap.PAGE_SHIFT);
    this.written = Mem.allocateSparse(size >>> PhysMap.PAGE_SHIFT);
  }

  public long size() {
    return size;
  }

  /// Host address of RAM offset 0.
  public long host() {
    return bytes.address();
  }

  public MemorySegment segment() {
    return bytes;
  }

  /// True if the host address lies in this RAM.
  public boolean holds(long hostAddress) {
    long offset = hostAddress - bytes.address();
    return offset >= 0 && offset < size;
  }

  /// Address of the flag byte of the page that holds `hostAddress`.
  public long flagsOf(long hostAddress) {
    return pageFlags + ((hostAddress - bytes.address()) >>> PhysMap.PAGE_SHIFT);
  }

  /// Has some vCPU decoded code from the page that holds `hostAddress`?
  public boolean holdsCode(long hostAddress) {
    return holds(hostAddress) && (Mem.get8(flagsOf(hostAddress)) & CODE) != 0;
  }

  /// A page is or will be written to: by a device, after it was; by a core, before it may be until {@link
  /// thespis.cpu.run.CodeMap#closePages}.
  public void written(long hostAddress) {
    long offset = hostAddress - bytes.address();
    if (offset >= 0 && offset < size) {
      Mem.store8(written + (offset >>> PhysMap.PAGE_SHIFT), (byte) (LATELY | EVER));
    }
  }

  /// The same for a run of bytes.
  public void written(long hostAddress, long count) {
    for (long page = hostAddress & -PhysMap.PAGE_SIZE; page < hostAddress + count; page += PhysMap.PAGE_SIZE) {
      written(page);
    }
  }

  /// Whether {@link #written} was told of the page since the last look.
  ///
  /// @param page number of the page, from 0
  public boolean takeWritten(long page) {
    boolean was = (Mem.load8(written + page) & LATELY) != 0;
    if (was) {
      Mem.store8(written + page, EVER);
    }
    return was;
  }

  /// Whether it was ever told of the page, or the page held something at first: one of which it was not is zero.
  public boolean wasWritten(long page) {
    return Mem.load8(written + page) != 0 || filled.get((int) page);
  }

  /// Gives whole pages back to the host, which has them again, and empty, when somebody touches them. Linux manual page
  /// "madvise(2)": MADV_REMOVE is for shared memory, MADV_DONTNEED for private. Pages that held something at first would
  /// hold it again: they stay, and are emptied.
  public void discard(long hostAddress, long length) {
    long at = hostAddress;
    long end = hostAddress + length;
    while (at < end) {
      int page = (int) (at - bytes.address() >>> PhysMap.PAGE_SHIFT);
      boolean stays = filled.get(page);
      long next = stays ? filled.nextClearBit(page) : filled.nextSetBit(page);
      long until = next < 0 ? end : Math.min(end, bytes.address() + (next << PhysMap.PAGE_SHIFT));
      if (stays) {
        Mem.fill(at, until - at, (byte) 0);
      } else {
        giveBack(at, until - at);
      }
      at = until;
    }
  }

  private static void giveBack(long hostAddress, long length) {
    boolean given = ADVISE.isPresent()
        && (ADVISE.get().call(hostAddress, length, MADV_REMOVE) == 0
            || ADVISE.get().call(hostAddress, length, MADV_DONTNEED) == 0);
    if (!given) {
      Mem.fill(hostAddress, length, (byte) 0);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      arena.close();
      Mem.freeSparse(pageFlags, size >>> PhysMap.PAGE_SHIFT);
      Mem.freeSparse(written, size >>> PhysMap.PAGE_SHIFT);
    }
  }
}
