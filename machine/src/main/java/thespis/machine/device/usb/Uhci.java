package thespis.machine.device.usb;

import java.util.Arrays;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.PortHandler;

/// A UHCI host controller with nothing plugged into its two ports. Universal Host Controller Interface Design Guide 1.1
/// "USB I/O Registers", with the reset values of QEMU 7.2's controllers. Frames are counted; their lists are not walked,
/// since there is no device that a transfer could be for, and so there are no interrupts. Serialised by the bus lock.
public final class Uhci extends IntelUsb {
  /// "Legacy Support Register", and the bits in it that a written 1 clears.
  public static final int LEGACY_SUPPORT = 0xC0;

  public static final int LEGACY_CHANGES = 0x8F00;

  private static final int BAR = 4;
  private static final int LENGTH = 32;
  private static final int SBRN = 0x60;
  private static final int RESUME_ENABLES = 0x6A;

  private static final int USBCMD = 0x00;
  private static final int USBSTS = 0x02;
  private static final int USBINTR = 0x04;
  private static final int FRNUM = 0x06;
  private static final int FLBASEADD = 0x08;
  private static final int SOFMOD = 0x0C;
  private static final int PORTSC = 0x10;
  private static final int PORTS = 2;
  private static final int NO_REGISTER = 0xFF7F;

  private static final int RUN = 1;
  private static final int HOST_RESET = 1 << 1;
  private static final int GLOBAL_RESET = 1 << 2;
  private static final int HALTED = 1 << 5;
  private static final int FRAMES = 0x800;
  private static final int SOF_DEFAULT = 64;

  /// "PORTSC": what is always 1, and what an empty port lets be written; the bits of changes are never set.
  private static final int RESERVED_ONE = 1 << 7;
  private static final int PORT_WRITABLE = 0xFE40;

  private static final long FRAME_NANOS = 1_000_000;

  private final GuestClock clock;
  private final int[] ports = new int[PORTS];
  private int command;
  private int status;
  private int interrupts;
  private int frame;
  private int list;
  private int timing;
  private long started;

  Uhci(UsbSettings settings, int device, int revision, int pin, GuestClock clock) {
    super(settings, device, revision, 0x0C0300, pin);
    this.clock = clock;
    preset(SBRN, 0x10);
    preset(RESUME_ENABLES, 0x01);
    ioBar(BAR, LENGTH, new Registers());
  }

  // ---- reset, state

  @Override
  void resetController() {
    command = 0;
    status = HALTED;
    interrupts = 0;
    frame = 0;
    list = 0;
    timing = SOF_DEFAULT;
    started = 0;
    Arrays.fill(ports, RESERVED_ONE);
  }

  @Override
  public void state(StateIo io) {
    synchronized (lock()) {
      command = io.u32("cmd", command);
      status = io.u32("status", status);
      interrupts = io.u32("intr", interrupts);
      frame = io.u32("frnum", frame);
      list = io.u32("fl-base", list);
      timing = io.u32("sof-timing", timing);
      started = io.u64("started", started);
      io.ints("ports", ports);
      super.state(io);
    }
  }

  // ---- registers

  /// "Frame Number Register": a frame a millisecond while the schedule runs.
  private int frame() {
    long passed = (command & RUN) == 0 ? 0 : (clock.nanos() - started) / FRAME_NANOS;
    return (int) ((frame + passed) % FRAMES);
  }

  private void command(int value) {
    if ((value & (GLOBAL_RESET | HOST_RESET)) != 0) {
      resetController();
      return;
    }
    if ((value & RUN) == 0) {
      frame = frame();
      status |= HALTED;
    } else if ((command & RUN) == 0) {
      started = clock.nanos();
      status &= ~HALTED;
    }
    command = value;
  }

  private int read16(int at) {
    return switch (at) {
      case USBCMD -> command;
      case USBSTS -> status;
      case USBINTR -> interrupts;
      case FRNUM -> frame();
      case FLBASEADD -> list & 0xFFFF;
      case FLBASEADD + 2 -> list >>> 16;
      case SOFMOD -> timing;
      default -> at >= PORTSC && at < PORTSC + 2 * PORTS ? ports[(at - PORTSC) / 2] : NO_REGISTER;
    };
  }

  private void write16(int at, int value) {
    switch (at) {
      case USBCMD -> command(value);
      case USBSTS -> status &= ~value;
      case USBINTR -> interrupts = value;
      case FRNUM -> {
        if ((status & HALTED) != 0) {
          frame = value % FRAMES;
        }
      }
      case FLBASEADD -> list = list & 0xFFFF_0000 | value & 0xF000;
      case FLBASEADD + 2 -> list = list & 0xFFFF | value << 16;
      case SOFMOD -> timing = value & 0xFF;
      default -> {
        if (at >= PORTSC && at < PORTSC + 2 * PORTS) {
          ports[(at - PORTSC) / 2] = value & PORT_WRITABLE | RESERVED_ONE;
        }
      }
    }
  }

  /// Registers of 16 bits; wider accesses are of two, low half first, narrower ones of the register that begins there.
  private final class Registers implements PortHandler {
    @Override
    public int read(int offset, int size) {
      synchronized (lock()) {
        int low = read16(offset);
        return switch (size) {
          case 1 -> low & 0xFF;
          case 2 -> low;
          default -> low | read16(offset + 2) << 16;
        };
      }
    }

    @Override
    public void write(int offset, int size, int value) {
      synchronized (lock()) {
        write16(offset, value & 0xFFFF);
        if (size == 4) {
          write16(offset + 2, value >>> 16);
        }
      }
    }
  }
}
