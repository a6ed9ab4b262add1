package thespis.machine.acpi;

import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.PortHandler;
import thespis.machine.device.timer.AcpiPmTimer;

/// The fixed events and sleep control of power management. ACPI 6.5 "PM1 Event Registers", "PM1 Control Registers",
/// "Power Management Timer". Registers are words; how other widths act was seen on QEMU 7.2. Not synchronised: {@link
/// PowerManagement} is.
final class AcpiPm1 implements Device, PortHandler {
  static final int LENGTH = 12;

  private static final int STATUS = 0;
  private static final int ENABLE = 2;
  private static final int CONTROL = 4;
  private static final int TIMER = 8;
  private static final int OPEN_BUS = -1;

  // status and enable
  private static final int TMR = 1;
  private static final int GBL = 1 << 5;
  private static final int PWRBTN = 1 << 8;
  private static final int RTC = 1 << 10;
  private static final int WAK = 1 << 15;

  // control
  private static final int SCI_EN = 1;
  private static final int SLP_TYP_SHIFT = 10;
  private static final int SLP_EN = 1 << 13;

  // values of SLP_TYP, as the DSDT's `_S5` and `_S3` say
  private static final int OFF_TYPE = 0;
  private static final int S3_TYPE = 1;

  private static final long NEVER_CLEARED = -1;

  /// What a guest can ask for by SLP_TYP.
  enum Sleep {
    OFF,
    SUSPEND,
    HIBERNATE
  }

  interface Listener {
    /// {@link #pending} may have changed.
    void changed();

    void sleep(Sleep state);

    /// The timer's top bit has changed, and the guest wants to hear of it.
    void ticked();
  }

  private final AcpiPmTimer timer;
  private final GuestClock.Timer toggle;
  private final Listener listener;
  private final int s4Type;

  private int status;
  private int enable;
  private int control;
  private long clearedAt = NEVER_CLEARED;

  /// @param s4Type value of SLP_TYP for S4
  AcpiPm1(GuestClock clock, int s4Type, Listener listener) {
    this.s4Type = s4Type;
    this.timer = new AcpiPmTimer(clock);
    this.listener = listener;
    toggle = clock.timer("acpi-pm-timer", () -> {
      listener.changed();
      listener.ticked();
    });
  }

  @Override
  public String name() {
    return "acpi-pm1";
  }

  @Override
  public void reset() {
    status = enable = control = 0;
    clearedAt = NEVER_CLEARED;
    listener.changed();
  }

  @Override
  public int read(int offset, int size) {
    int value = 0;
    for (int done = 0; done < size; ) {
      int part = part(offset + done, size - done);
      value |= (readRegister(offset + done) & OPEN_BUS >>> 32 - 8 * part) << 8 * done;
      done += part;
    }
    return value;
  }

  @Override
  public void write(int offset, int size, int value) {
    for (int done = 0; done < size; ) {
      int part = part(offset + done, size - done);
      writeRegister(offset + done, value >>> 8 * done & OPEN_BUS >>> 32 - 8 * part);
      done += part;
    }
  }

  /// How much of an access is one operation: the largest aligned part that is no wider than the register.
  private static int part(int offset, int left) {
    int widest = offset < TIMER ? 2 : 4;
    int alignment = offset == 0 ? widest : Integer.lowestOneBit(offset);
    return Math.min(Math.min(alignment, widest), Integer.highestOneBit(left));
  }

  /// QEMU differs: each byte of the control register and of the timer reads as the lowest one, the upper bytes of the
  /// event registers as 0.
  private int readRegister(int offset) {
    return switch (offset) {
      case STATUS -> status();
      case ENABLE -> enable;
      case CONTROL, CONTROL + 1 -> control;
      case CONTROL + 2, CONTROL + 3 -> OPEN_BUS;
      case TIMER, TIMER + 1, TIMER + 2, TIMER + 3 -> timer.read();
      default -> 0;
    };
  }

  /// QEMU differs: a byte replaces the whole register.
  private void writeRegister(int offset, int value) {
    switch (offset) {
      case STATUS -> clear(value);
      case ENABLE -> enable = value;
      case CONTROL, CONTROL + 1 -> writeControl(value);
      default -> {
        return;
      }
    }
    listener.changed();
  }

  private int status() {
    return timer.toggles() > clearedAt ? status | TMR : status;
  }

  private void clear(int bits) {
    if ((bits & status() & TMR) != 0) {
      clearedAt = timer.toggles();
    }
    status &= ~bits;
  }

  private void writeControl(int value) {
    control = value & ~SLP_EN;
    if ((value & SLP_EN) != 0) {
      int type = value >>> SLP_TYP_SHIFT & 7;
      if (type == OFF_TYPE) {
        listener.sleep(Sleep.OFF);
      } else if (type == S3_TYPE) {
        listener.sleep(Sleep.SUSPEND);
      } else if (type == s4Type) {
        listener.sleep(Sleep.HIBERNATE);
      }
    }
  }

  @Override
  public void state(StateIo io) {
    status = io.u16("pm1-status", status);
    enable = io.u16("pm1-enable", enable);
    control = io.u16("pm1-control", control);
    clearedAt = io.u64("pm1-timer-cleared-at", clearedAt);
  }

  /// Is the system control interrupt wanted? Arms the timer if the next toggle may want it.
  boolean pending() {
    int events = status() & enable;
    if ((enable & TMR) != 0 && (events & TMR) == 0) {
      toggle.arm(timer.deadline(clearedAt + 1));
    } else {
      toggle.cancel();
    }
    return (events & (TMR | GBL | PWRBTN | RTC)) != 0;
  }

  /// Which side has the events: bit SCI_EN.
  void acpiMode(boolean on) {
    control = on ? control | SCI_EN : control & ~SCI_EN;
  }

  /// QEMU differs: a press that nobody has enabled is lost.
  void pressPowerButton() {
    if ((enable & PWRBTN) != 0) {
      status |= PWRBTN;
      listener.changed();
    }
  }

  /// The machine leaves the suspended state.
  void wake(WakeReason reason) {
    status |= WAK | reason.bit;
    listener.changed();
  }

  /// Has the guest enabled the event that this is?
  boolean wakesOn(WakeReason reason) {
    return reason == WakeReason.OTHER || (enable & reason.bit) != 0;
  }
}
