package thespis.machine.acpi;

import java.util.List;
import java.util.function.BooleanSupplier;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortHandler;
import thespis.machine.bus.PortSpace;

/// A board's power management: fixed and general-purpose events, sleep control, the SMI command port, and the system
/// control interrupt (SCI) they share. ACPI 6.5 "ACPI Hardware Specification". Any thread may call; one lock serialises
/// it all.
public final class PowerManagement implements Device {
  /// What the guest has the board do by SLP_TYP.
  public interface Listener {
    void powerOff();

    /// State S3.
    void suspend();

    /// Something that the guest wanted to be woken by has happened in state S3.
    void wake(WakeReason reason);

    /// The guest has not fed its watchdog, and wants to be reset for it.
    default void watchdogExpired() {}

    /// State S4: the guest has written its memory to disk.
    void hibernated();
  }

  private static final int SMI_CONTROL = 0x30;
  private static final int TCO = 0x60;
  private static final int OPEN_BUS = -1;

  private final Chipset chipset;
  private final IrqLine sci;
  private final Listener listener;
  private final AcpiPm1 pm1;
  private final Gpe gpe;
  private final SmiCommand smi;
  private final TcoTimer tco;
  private final SmiControl smiControl;
  private volatile BooleanSupplier noReboot = () -> true;
  private boolean sciLevel;

  /// From the guest's request for S3 until the machine is reset, which it is to leave it.
  private boolean asleep;

  /// @param sci level-triggered, active high
  /// @param s4Type value of SLP_TYP for state S4
  public PowerManagement(Chipset chipset, GuestClock clock, IrqLine sci, int s4Type, Listener listener) {
    this.chipset = chipset;
    this.sci = sci;
    this.listener = listener;
    pm1 = new AcpiPm1(clock, s4Type, new AcpiPm1.Listener() {
      @Override
      public void changed() {
        updateSci();
      }

      @Override
      public void sleep(AcpiPm1.Sleep state) {
        enter(state);
      }

      @Override
      public void ticked() {
        wakeBy(WakeReason.PM_TIMER);
      }
    });
    gpe = new Gpe(chipset.gpeLength, this::updateSci);
    smi = new SmiCommand(this::smiCommand);
    tco = new TcoTimer(clock, this::tcoRan, () -> noReboot.getAsBoolean(), listener::watchdogExpired);
    smiControl = new SmiControl(tco::locked);
  }

  @Override
  public String name() {
    return "power-management";
  }

  /// The registers that the chip set places at its PM base.
  public PortHandler block() {
    return serialised(new Block());
  }

  /// Maps what is always at the same ports: the SMI command and, on `pc`, the GPE block.
  public void mapFixed(PortSpace ports) {
    ports.map("apm", Chipset.SMI_COMMAND, SmiCommand.LENGTH, serialised(smi));
    if (chipset == Chipset.PC) {
      ports.map("acpi-gpe0", chipset.gpe, chipset.gpeLength, serialised(gpe));
    }
  }

  /// A general-purpose event happens.
  public synchronized void raiseGpe(int bit) {
    gpe.raise(bit);
  }

  public synchronized void pressPowerButton() {
    pm1.pressPowerButton();
  }

  /// Whether the watchdog of `q35` is to have no consequence.
  public void noReboot(BooleanSupplier strapOrRegister) {
    noReboot = strapOrRegister;
  }

  private synchronized void tcoRan() {
    tco.ran();
  }

  /// The clock chip's alarm went off.
  public void alarm() {
    wakeBy(WakeReason.RTC_ALARM);
  }

  private synchronized void wakeBy(WakeReason reason) {
    if (asleep && pm1.wakesOn(reason)) {
      listener.wake(reason);
    }
  }

  /// Out of S3: after the reset that comes with it, before the processors start again.
  public synchronized void wake(WakeReason reason) {
    pm1.wake(reason);
  }

  @Override
  public synchronized void reset() {
    asleep = false;
    pm1.reset();
    gpe.reset();
    smiControl.reset();
  }

  @Override
  public synchronized void state(StateIo io) {
    pm1.state(io);
    gpe.state(io);
    smi.state(io);
    smiControl.state(io);
    tco.state(io);
    asleep = io.bool("asleep", asleep);
    updateSci();
  }

  private synchronized void updateSci() {
    boolean level = pm1.pending() | gpe.pending();
    if (level != sciLevel) {
      sciLevel = level;
      sci.set(level);
    }
  }

  private void enter(AcpiPm1.Sleep state) {
    switch (state) {
      case OFF -> listener.powerOff();
      case SUSPEND -> {
        asleep = true;
        listener.suspend();
      }
      case HIBERNATE -> listener.hibernated();
    }
  }

  private void smiCommand(int command) {
    if (command == chipset.acpiEnable) {
      pm1.acpiMode(true);
    } else if (command == chipset.acpiDisable) {
      pm1.acpiMode(false);
    }
  }

  /// Registers at an offset from the PM base.
  private record Part(int base, int length, PortHandler registers) {
    boolean covers(int offset, int size) {
      return offset >= base && offset + size <= base + length;
    }
  }

  /// At the PM base: the fixed registers, and on Q35 those of GPE and SMI too. What crosses a part's end is cut into
  /// bytes.
  private final class Block implements BytePorts {
    private final List<Part> parts = chipset == Chipset.PC
        ? List.of(new Part(0, AcpiPm1.LENGTH, pm1))
        : List.of(
            new Part(0, AcpiPm1.LENGTH, pm1),
            new Part(Chipset.Q35.gpe - Chipset.PM_BASE, Chipset.Q35.gpeLength, gpe),
            new Part(SMI_CONTROL, SmiControl.LENGTH, smiControl),
            new Part(TCO, TcoTimer.LENGTH, tco));

    @Override
    public int read(int offset, int size) {
      Part part = at(offset, size);
      if (part != null) {
        return part.registers.read(offset - part.base, size);
      }
      return size == 1 ? OPEN_BUS : BytePorts.super.read(offset, size);
    }

    @Override
    public void write(int offset, int size, int value) {
      Part part = at(offset, size);
      if (part != null) {
        part.registers.write(offset - part.base, size, value);
      } else if (size > 1) {
        BytePorts.super.write(offset, size, value);
      }
    }

    @Override
    public int readByte(int offset) {
      return read(offset, 1);
    }

    @Override
    public void writeByte(int offset, int value) {
      write(offset, 1, value);
    }

    private Part at(int offset, int size) {
      for (Part part : parts) {
        if (part.covers(offset, size)) {
          return part;
        }
      }
      return null;
    }
  }

  private PortHandler serialised(PortHandler registers) {
    return new PortHandler() {
      @Override
      public int read(int offset, int size) {
        synchronized (PowerManagement.this) {
          return registers.read(offset, size);
        }
      }

      @Override
      public void write(int offset, int size, int value) {
        synchronized (PowerManagement.this) {
          registers.write(offset, size, value);
        }
      }
    };
  }
}
