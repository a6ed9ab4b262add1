package thespis.machine.bus;

import java.util.ArrayList;
import java.util.List;

/// Memory-mapped registers: whatever the {@link thespis.cpu.mmu.PhysMap} does not back with memory. Unmapped space
/// reads as all ones and ignores writes.
public final class MmioSpace {
  public record Mapping(String name, long base, long length, MmioHandler handler) {
    boolean covers(long gpa) {
      return gpa - base >= 0 && gpa - base < length;
    }
  }

  private final List<Mapping> mappings = new ArrayList<>();
  private volatile Mapping[] table = new Mapping[0];

  /// Later mappings hide earlier ones; one of the same name moves.
  public synchronized void map(String name, long base, long length, MmioHandler handler) {
    mappings.removeIf(m -> m.name.equals(name));
    mappings.addFirst(new Mapping(name, base, length, handler));
    table = mappings.toArray(Mapping[]::new);
  }

  public synchronized void unmap(String name) {
    mappings.removeIf(m -> m.name.equals(name));
    table = mappings.toArray(Mapping[]::new);
  }

  public List<Mapping> mappings() {
    return List.of(table);
  }

  public boolean isMapped(long gpa) {
    for (Mapping m : table) {
      if (m.covers(gpa)) {
        return true;
      }
    }
    return false;
  }

  public long read(long gpa, int size) {
    for (Mapping m : table) {
      if (m.covers(gpa)) {
        return m.handler.read(gpa - m.base, size) & -1L >>> (64 - 8 * size);
      }
    }
    return -1L >>> (64 - 8 * size);
  }

  public void write(long gpa, int size, long value) {
    for (Mapping m : table) {
      if (m.covers(gpa)) {
        m.handler.write(gpa - m.base, size, value & -1L >>> (64 - 8 * size));
        return;
      }
    }
  }
}
