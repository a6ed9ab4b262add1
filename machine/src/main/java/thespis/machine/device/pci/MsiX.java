package thespis.machine.device.pci;

import java.util.Arrays;
import thespis.machine.bus.MmioHandler;
import thespis.cpu.state.StateIo;

/// A function's message signalled interrupts with a table: one message for each vector, and a bit for each that waits.
/// PCI 3.0 "MSI-X Capability and Table Structure". Serialised by the bus lock; a handler for the whole BAR that has both,
/// where nothing else answers.
public final class MsiX implements MmioHandler {
  private static final int CAPABILITY = 0x11;
  private static final int CONTROL = 2;
  private static final int ENABLE = 0x80;
  private static final int MASK_ALL = 0x40;
  private static final int ENTRY = 16;
  private static final int DATA = 8;
  private static final int VECTOR_CONTROL = 12;

  private final PciDevice device;
  private final int capability;
  private final int tableAt;
  private final int pendingAt;
  private final byte[] table;
  private final byte[] pending;

  /// Adds the capability.
  ///
  /// @param bar where table and pending bits are, each at its offset
  public MsiX(PciDevice device, int capability, int vectors, int bar, int tableAt, int pendingAt) {
    this.device = device;
    this.capability = capability;
    this.tableAt = tableAt;
    this.pendingAt = pendingAt;
    table = new byte[vectors * ENTRY];
    pending = new byte[(vectors + 63) / 64 * 8];
    device.capability(capability, CAPABILITY,
        vectors - 1, vectors - 1 >>> 8,
        tableAt | bar, tableAt >>> 8, tableAt >>> 16, tableAt >>> 24,
        pendingAt | bar, pendingAt >>> 8, pendingAt >>> 16, pendingAt >>> 24);
    device.writeMask(capability + CONTROL + 1, ENABLE | MASK_ALL);
  }

  /// With the function: every vector masked.
  public void reset() {
    Arrays.fill(table, (byte) 0);
    Arrays.fill(pending, (byte) 0);
    for (int at = VECTOR_CONTROL; at < table.length; at += ENTRY) {
      table[at] = 1;
    }
  }

  public void state(StateIo io) {
    io.bytes("msix-table", table);
    io.bytes("msix-pending", pending);
  }

  public int vectors() {
    return table.length / ENTRY;
  }

  /// The function's interrupts go this way, not by wire.
  public boolean enabled() {
    return (device.config8(capability + CONTROL + 1) & ENABLE) != 0;
  }

  /// True if a write to the configuration space may have opened the way for messages.
  public boolean touched(int offset, int size) {
    return PciDevice.touches(offset, size, capability + CONTROL, 2);
  }

  /// Something has happened that this vector is for. Vectors that there are not are ignored.
  public void notify(int vector) {
    if (vector >= 0 && vector < vectors() && enabled()) {
      pending[vector >>> 3] |= (byte) (1 << (vector & 7));
      deliver();
    }
  }

  /// Sends what waits and may go.
  public void deliver() {
    boolean open = (device.config8(capability + CONTROL + 1) & (ENABLE | MASK_ALL)) == ENABLE && device.busMaster();
    for (int vector = 0; open && vector < vectors(); vector++) {
      boolean waits = (pending[vector >>> 3] & 1 << (vector & 7)) != 0;
      int at = vector * ENTRY;
      if (waits && (table[at + VECTOR_CONTROL] & 1) == 0) {
        pending[vector >>> 3] &= (byte) ~(1 << (vector & 7));
        device.message(get32(at) & 0xFFFF_FFFFL | (long) get32(at + 4) << 32, get32(at + DATA));
      }
    }
  }

  private int get32(int at) {
    return table[at] & 0xFF | (table[at + 1] & 0xFF) << 8 | (table[at + 2] & 0xFF) << 16 | table[at + 3] << 24;
  }

  @Override
  public long read(long offset, int size) {
    synchronized (device.lock()) {
      long value = 0;
      for (int i = 0; i < size; i++) {
        value |= (at(offset + i) & 0xFFL) << 8 * i;
      }
      return value;
    }
  }

  private byte at(long offset) {
    if (offset >= tableAt && offset < tableAt + table.length) {
      return table[(int) offset - tableAt];
    }
    return offset >= pendingAt && offset < pendingAt + pending.length ? pending[(int) offset - pendingAt] : 0;
  }

  @Override
  public void write(long offset, int size, long value) {
    synchronized (device.lock()) {
      for (int i = 0; i < size; i++) {
        long at = offset + i - tableAt;
        if (at >= 0 && at < table.length) {
          table[(int) at] = (byte) (value >>> 8 * i);
        }
      }
      deliver();
    }
  }
}
