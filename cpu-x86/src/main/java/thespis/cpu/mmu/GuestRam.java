package thespis.cpu.mmu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The machine's RAM: one block of native memory, addressed by RAM offset (not by guest-physical address: {@link
/// PhysMap} says where which part of it appears). Beside it stands one byte of flags for each page, which writers
/// consult: does the page hold decoded code, is it watched for migration.
public final class GuestRam implements AutoCloseable {
  /// Some vCPU has decoded code from this page: writes must go the slow way.
  public static final int CODE = 1;

  /// The page was written since the flag was last cleared.
  public static final int DIRTY = 2;

  private final Arena arena;
  private final MemorySegment bytes;
  private final long size;
  private final long pageFlags;
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
    if (size % PhysMap.PAGE_SIZE != 0) {
      throw new IllegalArgumentException("RAM size is not a multiple of the page size: " + size);
    }
    this.arena = arena;
    this.bytes = bytes;
    this.size = size;
    this.pageFlags = Mem.allocate(size >>> PhysMap.PAGE_SHIFT);
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

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      arena.close();
      Mem.free(pageFlags);
    }
  }
}
