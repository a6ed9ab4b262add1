package thespis.machine.device.usb;

import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.MmioHandler;

/// An EHCI host controller with nothing plugged into its six ports, which companion controllers may share. Enhanced Host
/// Controller Interface Specification for USB 1.0 "Register Interface"; parameters are those of QEMU 7.2. Its schedules
/// run, but are not walked: there is no device that a transfer could be for. What is left to tell is that a list of frames
/// has come to its end, and that the asynchronous list was passed. Serialised by the bus lock.
public final class Ehci extends IntelUsb {
  static final int PORTS = 6;

  private static final int LENGTH = 0x1000;
  private static final int SBRN = 0x60;
  private static final int LEGACY_SUPPORT = 0x68;

  private static final int OPERATIONAL = 0x20;
  private static final int PORT_REGISTERS = 0x64;

  // "Host Controller Operational Registers"
  private static final int USBCMD = 0x20;
  private static final int USBSTS = 0x24;
  private static final int USBINTR = 0x28;
  private static final int FRINDEX = 0x2C;
  private static final int CTRLDSSEGMENT = 0x30;
  private static final int PERIODICLISTBASE = 0x34;
  private static final int ASYNCLISTADDR = 0x38;
  private static final int CONFIGFLAG = 0x60;

  private static final int RUN = 1;
  private static final int RESET = 1 << 1;
  private static final int LIST_SIZE = 3 << 2;
  private static final int PERIODIC = 1 << 4;
  private static final int ASYNCHRONOUS = 1 << 5;
  private static final int DOORBELL = 1 << 6;
  private static final int EIGHT_MICROFRAMES = 8 << 16;

  private static final int ROLLOVER = 1 << 3;
  private static final int ADVANCED = 1 << 5;
  private static final int CHANGES = 0x3F;
  private static final int HALTED = 1 << 12;
  private static final int PERIODIC_RUNS = 1 << 14;
  private static final int ASYNCHRONOUS_RUNS = 1 << 15;

  private static final int INDEX_BITS = 0x3FF8;
  private static final int INDICES = 0x4000;
  private static final int LIST_INDICES = 0x2000;
  private static final long MICROFRAME_NANOS = 125_000;

  // "PORTSC"
  private static final int POWER = 1 << 12;
  private static final int OWNER = 1 << 13;
  private static final int PORT_WRITABLE = 7 << 6 | 7 << 20;

  private final GuestClock clock;
  private final GuestClock.Timer endOfList;
  private final int[] ports = new int[PORTS];
  private int command;
  private int status;
  private int interrupts;
  private int index;
  private int segment;
  private int periodicList;
  private int asynchronousList;
  private int configured;
  private long started;

  Ehci(UsbSettings settings, int device, int revision, int pin, GuestClock clock) {
    super(settings, device, revision, 0x0C0320, pin);
    this.clock = clock;
    endOfList = clock.timer(settings.name(), this::look);
    preset(SBRN, 0x20, 0x20);
    preset(LEGACY_SUPPORT, 0x01, 0, 0, 0, 0, 0, 0, 0xC0);
    memoryBar(0, LENGTH, new Registers());
  }

  // ---- reset, state

  /// "Host Controller Reset".
  @Override
  void resetController() {
    command = EIGHT_MICROFRAMES;
    status = HALTED;
    interrupts = 0;
    index = 0;
    segment = periodicList = asynchronousList = 0;
    configured = 0;
    started = 0;
    for (int port = 0; port < PORTS; port++) {
      ports[port] = POWER | (shared(port) ? OWNER : 0);
    }
    endOfList.cancel();
    updatePin();
  }

  @Override
  public void state(StateIo io) {
    synchronized (lock()) {
      command = io.u32("usbcmd", command);
      status = io.u32("usbsts", status);
      interrupts = io.u32("usbintr", interrupts);
      index = io.u32("frindex", index);
      segment = io.u32("ctrldssegment", segment);
      periodicList = io.u32("periodiclistbase", periodicList);
      asynchronousList = io.u32("asynclistaddr", asynchronousList);
      configured = io.u32("configflag", configured);
      started = io.u64("started", started);
      io.ints("ports", ports);
      super.state(io);
      if (io.loading()) {
        arm();
      }
    }
  }

  /// A companion can have it.
  private boolean shared(int port) {
    return (settings.shared() >>> port & 1) != 0;
  }

  private void updatePin() {
    pin((status & interrupts & CHANGES) != 0);
  }

  // ---- schedules

  private void look() {
    synchronized (lock()) {
      count();
      arm();
    }
  }

  /// Nobody need be woken before who does not want to know.
  private void arm() {
    if ((command & RUN) != 0 && (interrupts & ROLLOVER) != 0 && (status & ROLLOVER) == 0) {
      endOfList.arm(started + (LIST_INDICES - index % LIST_INDICES) * MICROFRAME_NANOS);
    } else {
      endOfList.cancel();
    }
  }

  /// "FRINDEX": eight microframes to a frame.
  private void count() {
    long passed = (command & RUN) == 0 ? 0 : (clock.nanos() - started) / MICROFRAME_NANOS & -8L;
    if (passed > 0) {
      if (index % LIST_INDICES + passed >= LIST_INDICES) {
        status |= ROLLOVER;
        updatePin();
      }
      index = (int) ((index + passed) % INDICES);
      started += passed * MICROFRAME_NANOS;
    }
  }

  private void command(int value) {
    if ((value & RESET) != 0) {
      resetController();
      return;
    }
    int next = value & ~(LIST_SIZE | DOORBELL);
    boolean runs = (next & RUN) != 0;
    if (runs && (command & RUN) == 0) {
      started = clock.nanos();
    }
    command = next | (runs ? 0 : value & DOORBELL);
    status &= ~(HALTED | PERIODIC_RUNS | ASYNCHRONOUS_RUNS);
    status |= runs ? (next & (PERIODIC | ASYNCHRONOUS)) << 10 : HALTED;
    if ((value & DOORBELL) != 0 && (status & ASYNCHRONOUS_RUNS) != 0) {
      status |= ADVANCED; // nothing is under way that refers to what was taken from the list
      updatePin();
    }
  }

  // ---- registers

  /// "Host Controller Capability Registers".
  private int capability(int at) {
    return switch (at) {
      case 0x00 -> 0x0100_0000 | OPERATIONAL;
      case 0x04 -> (settings.shared() == 0 ? 0 : Integer.bitCount(settings.shared()) / 2 << 12 | 2 << 8) | PORTS;
      case 0x08 -> LEGACY_SUPPORT << 8 | 0x80;
      default -> 0;
    };
  }

  private int read32(int at) {
    if (at >= PORT_REGISTERS && at < PORT_REGISTERS + 4 * PORTS && (at & 3) == 0) {
      return ports[(at - PORT_REGISTERS) / 4];
    }
    count();
    return switch (at) {
      case USBCMD -> command;
      case USBSTS -> status;
      case USBINTR -> interrupts;
      case FRINDEX -> index;
      case CTRLDSSEGMENT -> segment;
      case PERIODICLISTBASE -> periodicList;
      case ASYNCLISTADDR -> asynchronousList;
      case CONFIGFLAG -> configured;
      default -> 0;
    };
  }

  private void write32(int at, int value) {
    if (at >= PORT_REGISTERS && at < PORT_REGISTERS + 4 * PORTS && (at & 3) == 0) {
      int port = (at - PORT_REGISTERS) / 4;
      ports[port] = value & (PORT_WRITABLE | (shared(port) ? OWNER : 0)) | POWER;
      return;
    }
    count();
    switch (at) {
      case USBCMD -> command(value);
      case USBSTS -> {
        status &= ~(value & CHANGES);
        updatePin();
      }
      case USBINTR -> {
        interrupts = value & CHANGES;
        updatePin();
      }
      case FRINDEX -> index = value & INDEX_BITS;
      case CTRLDSSEGMENT -> segment = value;
      case PERIODICLISTBASE -> periodicList = value;
      case ASYNCLISTADDR -> asynchronousList = value;
      case CONFIGFLAG -> configure(value & 1);
      default -> {
        // reserved
      }
    }
    arm();
  }

  /// "CONFIGFLAG": routes all ports to this controller.
  private void configure(int value) {
    configured = value;
    for (int port = 0; port < PORTS && value != 0; port++) {
      ports[port] &= ~OWNER;
    }
  }

  /// Operational registers of 32 bits, of which 64-bit accesses make two; narrower ones reach only the capability
  /// registers.
  private final class Registers implements MmioHandler {
    @Override
    public long read(long offset, int size) {
      synchronized (lock()) {
        int at = (int) offset;
        if (at < OPERATIONAL) {
          return narrow(at, size);
        }
        long low = size < 4 ? 0 : read32(at) & 0xFFFF_FFFFL;
        return size == 8 ? low | (long) read32(at + 4) << 32 : low;
      }
    }

    private long narrow(int at, int size) {
      long value = 0;
      for (int i = 0; i < size; i++) {
        value |= (capability(at + i & ~3) >>> 8 * (at + i & 3) & 0xFFL) << 8 * i;
      }
      return value;
    }

    @Override
    public void write(long offset, int size, long value) {
      synchronized (lock()) {
        int at = (int) offset;
        if (at >= OPERATIONAL && size >= 4) {
          write32(at, (int) value);
          if (size == 8) {
            write32(at + 4, (int) (value >>> 32));
          }
        }
      }
    }
  }
}
