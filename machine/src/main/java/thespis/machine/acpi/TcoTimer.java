package thespis.machine.acpi;

import java.util.function.BooleanSupplier;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.PortHandler;

/// The watchdog of the ICH9. Its data sheet "TCO I/O Registers", "TCO_RLD" to "SW_IRQ_GEN": a counter of 0.6-second ticks
/// that the guest reloads; the second time that it runs out the machine is reset, or what else its owner wants, unless the
/// strap or the chip set's NO_REBOOT bit forbid it. QEMU differs: the status registers keep what is written to some of their
/// bits, and a reset leaves it all as it is. There is no system management mode to be told. Serialised by its owner.
final class TcoTimer implements PortHandler {
  static final int LENGTH = 32;

  private static final int RLD = 0x00, DAT_IN = 0x02, DAT_OUT = 0x03, STS1 = 0x04, STS2 = 0x06, CNT1 = 0x08, CNT2 = 0x0A;
  private static final int MESSAGE1 = 0x0C, MESSAGE2 = 0x0D, WDCNT = 0x0E, SW_IRQ_GEN = 0x10, TMR = 0x12;

  private static final int COUNT = 0x3FF;
  private static final int STS1_SW_SMI = 0x02, STS1_INTERRUPT = 0x04, STS1_TIMEOUT = 0x08, STS1_KEPT = 0xE870;
  private static final int STS2_SECOND = 0x02, STS2_BOOT = 0x04, STS2_KEPT = 0xFFF8;
  private static final int CNT1_HALT = 1 << 11, CNT1_LOCK = 1 << 12, CNT1_KEPT = 0xFEFF;
  private static final long TICK = 600_000_000L;
  private static final long STOPPED = -1;

  private final GuestClock clock;
  private final GuestClock.Timer timer;
  private final BooleanSupplier noReboot;
  private final Runnable expired;
  private int rld, in, out, sts1, sts2, cnt1, cnt2 = 0x08, message1, message2, wdcnt, tmr = 0x04, irq = 0x03;
  private long expires = STOPPED;
  private int timeouts;

  /// @param onTime has {@link #ran} called, under the owner's lock
  /// @param noReboot asked when it runs out: it is to have no consequence
  /// @param expired called when it has one
  TcoTimer(GuestClock clock, Runnable onTime, BooleanSupplier noReboot, Runnable expired) {
    this.clock = clock;
    this.noReboot = noReboot;
    this.expired = expired;
    timer = clock.timer("tco", onTime);
  }

  /// TCO_EN of the SMI control register may not be changed any more.
  boolean locked() {
    return (cnt1 & CNT1_LOCK) != 0;
  }

  /// The timer's time may have come.
  void ran() {
    if (expires == STOPPED || clock.nanos() < expires) {
      return;
    }
    rld = 0;
    sts1 |= STS1_TIMEOUT;
    if (++timeouts == 2) {
      sts2 |= STS2_SECOND | STS2_BOOT;
      timeouts = 0;
      if (!noReboot.getAsBoolean()) {
        stop();
        expired.run();
        return;
      }
    }
    reload();
  }

  private boolean mayRun() {
    return (cnt1 & CNT1_HALT) == 0 && tmr > 1;
  }

  private void reload() {
    rld = tmr;
    expires = clock.nanos() + (tmr & COUNT) * TICK;
    timer.arm(expires);
  }

  private void stop() {
    expires = STOPPED;
    timer.cancel();
  }

  @Override
  public int read(int offset, int size) {
    return size == 4 ? register(offset) & 0xFFFF | register(offset + 2) << 16 : register(offset);
  }

  private int register(int offset) {
    return switch (offset) {
      case RLD -> expires == STOPPED ? rld : (int) ((expires - clock.nanos()) / TICK) & 0xFFFF | rld & ~COUNT;
      case DAT_IN -> in;
      case DAT_OUT -> out;
      case STS1 -> sts1;
      case STS2 -> sts2;
      case CNT1 -> cnt1;
      case CNT2 -> cnt2;
      case MESSAGE1 -> message1;
      case MESSAGE2 -> message2;
      case WDCNT -> wdcnt;
      case SW_IRQ_GEN -> irq;
      case TMR -> tmr;
      default -> 0;
    };
  }

  @Override
  public void write(int offset, int size, int value) {
    if (size == 4) {
      set(offset, value & 0xFFFF);
      set(offset + 2, value >>> 16);
    } else {
      set(offset, value);
    }
  }

  private void set(int offset, int value) {
    switch (offset) {
      case RLD -> {
        timeouts = 0;
        if (mayRun()) {
          reload();
        } else {
          rld = value;
        }
      }
      case DAT_IN -> {
        in = value & 0xFF;
        sts1 |= STS1_SW_SMI;
      }
      case DAT_OUT -> {
        out = value & 0xFF;
        sts1 |= STS1_INTERRUPT;
      }
      case STS1 -> sts1 = value & STS1_KEPT;
      case STS2 -> sts2 = value & STS2_KEPT;
      case CNT1 -> {
        cnt1 = value & CNT1_KEPT | cnt1 & CNT1_LOCK;
        if (mayRun()) {
          reload();
        } else {
          stop();
        }
      }
      case CNT2 -> cnt2 = value;
      case MESSAGE1 -> message1 = value & 0xFF;
      case MESSAGE2 -> message2 = value & 0xFF;
      case WDCNT -> wdcnt = value & 0xFF;
      case SW_IRQ_GEN -> irq = value & 0xFF;
      case TMR -> tmr = value;
      default -> { }
    }
  }

  void state(StateIo io) {
    rld = io.u16("tco-rld", rld);
    in = io.u8("tco-dat-in", in);
    out = io.u8("tco-dat-out", out);
    sts1 = io.u16("tco1-sts", sts1);
    sts2 = io.u16("tco2-sts", sts2);
    cnt1 = io.u16("tco1-cnt", cnt1);
    cnt2 = io.u16("tco2-cnt", cnt2);
    message1 = io.u8("tco-message1", message1);
    message2 = io.u8("tco-message2", message2);
    wdcnt = io.u8("tco-wdcnt", wdcnt);
    irq = io.u8("tco-sw-irq", irq);
    tmr = io.u16("tco-tmr", tmr);
    timeouts = io.u8("tco-timeouts", timeouts);
    expires = io.u64("tco-expires", expires);
    if (io.loading()) {
      timer.cancel();
      if (expires != STOPPED) {
        timer.arm(expires);
      }
    }
  }
}
