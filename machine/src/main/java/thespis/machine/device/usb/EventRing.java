package thespis.machine.device.usb;

import thespis.cpu.mmu.Mem;
import thespis.machine.bus.GuestMemory;
import thespis.cpu.state.StateIo;

/// An interrupter and its event ring of one segment. xHCI 1.2 "Interrupter Register Set", "Event Ring Management".
final class EventRing {
  private static final int IMAN = 0x00;
  private static final int IMOD = 0x04;
  private static final int ERSTSZ = 0x08;
  private static final int ERSTBA = 0x10;
  private static final int ERDP = 0x18;
  private static final int PENDING = 1;
  private static final int ENABLE = 2;
  private static final long BUSY = 8;
  private static final int TRB = 16;
  private static final int MOST = 4096;
  private static final int LEAST = 16;
  private static final int HOST_CONTROLLER_EVENT = 37;
  private static final int RING_FULL = 21;

  private int management;
  private int moderation;
  private int segments;
  private long table;
  private long dequeue;
  private long start;
  private int size;
  private int next;
  private boolean cycle;

  void reset() {
    management = moderation = segments = 0;
    table = dequeue = start = 0;
    size = next = 0;
    cycle = true;
  }

  void state(StateIo io, String name) {
    management = io.u32(name + "iman", management);
    moderation = io.u32(name + "imod", moderation);
    segments = io.u32(name + "erstsz", segments);
    table = io.u64(name + "erstba", table);
    dequeue = io.u64(name + "erdp", dequeue);
    start = io.u64(name + "start", start);
    size = io.within(name + "size", size, 0, MOST);
    next = io.within(name + "next", next, 0, Math.max(size - 1, 0));
    cycle = io.bool(name + "cycle", cycle);
  }

  boolean pending() {
    return (management & PENDING) != 0;
  }

  boolean enabled() {
    return (management & ENABLE) != 0;
  }

  /// @return false if the driver's handler knew already that there was something
  boolean raise() {
    boolean busy = (dequeue & BUSY) != 0;
    dequeue |= BUSY;
    management |= PENDING;
    return busy;
  }

  /// "Interrupt Pending": a message clears it.
  void sent() {
    management &= ~PENDING;
  }

  int read(int register) {
    return switch (register) {
      case IMAN -> management;
      case IMOD -> moderation;
      case ERSTSZ -> segments;
      case ERSTBA -> (int) table;
      case ERSTBA + 4 -> (int) (table >>> 32);
      case ERDP -> (int) dequeue;
      case ERDP + 4 -> (int) (dequeue >>> 32);
      default -> 0;
    };
  }

  /// @return false if the ring that it leads to can't be
  boolean write(GuestMemory memory, int register, int value) {
    switch (register) {
      case IMAN -> management = management & ~ENABLE & ~(value & PENDING) | value & ENABLE;
      case IMOD -> moderation = value;
      case ERSTSZ -> segments = value & 0xFFFF;
      case ERSTBA -> table = table & 0xFFFF_FFFF_0000_0000L | value & 0xFFFF_FFC0L;
      case ERSTBA + 4 -> {
        table = table & 0xFFFF_FFFFL | (long) value << 32;
        return open(memory);
      }
      case ERDP -> {
        long busy = dequeue & BUSY & ~(value & BUSY);
        dequeue = dequeue & 0xFFFF_FFFF_0000_0000L | value & 0xFFFF_FFF7L | busy;
      }
      case ERDP + 4 -> dequeue = dequeue & 0xFFFF_FFFFL | (long) value << 32;
      default -> {
        // reserved
      }
    }
    return true;
  }

  /// "Event Ring Segment Table": address and size of the one segment.
  private boolean open(GuestMemory memory) {
    size = 0;
    next = 0;
    cycle = true;
    if (segments == 0 || table == 0) {
      return true;
    }
    if (segments != 1 || !memory.holds(table, TRB)) {
      return false;
    }
    long at = memory.get64(table) & ~0x3FL;
    int entries = memory.get32(table + 8) & 0xFFFF;
    if (entries < LEAST || entries > MOST || !memory.holds(at, (long) entries * TRB)) {
      return false;
    }
    start = at;
    size = entries;
    return true;
  }

  /// @return false if there is no ring or no room in it; the last place is for telling that
  boolean put(GuestMemory memory, long parameter, int status, int control) {
    if (size == 0 || !memory.holds(start, (long) size * TRB)) {
      return false;
    }
    int taken = (int) ((dequeue & ~0xFL) - start) / TRB;
    int room = Math.floorMod(taken - next - 1, size);
    if (taken < 0 || taken >= size || room == 0) {
      return false;
    }
    if (room == 1) {
      write(memory, 0, RING_FULL << 24, HOST_CONTROLLER_EVENT << 10);
    } else {
      write(memory, parameter, status, control);
    }
    return true;
  }

  /// The cycle bit last: it hands the entry over.
  private void write(GuestMemory memory, long parameter, int status, int control) {
    long at = start + (long) next * TRB;
    memory.put64(at, parameter);
    memory.put32(at + 8, status);
    Mem.fullFence();
    memory.put32(at + 12, control & ~1 | (cycle ? 1 : 0));
    next++;
    if (next == size) {
      next = 0;
      cycle = !cycle;
    }
  }
}
