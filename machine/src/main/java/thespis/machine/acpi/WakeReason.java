package thespis.machine.acpi;

/// What ends the sleep of a machine in state S3, as its PM1 status tells. ACPI 6.5 "PM1 Status Registers".
public enum WakeReason {
  /// Somebody outside; QEMU has it look like the power button.
  OTHER(1 << 8),
  RTC_ALARM(1 << 10),
  PM_TIMER(1);

  /// The event's bit in the status and enable registers.
  final int bit;

  WakeReason(int bit) {
    this.bit = bit;
  }
}
