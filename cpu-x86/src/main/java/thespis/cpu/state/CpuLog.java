package thespis.cpu.state;

/// Hears what a processor does while somebody logs it; see {@link Cpu#log}. Called on the processor's thread.
public interface CpuLog {
  /// A hardware interrupt is acknowledged.
  void acknowledged(int vector);

  /// An exception is about to be delivered.
  ///
  /// @param during the exception whose delivery raised it, or -1
  void exception(int during, int vector);

  /// An interrupt or exception is delivered at RIP.
  ///
  /// @param error code, or -1
  /// @param software by an INT instruction
  void interrupt(int vector, int error, boolean software);

  /// A block is entered; RIP and flags are up to date.
  ///
  /// @param code where what is executed lies
  void block(long rip, long code);

  /// An access to where no device is.
  void unassigned(long physical, int bytes, boolean write);

  /// RDMSR or WRMSR of a register that is not there.
  void unknownMsr(int msr, boolean write);

  /// Each block is to be heard of: none may lead to another without being looked up.
  boolean unchained();
}
