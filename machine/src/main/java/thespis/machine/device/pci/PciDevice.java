package thespis.machine.device.pci;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.MmioHandler;
import thespis.machine.bus.PortHandler;

/// One PCI function: its configuration space with a write mask per bit, base address registers that come and go with the
/// command register, capabilities, and its interrupt pin. PCI Local Bus Specification 3.0 "Configuration Space". Which
/// bits can be written follows QEMU 7.2: registers of the device's own are writable unless {@link #readOnly} says else.
public abstract class PciDevice implements Device {
  public static final int CONFIG_SIZE = 256;
  protected static final int EXPRESS_CONFIG_SIZE = 4096;
  public static final int COMMAND = 0x04;
  public static final int STATUS = 0x06;
  public static final int REVISION = 0x08;
  public static final int CLASS = 0x09;
  public static final int CACHE_LINE_SIZE = 0x0C;
  public static final int HEADER_TYPE = 0x0E;
  public static final int BAR0 = 0x10;
  public static final int SUBSYSTEM_VENDOR = 0x2C;
  public static final int SUBSYSTEM = 0x2E;
  public static final int CAPABILITIES = 0x34;
  public static final int INTERRUPT_LINE = 0x3C;
  public static final int INTERRUPT_PIN = 0x3D;
  private static final int DEVICE_SPECIFIC = 0x40;

  public static final int COMMAND_IO = 1;
  public static final int COMMAND_MEMORY = 2;
  public static final int COMMAND_MASTER = 4;
  private static final int COMMAND_SERR = 0x100;
  private static final int COMMAND_INTX_DISABLE = 0x400;
  private static final int STATUS_INTERRUPT = 0x08;
  private static final int STATUS_CAPABILITIES = 0x10;
  private static final int STATUS_ERRORS = 0xF900;

  private static final int MSI_CAPABILITY = 0x05;
  private static final int MSI_CONTROL = 2;
  private static final int MSI_ADDRESS = 4;
  private static final int MSI_DATA = 12;
  private static final int MSI_ENABLE = 0x01;
  private static final int MSI_64BIT = 0x80;

  private static final int QEMU_VENDOR = 0x1AF4;
  private static final int QEMU_SUBSYSTEM = 0x1100;

  private static final int BAR_64BIT = 0x04;
  private static final int BAR_PREFETCHABLE = 0x08;

  /// One base address register. Exactly one of the handlers is set.
  private record Bar(
      int index, long size, boolean wide, boolean prefetchable, PortHandler ports, MmioHandler memory) {
    int register() {
      return BAR0 + 4 * index;
    }
  }

  private final String name;
  private final byte[] config;
  private final byte[] power;
  private final byte[] writable;
  private final byte[] clearable;
  private final List<Bar> bars = new ArrayList<>();
  private final long[] mappedAt = {-1, -1, -1, -1, -1, -1};
  private PciBus bus;
  private int devfn;
  private int msi;
  private boolean pinLevel;
  private boolean pinDriven;

  /// @param classCode base class, subclass and programming interface, as in 0x060100
  protected PciDevice(String name, int vendor, int device, int revision, int classCode) {
    this(name, vendor, device, revision, classCode, CONFIG_SIZE);
    subsystem(QEMU_VENDOR, QEMU_SUBSYSTEM);
  }

  /// One whose configuration space may be larger, without a subsystem.
  protected PciDevice(String name, int vendor, int device, int revision, int classCode, int configSize) {
    this.name = name;
    config = new byte[configSize];
    power = new byte[configSize];
    writable = new byte[configSize];
    clearable = new byte[configSize];
    put16(config, 0, vendor);
    put16(config, 2, device);
    config[REVISION] = (byte) revision;
    config[CLASS] = (byte) classCode;
    put16(config, CLASS + 1, classCode >>> 8);
    put16(writable, COMMAND, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER | COMMAND_SERR | COMMAND_INTX_DISABLE);
    put16(clearable, STATUS, STATUS_ERRORS);
    writable[CACHE_LINE_SIZE] = (byte) 0xFF;
    writable[INTERRUPT_LINE] = (byte) 0xFF;
    for (int i = DEVICE_SPECIFIC; i < configSize; i++) {
      writable[i] = (byte) 0xFF;
    }
  }

  // ---- how a device describes itself (in its constructor)

  /// Value after power-on and reset.
  protected final void preset(int offset, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      config[offset + i] = (byte) bytes[i];
    }
  }

  protected final void subsystem(int vendor, int device) {
    put16(config, SUBSYSTEM_VENDOR, vendor);
    put16(config, SUBSYSTEM, device);
  }

  protected final void multifunction() {
    config[HEADER_TYPE] |= (byte) 0x80;
  }

  protected final void interruptPin(int pin) {
    config[INTERRUPT_PIN] = (byte) pin;
  }

  protected final void readOnly(int offset, int length) {
    writeMask(offset, new int[length]);
  }

  protected final void writeMask(int offset, int... masks) {
    for (int i = 0; i < masks.length; i++) {
      writable[offset + i] = (byte) masks[i];
    }
  }

  /// Bits that a written 1 clears.
  protected final void clearMask(int offset, int mask) {
    clearable[offset] = (byte) mask;
    writable[offset] = 0;
  }

  protected final void ioBar(int index, int size, PortHandler handler) {
    config[BAR0 + 4 * index] = 1;
    barMask(index, ~(size - 1L) & ~3L);
    bars.add(new Bar(index, size, false, false, handler, null));
  }

  /// A 32-bit, not prefetchable memory BAR.
  protected final void memoryBar(int index, long size, MmioHandler handler) {
    barMask(index, ~(size - 1) & ~0xFL);
    bars.add(new Bar(index, size, false, false, null, handler));
  }

  /// A memory BAR that takes two registers.
  protected final void wideMemoryBar(int index, long size, boolean prefetchable, MmioHandler handler) {
    config[BAR0 + 4 * index] = (byte) (BAR_64BIT | (prefetchable ? BAR_PREFETCHABLE : 0));
    barMask(index, ~(size - 1) & ~0xFL);
    barMask(index + 1, -1);
    bars.add(new Bar(index, size, true, prefetchable, null, handler));
  }

  private void barMask(int index, long mask) {
    put32(writable, BAR0 + 4 * index, (int) mask);
  }

  /// Puts a capability at a fixed place, in front of the list; everything in it is read-only until {@link #writeMask}.
  protected final void capability(int offset, int id, int... body) {
    config[offset] = (byte) id;
    config[offset + 1] = config[CAPABILITIES];
    config[CAPABILITIES] = (byte) offset;
    config[STATUS] |= STATUS_CAPABILITIES;
    preset(offset + 2, body);
    readOnly(offset, 2 + body.length);
  }

  /// Message signalled interrupts: one vector, 64-bit address. PCI 3.0 "MSI Capability Structure".
  protected final void msiCapability(int offset) {
    msi = offset;
    capability(offset, MSI_CAPABILITY, MSI_64BIT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    writeMask(offset + MSI_CONTROL, MSI_ENABLE);
    writeMask(offset + MSI_ADDRESS, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
  }

  // ---- life on the bus

  final void attach(PciBus bus, int devfn) {
    this.bus = bus;
    this.devfn = devfn;
    System.arraycopy(config, 0, power, 0, config.length);
    attached();
  }

  /// It is on its bus from now on.
  void attached() {}

  /// What serialises everything about the functions of a machine.
  protected final Object lock() {
    return bus.lock();
  }

  /// What it reads and writes as bus master.
  protected final GuestMemory dma() {
    return bus.ram();
  }

  /// An interrupt message, if it may master the bus.
  final void message(long address, int data) {
    if (busMaster()) {
      bus.apics().msi(address, data);
    }
  }

  public final PciBus bus() {
    return bus;
  }

  final int configSize() {
    return config.length;
  }

  public final int devfn() {
    return devfn;
  }

  @Override
  public final String name() {
    return name;
  }

  /// What the user calls it, or nothing.
  public String id() {
    return "";
  }

  @Override
  public void reset() {
    synchronized (bus.lock()) {
      System.arraycopy(power, 0, config, 0, config.length);
      pin(false);
      remap();
    }
  }

  /// Saved under the device's name; a loader maps again what was mapped.
  @Override
  public void state(StateIo io) {
    synchronized (bus.lock()) {
      io.bytes("config", config);
      pinLevel = io.bool("pin", pinLevel);
      if (io.loading()) {
        drivePin();
        remap();
        configLoaded();
      }
    }
  }

  /// After a loader filled the configuration space.
  protected void configLoaded() {}

  /// After a write to configuration space, under the bus lock.
  protected void configWritten(int offset, int size) {}

  /// A read as the bus makes it: `size` bytes that lie inside the configuration space. Override for registers that
  /// answer differently from what was stored.
  public int readConfig(int offset, int size) {
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= (offset + i < config.length ? config[offset + i] & 0xFF : 0) << 8 * i;
    }
    return value;
  }

  public final void writeConfig(int offset, int size, int value) {
    synchronized (bus.lock()) {
      for (int i = 0; i < size && offset + i < config.length; i++) {
        int at = offset + i;
        int mask = writable[at];
        int next = config[at] & ~mask | value >>> 8 * i & mask;
        config[at] = (byte) (next & ~(value >>> 8 * i & clearable[at]));
      }
      if (touches(offset, size, COMMAND, 2) || touches(offset, size, BAR0, 24)) {
        remap();
      }
      if (touches(offset, size, COMMAND, 2) || msi != 0 && touches(offset, size, msi, MSI_ADDRESS)) {
        drivePin();
      }
      configWritten(offset, size);
    }
  }

  /// True if an access reaches the register.
  protected static boolean touches(int offset, int size, int register, int length) {
    return offset < register + length && register < offset + size;
  }

  protected final int config8(int offset) {
    return config[offset] & 0xFF;
  }

  protected final int config16(int offset) {
    return config8(offset) | config8(offset + 1) << 8;
  }

  protected final int config32(int offset) {
    return config16(offset) | config16(offset + 2) << 16;
  }

  /// Past the write mask: for bits that the chip itself changes.
  protected final void setConfig8(int offset, int value) {
    config[offset] = (byte) value;
  }

  protected final void setWritable(int offset, int mask) {
    writable[offset] = (byte) mask;
  }

  public final boolean busMaster() {
    return (config16(COMMAND) & COMMAND_MASTER) != 0;
  }

  // ---- base address registers

  /// What BAR sizing would tell: the registers in use, for firmware.
  public final List<BarInfo> bars() {
    return bars.stream()
        .sorted(Comparator.comparingInt(Bar::index))
        .map(b -> new BarInfo(b.index, b.size, b.ports != null, b.wide, b.prefetchable, mappedAt[b.index]))
        .toList();
  }

  /// @param io in port space
  /// @param wide it has 64 bits
  /// @param address where it decodes now; -1 for nowhere
  public record BarInfo(int index, long size, boolean io, boolean wide, boolean prefetchable, long address) {}

  /// What handles accesses to a memory BAR; null if there is none.
  protected final MmioHandler memory(int index) {
    return bars.stream().filter(bar -> bar.index == index).map(Bar::memory).findAny().orElse(null);
  }

  /// BARs to where they decode now.
  void remap() {
    for (Bar bar : bars) {
      long now = address(bar);
      if (now == mappedAt[bar.index]) {
        continue;
      }
      mappedAt[bar.index] = now;
      String label = name + ".bar" + bar.index;
      if (bar.ports != null) {
        if (now < 0) {
          bus.ports().unmap(label);
        } else {
          bus.ports().map(label, (int) now, (int) bar.size, bar.ports);
        }
      } else if (now < 0) {
        bus.memory().unmap(label);
      } else {
        bus.memory().map(label, now, bar.size, bar.memory);
      }
    }
  }

  /// Where a BAR decodes now, or -1. QEMU differs from the specification: address 0 and the top of the space decode
  /// nothing, so that sizing does not map things.
  private long address(Bar bar) {
    boolean io = bar.ports != null;
    if ((config16(COMMAND) & (io ? COMMAND_IO : COMMAND_MEMORY)) == 0) {
      return -1;
    }
    long high = bar.wide ? (long) config32(bar.register() + 4) << 32 : 0;
    long at = (high | config32(bar.register()) & 0xFFFF_FFFFL) & -bar.size;
    long last = at + bar.size - 1;
    long end = bar.wide ? Long.MAX_VALUE : io ? 0x10000 : 0xFFFF_FFFFL;
    boolean usable = at > 0 && last > at && last < end;
    return usable && bus.reaches(io, at, last) ? at : -1;
  }

  // ---- interrupts

  protected final boolean msiEnabled() {
    return msi != 0 && (config8(msi + MSI_CONTROL) & MSI_ENABLE) != 0;
  }

  /// The device's interrupt condition: a level on its INTx pin, or one message each time it turns true. PCI 3.0
  /// "Interrupt Pin", "Interrupt Disable", "MSI Message Generation".
  protected final void pin(boolean level) {
    synchronized (bus.lock()) {
      if (level && !pinLevel && msiEnabled() && busMaster()) {
        bus.apics().msi(config32(msi + MSI_ADDRESS) & 0xFFFF_FFFFL, config16(msi + MSI_DATA));
      }
      pinLevel = level;
      config[STATUS] = (byte) (level ? config[STATUS] | STATUS_INTERRUPT : config[STATUS] & ~STATUS_INTERRUPT);
      drivePin();
    }
  }

  protected final IrqLine pinLine() {
    return this::pin;
  }

  private void drivePin() {
    boolean drive = pinLevel && !msiEnabled() && (config16(COMMAND) & COMMAND_INTX_DISABLE) == 0;
    if (drive != pinDriven) {
      pinDriven = drive;
      bus.interrupt(this, config8(INTERRUPT_PIN) - 1, drive);
    }
  }

  static void put16(byte[] b, int at, int value) {
    b[at] = (byte) value;
    b[at + 1] = (byte) (value >>> 8);
  }

  static void put32(byte[] b, int at, int value) {
    put16(b, at, value);
    put16(b, at + 2, value >>> 16);
  }
}
