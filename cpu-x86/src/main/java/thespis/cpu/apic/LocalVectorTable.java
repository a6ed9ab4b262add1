package thespis.cpu.apic;

import java.util.Arrays;
import thespis.cpu.state.StateIo;

/// What becomes of the interrupts that a local APIC has itself: timer, thermal sensor, performance counters, the pins LINT0
/// and LINT1, errors. SDM Vol. 3A "Local Vector Table".
final class LocalVectorTable {
  static final int ENTRIES = 6;
  static final int TIMER = 0;
  static final int LINT0 = 3;

  /// What the timer does, in its entry, if it is not to run out once.
  static final int PERIODIC = 0x20000;
  static final int TSC_DEADLINE = 0x40000;
  private static final int TIMER_MODE = 0x60000;

  private static final int MASKED = 0x10000;
  private static final int DELIVERY = 0x700;
  private static final int EXTINT = 0x700;
  private static final int[] WRITABLE = {0x710FF, 0x117FF, 0x117FF, 0x1F7FF, 0x1F7FF, 0x110FF};

  private final int[] entries = new int[ENTRIES];

  /// SDM Vol. 3A "Local APIC State After Power-Up or Reset".
  ///
  /// @param bsp LINT0 is ExtINT, as firmware programs it: the PIC works before the kernel sets the APIC up
  void reset(boolean bsp) {
    Arrays.fill(entries, MASKED);
    if (bsp) {
      entries[LINT0] = EXTINT;
    }
  }

  int get(int n) {
    return entries[n];
  }

  /// @param masked whatever is written
  void set(int n, int value, boolean masked) {
    entries[n] = (masked ? value | MASKED : value) & WRITABLE[n];
  }

  /// SDM Vol. 3A "Local APIC State After It Has Been Software Disabled".
  void maskAll() {
    for (int n = 0; n < ENTRIES; n++) {
      entries[n] |= MASKED;
    }
  }

  static boolean isMasked(int entry) {
    return (entry & MASKED) != 0;
  }

  static int vector(int entry) {
    return entry & 0xFF;
  }

  /// One of the above; or both bits, which is reserved.
  static int timerMode(int entry) {
    return entry & TIMER_MODE;
  }

  int timerMode() {
    return timerMode(entries[TIMER]);
  }

  /// Is what comes in at LINT0 an interrupt of the 8259's?
  boolean passesPic() {
    return (entries[LINT0] & (MASKED | DELIVERY)) == EXTINT;
  }

  void state(StateIo io) {
    io.ints("lvt", entries);
  }
}
