package thespis.machine.device.virtio;

import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.MmioHandler;
import thespis.cpu.state.StateIo;
import thespis.machine.device.pci.ExpressCapability;
import thespis.machine.device.pci.MsiX;
import thespis.machine.device.pci.PciDevice;

/// A virtio device as a PCI function. VIRTIO 1.1 "Virtio Over PCI Bus": the modern interface in a memory BAR that
/// capabilities point into, the legacy one in ports ("Legacy Interfaces: A Note on PCI Device Layout"), or both. Numbers,
/// BARs and places of the capabilities are those of QEMU 7.2. Serialised by the bus lock.
public final class VirtioPci extends PciDevice {
  static final int NO_VECTOR = 0xFFFF;

  private static final int VENDOR = 0x1AF4;
  private static final int MODERN_DEVICES = 0x1040;
  private static final int MODERN_SUBSYSTEM = 0x1100;

  private static final int FIRST_CAPABILITY = 0x40;
  private static final int VENDOR_CAPABILITY = 0x09;
  private static final int CAPABILITY_LENGTH = 16;
  private static final int LONG_CAPABILITY = 20;
  private static final int COMMON_CFG = 1;
  private static final int NOTIFY_CFG = 2;
  private static final int ISR_CFG = 3;
  private static final int DEVICE_CFG = 4;
  private static final int PCI_CFG = 5;
  private static final int LENGTH = 0x1000;
  private static final int ISR_AT = 0x1000;
  private static final int DEVICE_AT = 0x2000;
  private static final int NOTIFY_AT = 0x3000;
  private static final int NOTIFY_MULTIPLIER = 4;
  private static final int LEGACY_BAR = 0;
  private static final int MSIX_BAR = 1;
  private static final int MODERN_BAR = 4;

  static final long VERSION_1 = 1L << 32;
  private static final long BAD_FEATURE = 1L << 30;
  private static final long OFFERED =
      VirtioDevice.NOTIFY_ON_EMPTY | 1L << 27 | 1L << 28 | VirtioDevice.EVENT_IDX | BAD_FEATURE | 1L << 40;
  static final long ONLY_LEGACY = VirtioDevice.NOTIFY_ON_EMPTY | 1L << 27 | BAD_FEATURE;

  static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;
  private static final int NEEDS_RESET = 0x40;
  private static final int QUEUE_INTERRUPT = 1;
  private static final int CONFIG_INTERRUPT = 2;

  /// How it shows itself.
  ///
  /// @param type QOM type, which with the place makes its name
  /// @param id the user's name for it; null for none
  /// @param place "slot.function", behind the name of a port if it is behind one
  /// @param express it is behind a port
  /// @param legacy the old interface is there
  /// @param modern the new one is
  /// @param vectors of MSI-X; 0 for none
  /// @param refused what the user does not want to be offered, a bit for each
  public record Settings(
      String type, String id, String place, boolean multifunction, boolean express, boolean legacy, boolean modern,
      int vectors, long refused) {}

  private final Settings settings;
  private final VirtioDevice device;
  private final long offered;
  private final ExpressCapability express;
  private final MsiX msix;
  private final VirtioCommon common;
  private final int configCapability;
  private long agreed;
  private int status;
  private int interrupt;
  private int generation;
  int configVector = NO_VECTOR;
  private boolean broken;

  public VirtioPci(Settings settings, VirtioDevice device) {
    super(settings.type + "-" + settings.place, VENDOR,
        settings.legacy ? transitional(device.id()) : MODERN_DEVICES + device.id(), settings.legacy ? 0 : 1, 0x00FF00,
        settings.express ? EXPRESS_CONFIG_SIZE : CONFIG_SIZE);
    this.settings = settings;
    this.device = device;
    offered = (OFFERED | device.features() | (settings.modern ? VERSION_1 : 0)) & ~settings.refused;
    common = new VirtioCommon(this, device.queues());
    subsystem(VENDOR, settings.legacy ? device.id() : MODERN_SUBSYSTEM);
    if (settings.multifunction) {
      multifunction();
    }
    interruptPin(1);
    express = settings.express ? new ExpressCapability(this, FIRST_CAPABILITY, false) : null;
    int at = express == null ? FIRST_CAPABILITY : express.complete();
    configCapability = settings.modern ? modern(at) : 0;
    int free = settings.modern ? configCapability + LONG_CAPABILITY : at;
    if (settings.vectors > 0) {
      int pending = Math.max(LENGTH / 2, 16 * settings.vectors);
      int length = Math.max(LENGTH, Integer.highestOneBit(pending + settings.vectors / 8) << 1);
      msix = new MsiX(this, free, settings.vectors, MSIX_BAR, 0, pending);
      memoryBar(MSIX_BAR, length, msix);
    } else {
      msix = null;
    }
    if (settings.legacy) {
      LegacyPorts ports = new LegacyPorts(this, common, device);
      ioBar(LEGACY_BAR, ports.length(msix != null), ports);
    }
    device.connect(new Transport());
  }

  /// "PCI Device Discovery": the transitional device IDs.
  private static int transitional(int device) {
    return switch (device) {
      case 4 -> 0x1005;
      case 5 -> 0x1002;
      default -> throw new IllegalArgumentException("no transitional ID of virtio device type " + device);
    };
  }

  /// @return where the capability is that gives access to the BARs from configuration space
  private int modern(int first) {
    part(first, COMMON_CFG, 0, CAPABILITY_LENGTH);
    part(first + 0x10, ISR_CFG, ISR_AT, CAPABILITY_LENGTH);
    part(first + 0x20, DEVICE_CFG, DEVICE_AT, CAPABILITY_LENGTH);
    part(first + 0x30, NOTIFY_CFG, NOTIFY_AT, LONG_CAPABILITY, NOTIFY_MULTIPLIER, 0, 0, 0);
    wideMemoryBar(MODERN_BAR, 4L * LENGTH, true, new Modern());
    int window = first + 0x44;
    capability(window, VENDOR_CAPABILITY, LONG_CAPABILITY, PCI_CFG, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    writeMask(window + 4, 0xFF, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
    return window;
  }

  private void part(int at, int kind, int offset, int length, int... more) {
    int[] body = new int[length - 2];
    int[] known = {length, kind, MODERN_BAR, 0, 0, 0, 0, offset >>> 8, 0, 0, 0, LENGTH >>> 8, 0, 0};
    System.arraycopy(known, 0, body, 0, known.length);
    System.arraycopy(more, 0, body, known.length, more.length);
    capability(at, VENDOR_CAPABILITY, body);
  }

  @Override
  public String id() {
    return settings.id == null ? "" : settings.id;
  }

  public VirtioDevice device() {
    return device;
  }

  /// What serialises it.
  Object serial() {
    return lock();
  }

  // ---- device status

  int status() {
    return status;
  }

  /// "Device Status Field". What the driver accepts is fixed once it says so.
  void status(int value) {
    boolean begins = (value & ~status & DRIVER_OK) != 0;
    status = value & 0xFF | (broken ? NEEDS_RESET : 0);
    if (value == 0) {
      resetDevice();
    } else if (begins) {
      lookAround();
    }
  }

  /// At what the driver has put into queues before it was ready.
  private void lookAround() {
    for (int queue = 0; queue < device.queues().length; queue++) {
      notified(queue);
    }
  }

  long offered() {
    return offered;
  }

  long agreed() {
    return agreed;
  }

  void agree(long features) {
    if ((status & FEATURES_OK) == 0) {
      agreed = features & offered & ~BAD_FEATURE;
    }
  }

  int generation() {
    return generation;
  }

  boolean vectorsEnabled() {
    return msix != null && msix.enabled();
  }

  /// A vector that there is; else none, which tells the driver.
  int vector(int wanted) {
    return msix != null && wanted < msix.vectors() ? wanted : NO_VECTOR;
  }

  /// "ISR status capability": reading it clears it and the interrupt.
  int takeInterrupt() {
    int now = interrupt;
    interrupt = 0;
    pin(false);
    return now;
  }

  private void raise(int cause, int vector) {
    interrupt |= cause;
    if (vectorsEnabled()) {
      msix.notify(vector);
    } else {
      pin(true);
    }
  }

  /// The driver has put something into a queue.
  void notified(int queue) {
    boolean known = queue < device.queues().length;
    if (known && !broken && device.queues()[queue].enabled()) {
      device.available(queue);
    }
  }

  /// By the driver; configuration space stays.
  void resetDevice() {
    device.reset();
    for (VirtQueue queue : device.queues()) {
      queue.reset();
    }
    common.reset();
    agreed = 0;
    status = 0;
    interrupt = 0;
    configVector = NO_VECTOR;
    broken = false;
    pin(false);
  }

  @Override
  public void reset() {
    synchronized (lock()) {
      resetDevice();
      generation = 0;
      if (msix != null) {
        msix.reset();
      }
      super.reset();
    }
  }

  @Override
  public void state(StateIo io) {
    synchronized (lock()) {
      agreed = io.u64("features", agreed);
      status = io.u8("status", status);
      interrupt = io.u8("isr", interrupt);
      generation = io.u8("generation", generation);
      configVector = io.u16("config-vector", configVector);
      broken = io.bool("broken", broken);
      common.state(io);
      for (int i = 0; i < device.queues().length; i++) {
        device.queues()[i].state(io, "queue" + i + "-");
      }
      device.state(io);
      if (msix != null) {
        msix.state(io);
      }
      super.state(io);
    }
  }

  // ---- configuration space

  @Override
  protected void configWritten(int offset, int size) {
    if (msix != null && msix.touched(offset, size)) {
      msix.deliver();
    }
    if (express != null && express.asksForReset(offset, size)) {
      reset();
    }
    if (configCapability != 0 && touches(offset, size, configCapability + 16, 4)) {
      access(true);
    }
  }

  @Override
  public int readConfig(int offset, int size) {
    if (configCapability != 0 && touches(offset, size, configCapability + 16, 4)) {
      access(false);
    }
    return super.readConfig(offset, size);
  }

  /// "PCI configuration access capability": a window of 1, 2 or 4 bytes into a BAR.
  private void access(boolean write) {
    int length = config32(configCapability + 12);
    long offset = config32(configCapability + 8) & 0xFFFF_FFFFL;
    boolean sound = (length == 1 || length == 2 || length == 4) && offset % length == 0 && offset + length <= 4 * LENGTH;
    MmioHandler bar = sound ? memory(config8(configCapability + 4)) : null;
    if (bar == null) {
      return;
    }
    int data = configCapability + 16;
    if (write) {
      bar.write(offset, length, config32(data) & 0xFFFF_FFFFL >>> 32 - 8 * length);
    } else {
      long value = bar.read(offset, length);
      for (int i = 0; i < length; i++) {
        setConfig8(data + i, (int) (value >>> 8 * i));
      }
    }
  }

  /// The four parts of the modern BAR.
  private final class Modern implements MmioHandler {
    @Override
    public long read(long offset, int size) {
      if (size == 8) {
        return read(offset, 4) & 0xFFFF_FFFFL | read(offset + 4, 4) << 32;
      }
      synchronized (lock()) {
        int at = (int) offset & LENGTH - 1;
        return switch ((int) offset & -LENGTH) {
          case 0 -> common.read(at);
          case ISR_AT -> at == 0 ? takeInterrupt() : 0;
          case DEVICE_AT -> readDevice(at, size);
          default -> 0;
        };
      }
    }

    @Override
    public void write(long offset, int size, long value) {
      if (size == 8) {
        write(offset, 4, value & 0xFFFF_FFFFL);
        write(offset + 4, 4, value >>> 32);
        return;
      }
      synchronized (lock()) {
        int at = (int) offset & LENGTH - 1;
        switch ((int) offset & -LENGTH) {
          case 0 -> common.write(at, value);
          case DEVICE_AT -> writeDevice(at, size, value);
          case NOTIFY_AT -> notified(at / NOTIFY_MULTIPLIER);
          default -> {
            // the ISR can't be written
          }
        }
      }
    }
  }

  /// All ones past the end.
  long readDevice(int offset, int size) {
    if (offset + size > device.configLength()) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (device.readConfig(offset + i) & 0xFFL) << 8 * i;
    }
    return value;
  }

  void writeDevice(int offset, int size, long value) {
    if (offset + size <= device.configLength()) {
      device.writeConfig(offset, size, value);
    }
  }

  /// The device's way out.
  private final class Transport implements VirtioDevice.Link {
    @Override
    public GuestMemory memory() {
      return dma();
    }

    @Override
    public long features() {
      return agreed;
    }

    @Override
    public void configChanged() {
      generation = generation + 1 & 0xFF;
      if ((status & DRIVER_OK) != 0) {
        raise(QUEUE_INTERRUPT | CONFIG_INTERRUPT, configVector);
      }
    }

    @Override
    public boolean ready() {
      return !broken && busMaster() && (status & DRIVER_OK) != 0;
    }

    @Override
    public void interrupt(VirtQueue queue) {
      raise(QUEUE_INTERRUPT, queue.vector());
    }

    @Override
    public void broken(String why) {
      broken = true;
      if ((agreed & VERSION_1) != 0) {
        status |= NEEDS_RESET;
        configChanged();
      }
    }

    @Override
    public Object lock() {
      return VirtioPci.this.lock();
    }
  }
}
