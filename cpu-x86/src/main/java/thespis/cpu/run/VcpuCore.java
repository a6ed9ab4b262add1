package thespis.cpu.run;

import thespis.cpu.state.StateIo;

/// One logical processor as its owner drives it: slices of guest code, attention, wake-ups. The owner (an actor) runs
/// it on one thread at a time; the methods marked "any thread" may be called while it runs.
public interface VcpuCore extends AutoCloseable {
  /// Runs guest code until the budget is used up or something ends the slice. One of {@link Exit}'s numbers.
  int run(long instructions);

  /// Runs one instruction, whatever is to be stopped at, and delivers no interrupt: {@link Exit#DEBUG} when it is done,
  /// or why it is not. A halted processor does nothing before it has a reason to run.
  int step();

  /// Any thread: end the running slice soon ({@link Exit#KICKED}); costs nothing if none runs.
  void kick();

  /// Any thread: true if a halted or waiting processor has a reason to run (interrupt, NMI, INIT, SIPI).
  boolean hasWork();

  /// Called (on any thread, at least once) when {@link #hasWork} turns true while the processor is halted or waiting.
  void onWake(Runnable wake);

  /// After {@link Exit#IO}: what the guest asked of an actor-owned register.
  PendingIo pendingIo();

  /// The owner's answer (the value read; ignored for writes); the next slice executes the instruction again.
  void completeIo(long value);

  /// Power-on or system reset. SDM Vol. 3A "Processor State After Reset". The boot processor starts at the reset vector
  /// or where {@link #start} says, others wait for SIPI.
  void reset();

  /// Takes a page of guest code out of what this core has decoded, and its TLB with it. Any thread.
  void invalidateAll();

  /// Index of the processor in the machine, and its APIC ID.
  int index();

  int apicId();

  /// True while in HLT or wait-for-SIPI.
  boolean halted();

  /// True in the second of these.
  boolean waitsForSipi();

  /// Registers and the code bytes round the instruction pointer, for reports.
  String dump();

  /// For monitors, between slices.
  Inspector inspect();

  /// The one list of what migrates, its local APIC included; while it does not run. A loader's clock has been loaded.
  ///
  /// @throws thespis.cpu.state.StateException if what is loaded can't be a state of this processor
  void state(StateIo io);

  /// Instructions retired since the core was made.
  long instructions();

  @Override
  void close();

  /// Port is in 0..0xFFFF; `write` tells OUT from IN.
  record PendingIo(int port, int size, boolean write, int value) {}
}
