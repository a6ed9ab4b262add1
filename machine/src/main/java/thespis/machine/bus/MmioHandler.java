package thespis.machine.bus;

/// Registers in memory space, offsets relative to the mapping; size is 1, 2, 4 or 8.
public interface MmioHandler {
  long read(long offset, int size);

  void write(long offset, int size, long value);
}
