package thespis.cpu.apic;

import thespis.cpu.state.StateIo;

/// The fixed interrupts that a local APIC has accepted: those that wait for the processor (IRR), those that it serves
/// (ISR), and which of them are level-triggered (TMR). SDM Vol. 3A "Interrupt, Task, and Processor Priority", "Interrupt
/// Acceptance for Fixed Interrupts". Any thread.
final class AcceptedInterrupts {
  private final VectorBits isr = new VectorBits();
  private final VectorBits tmr = new VectorBits();
  private final VectorBits irr = new VectorBits();

  void reset() {
    isr.reset();
    tmr.reset();
    irr.reset();
  }

  void accept(int vector, boolean level) {
    if (level) {
      tmr.set(vector);
    } else {
      tmr.clear(vector);
    }
    irr.set(vector);
  }

  /// The processor's priority: its task's, or that of what it serves.
  ///
  /// @param tpr the task's
  int ppr(int tpr) {
    int serves = isr.highest();
    int inService = serves < 0 ? 0 : serves & 0xF0;
    return tpr >>> 4 >= inService >>> 4 ? tpr : inService;
  }

  /// The vector that may be delivered at this priority of the task, or -1.
  int deliverable(int tpr) {
    int vector = irr.highest();
    return vector >= 0 && vector >>> 4 > ppr(tpr) >>> 4 ? vector : -1;
  }

  /// The processor has taken it.
  void serve(int vector) {
    irr.clear(vector);
    isr.set(vector);
  }

  /// The processor is done with what it served last: that vector, or -1 if there was none.
  int done() {
    int vector = isr.highest();
    if (vector >= 0) {
      isr.clear(vector);
    }
    return vector;
  }

  boolean isLevel(int vector) {
    return tmr.has(vector);
  }

  /// The registers from {@link ApicRegister#ISR} on, by number.
  int register(int n) {
    VectorBits bits = n < 8 ? isr : n < 16 ? tmr : irr;
    return bits.dword(n & 7);
  }

  void state(StateIo io) {
    isr.state(io, "isr");
    tmr.state(io, "tmr");
    irr.state(io, "irr");
  }
}
