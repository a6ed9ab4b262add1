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

  /// The destination that means every local APIC.
  int BROADCAST = -1;

  /// An interrupt message, not an IPI.
  ///
  /// @param destination APIC ID (physical) or MDA (logical), as the message carries it: 8 bits and, where the machine has
  ///     them, 7 more; {@link #BROADCAST}, or 0xFF where there are only 8, for all
  /// @param level level-triggered: the local APIC broadcasts an EOI for it
  void deliver(int destination, boolean logical, int deliveryMode, int vector, boolean level);

  /// A memory write to 0xFEExxxxx. SDM Vol. 3A "Message Signalled Interrupts"; bits 5 to 11 are reserved there, and the
  /// upper bits of the destination for a guest of KVM ("KVM-specific CPUID", KVM_FEATURE_MSI_EXT_DEST_ID).
  default void msi(long address, int data) {
    int destination = (int) (address >>> 12) & 0xFF | ((int) (address >>> 5) & 0x7F) << 8;
    deliver(destination, (address & 4) != 0, data >>> 8 & 7, data & 0xFF, (data & 0x8000) != 0);
  }

  /// Called for each EOI of a level-triggered vector (the I/O APIC clears its remote IRR).
  void onEoi(java.util.function.IntConsumer listener);

  /// INTR line of the 8259 pair, wired to LINT0 of every local APIC (virtual wire mode) and to the BSP's INTR pin.
  void intr(boolean level);

  /// The 8259 pair, asked for the vector when a CPU takes INTR.
  void intAck(java.util.function.IntSupplier acknowledge);
}
