package thespis.machine.device.timer;

import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.MmioHandler;
import thespis.machine.time.Frequency;

/// High precision event timers at 0xFED00000. IA-PC HPET Specification 1.0a, "Register Model and Programming
/// Interface": one 64-bit counter of 100 MHz and three comparators ({@link HpetTimer}), as in QEMU. No FSB delivery.
///
/// The interrupt lines of 8254 and RTC run through this chip ("LegacyReplacement Route Mapping"): while it replaces
/// them, they are cut off and timers 0 and 1 have IRQ 0 and 8.
public final class Hpet implements Device, MmioHandler {
  public static final long BASE = 0xFED0_0000L;
  public static final int LENGTH = 0x400;
  public static final Frequency COUNTER = new Frequency(100_000_000);

  private static final int TIMERS = 3;
  private static final long PERIOD_FEMTOSECONDS = 10_000_000;
  private static final long ID = PERIOD_FEMTOSECONDS << 32 | 0x8086_A001L | TIMERS - 1 << 8;
  private static final int GENERAL_ID = 0x000, GENERAL_CONFIG = 0x010, INTERRUPT_STATUS = 0x020, MAIN_COUNTER = 0x0F0;
  private static final int FIRST_TIMER = 0x100, TIMER_SIZE = 0x20;
  private static final int ENABLE = 1, LEGACY_ROUTE = 2;
  private static final int PIT_IRQ = 0, RTC_IRQ = 8;
  private static final long DWORD = 0xFFFF_FFFFL;

  private final GuestClock clock;
  private final IrqLine[] outputs;
  private final HpetTimer[] timers = new HpetTimer[TIMERS];
  private I8254 pit;

  private int config, status;
  /// The counter while it is halted; the value it had at guest time zero while it runs.
  private long counter;
  private boolean rtcLevel;

  /// @param outputs a line for each global system interrupt that a timer can be routed to
  /// @param routes "Timer n Interrupt Routing Capability": which of them the guest may choose
  public Hpet(GuestClock clock, IrqLine[] outputs, int routes) {
    this.clock = clock;
    this.outputs = outputs.clone();
    for (int i = 0; i < TIMERS; i++) {
      timers[i] = new HpetTimer(this, clock, i, routes);
    }
  }

  /// The 8254 that falls silent while this chip has its interrupt.
  public void replaces(I8254 pit) {
    this.pit = pit;
  }

  @Override
  public String name() {
    return "hpet";
  }

  @Override
  public void reset() {
    synchronized (this) {
      config = 0;
      counter = 0;
      rtcLevel = false;
      for (HpetTimer t : timers) {
        t.reset();
      }
      status = 0;
    }
    followLegacyRoute();
  }

  @Override
  public synchronized long read(long offset, int size) {
    if (size < 4) {
      return 0;
    }
    long register = readRegister((int) offset & ~7);
    return size == 8 ? register : register >>> 8 * (offset & 4) & DWORD;
  }

  private long readRegister(int offset) {
    int timer = offset - FIRST_TIMER >> 5;
    if (timer >= 0) {
      return timer < TIMERS ? timers[timer].read(offset & TIMER_SIZE - 1) : 0;
    }
    return switch (offset) {
      case GENERAL_ID -> ID;
      case GENERAL_CONFIG -> config;
      case INTERRUPT_STATUS -> status;
      case MAIN_COUNTER -> counter();
      default -> 0;
    };
  }

  /// Bytes and words are ignored, as in QEMU.
  @Override
  public void write(long offset, int size, long value) {
    if (size < 4) {
      return;
    }
    long mask = size == 8 ? -1 : DWORD << 8 * (offset & 4);
    boolean routeChanged;
    synchronized (this) {
      int before = config;
      writeRegister((int) offset & ~7, value << 8 * (size == 8 ? 0 : offset & 4), mask);
      routeChanged = ((before ^ config) & LEGACY_ROUTE) != 0;
    }
    if (routeChanged) {
      followLegacyRoute();
    }
  }

  private void writeRegister(int offset, long value, long mask) {
    int timer = offset - FIRST_TIMER >> 5;
    if (timer >= TIMERS) {
      return;
    }
    if (timer >= 0) {
      timers[timer].write(offset & TIMER_SIZE - 1, value, mask);
      return;
    }
    switch (offset) {
      case GENERAL_CONFIG -> writeConfig((int) (config & ~mask | value & mask) & (ENABLE | LEGACY_ROUTE));
      case INTERRUPT_STATUS -> {
        for (int i = 0; i < TIMERS; i++) {
          if ((value & mask & status & 1 << i) != 0) {
            timers[i].lower();
          }
        }
      }
      case MAIN_COUNTER -> {
        if (!enabled()) {
          counter = counter & ~mask | value & mask;
        }
      }
      default -> { }
    }
  }

  private void writeConfig(int next) {
    boolean turned = ((config ^ next) & ENABLE) != 0;
    boolean rerouted = ((config ^ next) & LEGACY_ROUTE) != 0;
    long now = counter();
    config = next;
    if (turned) {
      counter = enabled() ? now - COUNTER.ticks(clock.nanos()) : now;
      for (HpetTimer t : timers) {
        t.counterTurned();
      }
    }
    if (rerouted) {
      outputs[PIT_IRQ].set(false);
      outputs[RTC_IRQ].set(!legacyRoute() && rtcLevel);
    }
  }

  @Override
  public synchronized void state(StateIo io) {
    config = io.u8("config", config);
    status = io.u8("isr", status);
    counter = io.u64("hpet_counter", counter);
    rtcLevel = io.bool("rtc_irq_level", rtcLevel);
    for (HpetTimer t : timers) {
      t.state(io);
    }
  }

  /// Where the 8254's OUT 0 goes.
  public IrqLine pitInput() {
    return level -> {
      synchronized (this) {
        if (!legacyRoute()) {
          outputs[PIT_IRQ].set(level);
        }
      }
    };
  }

  /// Where the RTC's IRQ goes.
  public IrqLine rtcInput() {
    return level -> {
      synchronized (this) {
        rtcLevel = level;
        if (!legacyRoute()) {
          outputs[RTC_IRQ].set(level);
        }
      }
    };
  }

  /// Without this chip's lock, because the 8254 calls in here with its own.
  private void followLegacyRoute() {
    I8254 replaced = pit;
    if (replaced != null) {
      boolean silent;
      synchronized (this) {
        silent = legacyRoute();
      }
      replaced.irqEnabled(!silent);
    }
  }

  boolean enabled() {
    return (config & ENABLE) != 0;
  }

  private boolean legacyRoute() {
    return (config & LEGACY_ROUTE) != 0;
  }

  long counter() {
    return enabled() ? counter + COUNTER.ticks(clock.measured()) : counter;
  }

  /// Guest time at which the running counter has this value.
  long nanosAt(long value) {
    return COUNTER.nanos(value - counter);
  }

  void setStatus(int timer, boolean active) {
    status = active ? status | 1 << timer : status & ~(1 << timer);
  }

  IrqLine output(int timer, int route) {
    int line = legacyRoute() && timer < 2 ? timer == 0 ? PIT_IRQ : RTC_IRQ : route;
    return line < outputs.length ? outputs[line] : IrqLine.none();
  }
}
