package thespis.cpu.apic;

/// The road from interrupt sources (I/O APIC, MSI, other local APICs) to the local APICs of a machine. SDM Vol. 3A
/// "Advanced Programmable Interrupt Controller (APIC)". Thread-safe; delivers by setting bits and waking halted vCPUs.
public interface ApicBus {
  int FIXED = 0;
  int LOWEST_PRIORITY = 1;
  int SMI = 2;
  int NMI = 4;
  int INIT = 5;
  int STARTUP = 6;
  int EXTINT = 7;

  /// @param destination APIC ID (physical) or MDA (logical); 0xFF (xAPIC) broadcasts
  /// @param level level-triggered: the local APIC broadcasts an EOI for it
  void deliver(int destination, boolean logical, int deliveryMode, int vector, boolean level);

  /// A memory write to 0xFEExxxxx. SDM Vol. 3A "Message Signalled Interrupts".
  default void msi(long address, int data) {
    deliver((int) (address >>> 12) & 0xFF, (address & 4) != 0, data >>> 8 & 7, data & 0xFF, (data & 0x8000) != 0);
  }

  /// Called for each EOI of a level-triggered vector (the I/O APIC clears its remote IRR).
  void onEoi(java.util.function.IntConsumer listener);

  /// INTR line of the 8259 pair, wired to LINT0 of every local APIC (virtual wire mode) and to the BSP's INTR pin.
  void intr(boolean level);

  /// The 8259 pair, asked for the vector when a CPU takes INTR.
  void intAck(java.util.function.IntSupplier acknowledge);
}
