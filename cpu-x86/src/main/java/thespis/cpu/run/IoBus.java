package thespis.cpu.run;

/// What a core needs from its board: ports and memory-mapped registers. Called on the vCPU's own thread, at any time,
/// by several vCPUs at once; the board serialises per chip. Sizes are 1, 2 or 4 bytes for ports and 1, 2, 4 or 8 for
/// MMIO.
public interface IoBus {
  /// Answer of a register that belongs to an actor: the core ends its slice with {@link Exit#IO}, the vCPU's actor asks
  /// the owner, hands the answer to the core, and the core executes the instruction again.
  long DEFERRED = Long.MIN_VALUE;

  /// IN. The value is zero-extended; or {@link #DEFERRED}.
  long in(int port, int size);

  /// OUT. True when done, false when {@link #DEFERRED}.
  boolean out(int port, int size, int value);

  /// Read of a guest-physical address that is not RAM. Unmapped space reads as all ones.
  long mmioRead(long gpa, int size);

  void mmioWrite(long gpa, int size, long value);

  /// Address of a bit for each port, lowest first: one for those to which a byte may be written without any effect. Zero if
  /// nobody keeps such.
  default long portSinks() {
    return 0;
  }

  /// Has a device registers there? For those who look and would rather not read all ones.
  default boolean hasMmio(long gpa) {
    return true;
  }

  /// FERR#: an unmasked x87 exception is met (or was cleared) while CR0.NE is clear. A PC raises IRQ 13, until port F0h
  /// is written.
  default void ferr(boolean pending) {}
}
