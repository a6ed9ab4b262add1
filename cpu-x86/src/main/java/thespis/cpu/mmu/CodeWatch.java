package thespis.cpu.mmu;

/// What a CPU's block cache and those of its siblings want to hear of its writes.
public interface CodeWatch {
  /// This CPU is about to write there; may throw to have the instruction executed another way.
  default void beforeWrite(long hostAddress, int bytes) {}

  /// This CPU wrote `bytes` bytes at a host address in a page that holds decoded code (after the write).
  void written(long hostAddress, int bytes);
}
