package thespis.machine.bus;

/// Registers in port space. Offsets are relative to where the handler is mapped; size is 1, 2 or 4. A handler sees an
/// access as the CPU made it; {@link PortSpace} splits what crosses the end of a mapping. Values are zero-extended.
public interface PortHandler {
  int read(int offset, int size);

  void write(int offset, int size, int value);

  /// Writes never have an effect, to none of its ports.
  default boolean ignoresWrites() {
    return false;
  }
}
