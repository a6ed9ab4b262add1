package thespis.machine.device.usb;

import thespis.cpu.run.GuestClock;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.MmioHandler;
import thespis.cpu.state.StateIo;
import thespis.machine.device.pci.ExpressCapability;
import thespis.machine.device.pci.MsiX;
import thespis.machine.device.pci.PciDevice;

/// QEMU's xHCI host controller, device 1b36:000d, with nothing plugged into its ports. eXtensible Host Controller
/// Interface for Universal Serial Bus 1.2 "Register Interface"; parameters are those of QEMU 7.2: four USB 2 and four
/// USB 3 ports, 64 slots, 16 interrupters with one event ring segment each. Since there is no device, transfers cannot
/// be. Serialised by the bus lock.
public final class Xhci extends PciDevice {
  static final int INTERRUPTERS = 16;
  static final int SLOTS = 64;
  static final int PORTS = 8;

  private static final int SBRN = 0x60;
  private static final int MSIX = 0x90;
  private static final int EXPRESS = 0xA0;
  private static final int TABLE = 0x3000;
  private static final int PENDING = 0x3800;
  private static final int LENGTH = 0x4000;

  private static final int OPERATIONAL = 0x40;
  private static final int PORT_REGISTERS = 0x440;
  private static final int RUNTIME = 0x1000;
  private static final int INTERRUPTER_REGISTERS = 0x1020;
  private static final int DOORBELLS = 0x2000;

  // "Host Controller Operational Registers"
  private static final int USBCMD = 0x00;
  private static final int USBSTS = 0x04;
  private static final int PAGESIZE = 0x08;
  private static final int DNCTRL = 0x14;
  private static final int CRCR = 0x18;
  private static final int DCBAAP = 0x30;
  private static final int CONFIG = 0x38;

  private static final int RUN = 1;
  private static final int RESET = 1 << 1;
  private static final int INTERRUPTS = 1 << 2;
  private static final int RESTORE = 1 << 9;
  private static final int COMMAND_BITS = 0xC0F;
  private static final int HALTED = 1;
  private static final int EVENT = 1 << 3;
  private static final int ERROR = 1 << 12;
  private static final int CLEARABLE = 1 << 2 | EVENT | 1 << 4 | 1 << 10;
  private static final int RESTORE_ERROR = 1 << 10;
  private static final long RING_STOP = 1 << 1 | 1 << 2;
  private static final long RING_RUNNING = 1 << 3;

  private static final long MICROFRAME_NANOS = 125_000;

  /// How it shows itself.
  ///
  /// @param id the user's name for it; null for none
  /// @param place "slot.function", behind the name of a port if it is behind one
  /// @param express its bus is PCI Express
  /// @param integrated and that bus is the root
  public record Settings(String id, String place, boolean multifunction, boolean express, boolean integrated) {}

  private final Settings settings;
  private final GuestClock clock;
  private final MsiX msix;
  private final EventRing[] interrupters = new EventRing[INTERRUPTERS];
  private final CommandRing commands = new CommandRing(this);
  private final int[] ports = new int[PORTS];
  private int command;
  private int status;
  private int notifications;
  private long ring;
  private long contexts;
  private int configured;
  private long started;

  public Xhci(Settings settings, GuestClock clock) {
    super("qemu-xhci-" + settings.place, 0x1B36, 0x000D, 0x01, 0x0C0330,
        settings.express ? EXPRESS_CONFIG_SIZE : CONFIG_SIZE);
    this.settings = settings;
    this.clock = clock;
    subsystem(0x1AF4, 0x1100);
    if (settings.multifunction) {
      multifunction();
    }
    interruptPin(1);
    preset(SBRN, 0x30);
    if (settings.express) {
      new ExpressCapability(this, EXPRESS, settings.integrated);
    }
    msix = new MsiX(this, MSIX, INTERRUPTERS, 0, TABLE, PENDING);
    wideMemoryBar(0, LENGTH, false, new Registers());
    for (int i = 0; i < INTERRUPTERS; i++) {
      interrupters[i] = new EventRing();
    }
  }

  @Override
  public String id() {
    return settings.id == null ? "" : settings.id;
  }

  GuestMemory memory() {
    return dma();
  }

  // ---- events

  /// To an interrupter's ring, and what follows from that. Lost while there is no ring or it is full.
  void event(int interrupter, long parameter, int statusWord, int type) {
    if (running() && busMaster() && interrupters[interrupter].put(dma(), parameter, statusWord, type)) {
      raise(interrupter);
    }
  }

  /// "Interrupter Management Register": an interrupt for each time that the handler is not busy already.
  private void raise(int number) {
    EventRing interrupter = interrupters[number];
    boolean busy = interrupter.raise();
    status |= EVENT;
    if (!busy && interrupter.enabled() && (command & INTERRUPTS) != 0 && msix.enabled()) {
      interrupter.sent();
      msix.notify(number);
    }
    updatePin();
  }

  /// By wire only for the first interrupter.
  private void updatePin() {
    pin(!msix.enabled() && interrupters[0].pending() && interrupters[0].enabled() && (command & INTERRUPTS) != 0);
  }

  /// The driver made no sense. "Host Controller Error".
  void die() {
    status |= ERROR;
  }

  boolean running() {
    return (status & (HALTED | ERROR)) == 0;
  }

  // ---- reset, state

  /// "Host Controller Reset".
  private void resetController() {
    command = 0;
    status = HALTED;
    notifications = 0;
    ring = contexts = 0;
    configured = 0;
    started = 0;
    commands.reset();
    for (int i = 0; i < PORTS; i++) {
      ports[i] = XhciPort.EMPTY;
    }
    for (EventRing interrupter : interrupters) {
      interrupter.reset();
    }
    updatePin();
  }

  @Override
  public void reset() {
    synchronized (lock()) {
      msix.reset();
      super.reset();
      resetController();
    }
  }

  @Override
  public void state(StateIo io) {
    synchronized (lock()) {
      command = io.u32("usbcmd", command);
      status = io.u32("usbsts", status);
      notifications = io.u32("dnctrl", notifications);
      ring = io.u64("crcr", ring);
      contexts = io.u64("dcbaap", contexts);
      configured = io.u32("enabled-slots", configured);
      started = io.u64("started", started);
      io.ints("ports", ports);
      commands.state(io);
      for (int i = 0; i < INTERRUPTERS; i++) {
        interrupters[i].state(io, "interrupter" + i + "-");
      }
      msix.state(io);
      super.state(io);
    }
  }

  @Override
  protected void configWritten(int offset, int size) {
    if (msix.touched(offset, size)) {
      msix.deliver();
      updatePin();
    }
  }

  // ---- registers

  /// "Host Controller Capability Registers", and "xHCI Extended Capabilities": the ports of both protocols.
  private static int capability(int at) {
    return switch (at) {
      case 0x00 -> 0x0100_0000 | OPERATIONAL;
      case 0x04 -> PORTS << 24 | INTERRUPTERS << 8 | SLOTS;
      case 0x08 -> 0x0000_000F;
      case 0x10 -> 0x0008_7001;
      case 0x14 -> DOORBELLS;
      case 0x18 -> RUNTIME;
      case 0x20 -> 0x0200_0402;
      case 0x24, 0x34 -> 0x2042_5355;
      case 0x28 -> PORTS / 2 << 8 | PORTS / 2 + 1;
      case 0x30 -> 0x0300_0002;
      case 0x38 -> PORTS / 2 << 8 | 1;
      default -> 0;
    };
  }

  private int operational(int at) {
    return switch (at) {
      case USBCMD -> command;
      case USBSTS -> status;
      case PAGESIZE -> 1;
      case DNCTRL -> notifications;
      case CRCR -> (int) (ring & RING_RUNNING);
      case DCBAAP -> (int) contexts;
      case DCBAAP + 4 -> (int) (contexts >>> 32);
      case CONFIG -> configured;
      default -> 0;
    };
  }

  private void writeOperational(int at, int value) {
    switch (at) {
      case USBCMD -> command(value);
      case USBSTS -> {
        status &= ~(value & CLEARABLE);
        updatePin();
      }
      case DNCTRL -> notifications = value & 0xFFFF;
      case CRCR -> ring = ring & 0xFFFF_FFFF_0000_0000L | value & 0xFFFF_FFCFL & ~RING_RUNNING | ring & RING_RUNNING;
      case CRCR + 4 -> commandRing(value);
      case DCBAAP -> contexts = contexts & 0xFFFF_FFFF_0000_0000L | value & 0xFFFF_FFC0L;
      case DCBAAP + 4 -> contexts = contexts & 0xFFFF_FFFFL | (long) value << 32;
      case CONFIG -> configured = value & 0xFF;
      default -> {
        // reserved, or read only
      }
    }
  }

  private void command(int value) {
    if ((value & ~command & RUN) != 0) {
      status &= ~HALTED;
      started = clock.nanos();
    } else if ((~value & command & RUN) != 0) {
      status |= HALTED;
      ring &= ~RING_RUNNING;
    }
    if ((value & RESTORE) != 0) {
      status |= RESTORE_ERROR; // nothing was saved
    }
    command = value & COMMAND_BITS;
    if ((value & RESET) != 0) {
      resetController();
    }
    updatePin();
  }

  /// "Command Ring Control Register (CRCR)": the upper half completes it. A ring that runs can be stopped, else it is
  /// a new one.
  private void commandRing(int high) {
    ring = ring & 0xFFFF_FFFFL | (long) high << 32;
    if ((ring & RING_STOP) != 0 && (ring & RING_RUNNING) != 0) {
      ring &= ~RING_RUNNING;
      event(0, commands.position(), CommandRing.RING_STOPPED << 24, CommandRing.COMPLETION_EVENT << 10);
    } else {
      commands.start(ring & ~0x3FL, (ring & 1) != 0);
    }
    ring &= ~RING_STOP;
  }

  private int runtime(int at) {
    if (at == RUNTIME) {
      return running() ? (int) ((clock.nanos() - started) / MICROFRAME_NANOS) & 0x3FFF : 0;
    }
    int register = at - INTERRUPTER_REGISTERS;
    return register < 0 || register >= 32 * INTERRUPTERS ? 0 : interrupters[register / 32].read(register % 32);
  }

  private void writeRuntime(int at, int value) {
    int register = at - INTERRUPTER_REGISTERS;
    if (register < 0 || register >= 32 * INTERRUPTERS) {
      return;
    }
    if (!interrupters[register / 32].write(dma(), register % 32, value)) {
      die();
    }
    updatePin();
  }

  /// "Doorbell Registers": the first is the command ring's, the others are those of devices that there are not.
  private void doorbell(int number, int value) {
    if (number == 0 && value == 0 && running() && busMaster()) {
      ring |= RING_RUNNING;
      commands.work();
    }
  }

  void commandsStopped() {
    ring &= ~RING_RUNNING;
  }

  boolean commandsRun() {
    return (ring & RING_RUNNING) != 0;
  }

  private int read32(int at) {
    if (at < OPERATIONAL) {
      return capability(at);
    }
    if (at >= PORT_REGISTERS && at < PORT_REGISTERS + 16 * PORTS) {
      int port = (at - PORT_REGISTERS) / 16;
      return (at & 0xF) == 0 ? ports[port] : 0;
    }
    return at < PORT_REGISTERS ? operational(at - OPERATIONAL) : at >= RUNTIME && at < DOORBELLS ? runtime(at) : 0;
  }

  private void write32(int at, int value) {
    if (at >= PORT_REGISTERS && at < PORT_REGISTERS + 16 * PORTS) {
      int port = (at - PORT_REGISTERS) / 16;
      if ((at & 0xF) == 0) {
        ports[port] = XhciPort.write(ports[port], value);
      }
    } else if (at >= OPERATIONAL && at < PORT_REGISTERS) {
      writeOperational(at - OPERATIONAL, value);
    } else if (at >= RUNTIME && at < DOORBELLS) {
      writeRuntime(at, value);
    } else if (at >= DOORBELLS && at <= DOORBELLS + 4 * SLOTS) {
      doorbell((at - DOORBELLS) / 4, value);
    }
  }

  /// Registers of 32 bits; 64-bit accesses are two, low half first. Narrower reads are of a part; narrower writes
  /// are none.
  private final class Registers implements MmioHandler {
    @Override
    public long read(long offset, int size) {
      if (offset >= TABLE) {
        return msix.read(offset, size);
      }
      synchronized (lock()) {
        int at = (int) offset & ~3;
        long low = read32(at) & 0xFFFF_FFFFL;
        return size == 8 ? low | (long) read32(at + 4) << 32 : low >>> 8 * (offset & 3);
      }
    }

    @Override
    public void write(long offset, int size, long value) {
      if (offset >= TABLE) {
        msix.write(offset, size, value);
        return;
      }
      synchronized (lock()) {
        if (size >= 4 && (offset & 3) == 0) {
          write32((int) offset, (int) value);
        }
        if (size == 8 && (offset & 3) == 0) {
          write32((int) offset + 4, (int) (value >>> 32));
        }
      }
    }
  }
}
