package thespis.machine.bus;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import thespis.cpu.mmu.Mem;

/// The 64 Ki ports of a machine. A look-up is two array reads; mappings change rarely (PCI BARs, firmware) and each
/// change publishes a new immutable table. Later mappings hide earlier ones. Unmapped ports read as all ones and ignore
/// writes; an access that crosses the edge of a mapping is split into bytes.
public final class PortSpace {
  private static final int PORTS = 0x10000;

  /// A run of ports. `deferred` marks registers that belong to an actor: the CPU's slice ends there.
  public record Mapping(String name, int base, int length, PortHandler handler, boolean deferred) {
    public Mapping {
      if (base < 0 || length <= 0 || base + length > PORTS) {
        throw new IllegalArgumentException("outside port space: " + name + " at " + base + " + " + length);
      }
    }

    public boolean covers(int port, int size) {
      return port >= base && port + size <= base + length;
    }

    /// Zero-extended value of ports that it covers.
    public long read(int port, int size) {
      return handler.read(port - base, size) & 0xFFFF_FFFFL >>> (32 - 8 * size);
    }

    public void write(int port, int size, int value) {
      handler.write(port - base, size, size == 4 ? value : value & (1 << 8 * size) - 1);
    }
  }

  private final List<Mapping> mappings = new ArrayList<>();
  private volatile Mapping[][] table = new Mapping[256][];

  /// One bit for each port: writes have no effect.
  private final MemorySegment sinks = Arena.ofAuto().allocate(PORTS / 8);

  public PortSpace() {
    sinks.fill((byte) 0xFF);
  }

  public void map(String name, int base, int length, PortHandler handler) {
    add(new Mapping(name, base, length, handler, false));
  }

  public void mapDeferred(String name, int base, int length, PortHandler handler) {
    add(new Mapping(name, base, length, handler, true));
  }

  private synchronized void add(Mapping mapping) {
    unmap(mapping.name);
    mappings.add(mapping);
    publish();
    sink(mapping.base, mapping.length);
  }

  public synchronized void unmap(String name) {
    List<Mapping> gone = mappings.stream().filter(m -> m.name.equals(name)).toList();
    if (!gone.isEmpty()) {
      mappings.removeIf(m -> m.name.equals(name));
      publish();
      gone.forEach(m -> sink(m.base, m.length));
    }
  }

  private void publish() {
    Mapping[][] next = new Mapping[256][];
    for (Mapping m : mappings) {
      for (int port = m.base; port < m.base + m.length; port++) {
        if (next[port >>> 8] == null) {
          next[port >>> 8] = new Mapping[256];
        }
        next[port >>> 8][port & 0xFF] = m;
      }
    }
    table = next;
  }

  private void sink(int base, int length) {
    for (int port = base; port < base + length; port++) {
      Mapping m = at(port);
      boolean sink = m == null || !m.deferred && m.handler.ignoresWrites();
      int bit = 1 << (port & 7);
      long at = sinks.address() + (port >>> 3);
      Mem.put8(at, (byte) (sink ? Mem.get8(at) | bit : Mem.get8(at) & ~bit));
    }
  }

  /// Address of a bit for each port, lowest first: one where a byte may be written without any effect. It lives as long as
  /// this object.
  public long sinks() {
    return sinks.address();
  }

  public synchronized List<Mapping> mappings() {
    return List.copyOf(mappings);
  }

  /// The mapping at a port, or null.
  public Mapping at(int port) {
    Mapping[] row = table[port >>> 8 & 0xFF];
    return row == null ? null : row[port & 0xFF];
  }

  /// Zero-extended value.
  public long read(int port, int size) {
    Mapping m = at(port);
    if (m != null && m.covers(port, size)) {
      return m.read(port, size);
    }
    if (size == 1) {
      return 0xFF;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= read(port + i & 0xFFFF, 1) << 8 * i;
    }
    return value;
  }

  public void write(int port, int size, int value) {
    Mapping m = at(port);
    if (m != null && m.covers(port, size)) {
      m.write(port, size, value);
    } else if (size > 1) {
      for (int i = 0; i < size; i++) {
        write(port + i & 0xFFFF, 1, value >>> 8 * i & 0xFF);
      }
    }
  }
}
