package thespis.machine.bus;

import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;

/// Guest-physical addresses as a processor has them, for somebody who is none: memory where the map has memory, and chips
/// elsewhere. A longer access is cut into those of the pages, and on chips into aligned ones of at most four bytes, as
/// their buses have them. Where nothing is, zeros are read, as QEMU's qtest reads them. There is no local APIC here: those
/// are each processor's own.
public final class PhysicalAccess {
  private static final int WIDEST = 4;

  private final PhysMap map;
  private final MmioSpace chips;
  private final GuestMemory ram;
  private boolean closed;

  public PhysicalAccess(PhysMap map, MmioSpace chips, GuestMemory ram) {
    this.map = map;
    this.chips = chips;
    this.ram = ram;
  }

  public synchronized byte[] read(long gpa, int count) {
    byte[] bytes = new byte[count];
    for (int done = 0; done < count && !closed; ) {
      long at = gpa + done;
      int here = (int) Math.min(count - done, PhysMap.PAGE_SIZE - (at & PhysMap.PAGE_SIZE - 1));
      long host = map.hostForRead(at);
      if (host != 0) {
        Mem.copyOut(host, bytes, done, here);
      } else {
        for (int i = 0; i < here; ) {
          int size = width(at + i, here - i);
          long value = chips.isMapped(at + i) ? chips.read(at + i, size) : 0;
          for (int b = 0; b < size; b++) {
            bytes[done + i + b] = (byte) (value >>> 8 * b);
          }
          i += size;
        }
      }
      done += here;
    }
    return bytes;
  }

  /// What is not to be written is not.
  public synchronized void write(long gpa, byte[] bytes) {
    for (int done = 0; done < bytes.length && !closed; ) {
      long at = gpa + done;
      int here = (int) Math.min(bytes.length - done, PhysMap.PAGE_SIZE - (at & PhysMap.PAGE_SIZE - 1));
      if (map.hostForWrite(at) != 0) {
        ram.write(at, bytes, done, here);
      } else if (map.hostForRead(at) == 0) {
        for (int i = 0; i < here; ) {
          int size = width(at + i, here - i);
          chips.write(at + i, size, value(bytes, done + i, size));
          i += size;
        }
      }
      done += here;
    }
  }

  /// The memory is about to go.
  public synchronized void close() {
    closed = true;
  }

  private static int width(long gpa, int left) {
    int aligned = gpa == 0 ? WIDEST : (int) Math.min(WIDEST, gpa & -gpa);
    return Integer.highestOneBit(Math.min(aligned, left));
  }

  private static long value(byte[] bytes, int from, int size) {
    long value = 0;
    for (int b = 0; b < size; b++) {
      value |= (bytes[from + b] & 0xFFL) << 8 * b;
    }
    return value;
  }
}
