package thespis.machine.device.timer;

import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.time.Frequency;

/// Intel 8254 programmable interval timer, as wired in a PC at ports 0x40 to 0x43: 1.193182 MHz, counter 0 drives IRQ 0,
/// the gates of 0 and 1 are high, counter 2 belongs to the speaker ({@link Port61}). Data sheet: "Control Word Format",
/// "Counter Latch Command", "Read-Back Command", "Mode Definitions".
///
/// Counters are computed from guest time; only counter 0's interrupts need a timer. The length of a pulse of one CLK is
/// not modelled on the wire: OUT falls and rises at once.
public final class I8254 implements Device, BytePorts {
  public static final Frequency CLK = new Frequency(1_193_182);

  private static final int CONTROL = 3, READ_BACK = 3;
  /// No guest has the timer thread for itself.
  private static final long SHORTEST_PERIOD_NANOS = 20_000;
  private static final int KEEP_COUNT = 0x20, KEEP_STATUS = 0x10;

  private final GuestClock clock;
  private final GuestClock.Timer timer;
  private final IrqLine irq0;
  private final PitCounter[] counters = {new PitCounter(), new PitCounter(), new PitCounter()};
  private boolean irqEnabled = true;
  /// Tick of counter 0's next rising edge while its timer is armed.
  private long nextEdge = PitCounter.NEVER;

  public I8254(GuestClock clock, IrqLine irq0) {
    this.clock = clock;
    this.irq0 = irq0;
    timer = clock.timer("pit", this::expire);
  }

  @Override
  public String name() {
    return "isa-pit";
  }

  /// QEMU differs: the data sheet leaves the counters undefined until they are programmed; QEMU's run in mode 3.
  @Override
  public synchronized void reset() {
    for (int i = 0; i < counters.length; i++) {
      counters[i].reset(i != 2, now());
    }
    irqEnabled = true;
    schedule();
  }

  @Override
  public synchronized int readByte(int offset) {
    return offset == CONTROL ? 0 : counters[offset].read(now());
  }

  @Override
  public synchronized void writeByte(int offset, int value) {
    if (offset != CONTROL) {
      if (counters[offset].write(value, now()) && offset == 0) {
        schedule();
      }
    } else if (value >>> 6 == READ_BACK) {
      for (int i = 0; i < counters.length; i++) {
        if ((value >>> i + 1 & 1) != 0) {
          counters[i].readBack((value & KEEP_COUNT) == 0, (value & KEEP_STATUS) == 0, now());
        }
      }
    } else if (counters[value >>> 6].control(value & 0x3F, now()) && value >>> 6 == 0) {
      schedule();
    }
  }

  @Override
  public synchronized void state(StateIo io) {
    for (int i = 0; i < counters.length; i++) {
      counters[i].state(io, "channel" + i + "-");
    }
    irqEnabled = io.bool("irq-enabled", irqEnabled);
    nextEdge = io.u64("next-edge", nextEdge);
    if (io.loading()) {
      arm();
    }
  }

  public synchronized boolean out(int counter) {
    return counters[counter].out(now());
  }

  public synchronized boolean gate(int counter) {
    return counters[counter].gate();
  }

  public synchronized void gate(int counter, boolean level) {
    counters[counter].gate(level, now());
  }

  /// The HPET takes IRQ 0 over in its legacy replacement mode.
  public synchronized void irqEnabled(boolean enabled) {
    if (irqEnabled != enabled) {
      irqEnabled = enabled;
      schedule();
    }
  }

  private long now() {
    return CLK.ticks(clock.measured());
  }

  /// Counter 0 was programmed: its wire falls, and gets a timer for the next time OUT rises.
  private void schedule() {
    nextEdge = irqEnabled ? counters[0].nextRise(now()) : PitCounter.NEVER;
    irq0.set(false);
    arm();
  }

  private void arm() {
    if (nextEdge == PitCounter.NEVER) {
      timer.cancel();
    } else {
      timer.arm(CLK.nanos(nextEdge));
    }
  }

  /// Late ticks follow at once, so that a guest that counts them keeps its pace; more than a second's are
  /// dropped.
  private synchronized void expire() {
    long now = now();
    if (now < nextEdge) {
      return;
    }
    irq0.set(false);
    irq0.set(true);
    long edge = nextEdge;
    nextEdge = counters[0].nextRise(now - edge > CLK.hertz() ? now : edge);
    if (nextEdge != PitCounter.NEVER) {
      long nanos = CLK.nanos(nextEdge);
      boolean tooShort = nanos - CLK.nanos(edge) < SHORTEST_PERIOD_NANOS;
      timer.arm(tooShort ? Math.max(nanos, clock.nanos() + SHORTEST_PERIOD_NANOS) : nanos);
    }
  }
}
