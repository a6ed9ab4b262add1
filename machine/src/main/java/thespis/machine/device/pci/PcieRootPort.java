package thespis.machine.device.pci;

import thespis.cpu.state.StateIo;

/// QEMU's PCI Express root port, device 1b36:000c: a bridge to a bus of one slot. Its slot can do what native hotplug
/// asks of it, of which the end of a command is all that ever happens. PCI-to-PCI Bridge Architecture
/// Specification 1.2 "Configuration Space Registers"; PCI Express Base Specification "PCI Express Capability Structure",
/// "Advanced Error Reporting Extended Capability", "ACS Extended Capability"; PCI 3.0 "MSI-X Capability and Table
/// Structure". Values and write masks are those of QEMU 7.2 with the device's properties at their defaults.
public final class PcieRootPort extends PciDevice {
  public static final int PRIMARY_BUS = 0x18;
  public static final int SECONDARY_BUS = 0x19;
  public static final int SUBORDINATE_BUS = 0x1A;
  public static final int IO_BASE = 0x1C;
  public static final int MEMORY_BASE = 0x20;
  public static final int PREFETCH_BASE = 0x24;
  private static final int PREFETCH_BASE_HIGH = 0x28;
  public static final int BRIDGE_CONTROL = 0x3E;
  private static final int BRIDGE_HEADER = 1;

  private static final int SUBSYSTEM_CAPABILITY = 0x40;
  private static final int MSIX = 0x48;
  private static final int EXPRESS = 0x54;
  private static final int LINK_STATUS = EXPRESS + 0x12;
  private static final int ONE_LANE_AT_2_5 = 0x11;
  private static final int SLOT_CONTROL = EXPRESS + 0x18;
  private static final int SLOT_STATUS = EXPRESS + 0x1A;
  private static final int AER = 0x100;
  private static final int ACS = 0x148;

  private static final int SLOT_COMMAND_COMPLETED = 0x10;
  private static final int SLOT_EVENTS = 0x1F;
  private static final int SLOT_INTERRUPT = 0x20;
  private static final int SLOT_INTERLOCK = 0x80;
  private static final int SLOT_INTERLOCK_CONTROL = 0x08;

  private static final int SLOT_POWER_OFF = 0x04;
  private static final int SLOT_POWER_INDICATOR = 0x03;
  private static final int POWER_INDICATOR_ON = 0x01;
  private static final int BUS_RESET = 0x40;
  private static final int PENDING = 0x800;

  /// What tells one port from another.
  ///
  /// @param id the device's; null if it has none
  /// @param port number of the link, in its capabilities
  /// @param physicalSlot number of the slot
  /// @param multifunction there may be more functions in its slot of the root bus
  public record Settings(String id, int devfn, int port, int physicalSlot, boolean multifunction) {}

  private final Settings settings;
  private final MsiX msix;
  private PciBus behind;
  private boolean resetting;
  private int events;
  private boolean told;

  public PcieRootPort(Settings settings) {
    super(String.format("pcie-root-port-%02x", settings.devfn), 0x1B36, 0x000C, 0x00, 0x060400, EXPRESS_CONFIG_SIZE);
    this.settings = settings;
    preset(HEADER_TYPE, BRIDGE_HEADER);
    if (settings.multifunction) {
      multifunction();
    }
    interruptPin(1);
    bridgeRegisters();
    capability(SUBSYSTEM_CAPABILITY, 0x0D, 0, 0, 0x36, 0x1B, 0, 0);
    msix = new MsiX(this, MSIX, 1, 0, 0, PENDING);
    memoryBar(0, 0x1000, msix);
    expressCapability();
    preset(AER, 0x01, 0x00, 0x82, 0x14);
    readOnly(AER, ACS - AER);
    preset(AER + 0x0C, 0x30, 0x20, 0x46, 0x00);
    writeMask(AER + 0x0C, 0x30, 0xF0, 0xFF, 0x03);
    preset(AER + 0x14, 0x00, 0xE0, 0x00, 0x00, 0xA0, 0x02);
    writeMask(AER + 0x14, 0xC1, 0xF1, 0x00, 0x00, 0x40, 0x05);
    writeMask(AER + 0x2C, 0x07);
    preset(ACS, 0x0D, 0x00, 0x01, 0x00, 0x5F, 0x00);
    writeMask(ACS, 0, 0, 0, 0, 0, 0, 0x5F, 0);
  }

  private void bridgeRegisters() {
    writeMask(PRIMARY_BUS, 0xFF, 0xFF, 0xFF, 0xFF, 0xF0, 0xF0, 0, 0);
    preset(IO_BASE, 0xF0, 0x00);
    clearMask(IO_BASE + 3, 0xF9);
    preset(MEMORY_BASE, 0xF0, 0xFF, 0x00, 0x00, 0xF1, 0xFF, 0x01, 0x00);
    writeMask(MEMORY_BASE, 0xF0, 0xFF, 0xF0, 0xFF, 0xF0, 0xFF, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
    writeMask(BRIDGE_CONTROL, 0x5F, 0x00);
  }

  /// Version 2, a root port with a slot; link of 32 lanes at 16 GT/s.
  private void expressCapability() {
    int slot = settings.physicalSlot & 0x1FFF;
    capability(EXPRESS, 0x10,
        0x42, 0x01,
        0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x04, 0x06, 0x30, settings.port, 0x00, 0x00, 0x04, 0x02,
        0x7B, 0x00, 0x02 | slot << 3 & 0xF8, slot >>> 5, 0xC0, 0x07, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x20, 0x00, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x1E, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00);
    writeMask(EXPRESS + 0x08, 0x0F);
    writeMask(SLOT_CONTROL, 0xF9, 0x07 | SLOT_INTERLOCK_CONTROL);
    writeMask(SLOT_STATUS, SLOT_EVENTS);
    writeMask(EXPRESS + 0x1C, 0x07);
    writeMask(EXPRESS + 0x28, 0x20, 0x80);
  }

  @Override
  void attached() {
    behind = new PciBus(this);
  }

  /// Its slot's bus.
  public PciBus behind() {
    return behind;
  }

  /// True if the windows pass all of a range on, downwards.
  boolean passes(boolean io, long first, long last) {
    int command = config8(COMMAND);
    return io
        ? (command & COMMAND_IO) != 0 && ports().holds(first, last)
        : (command & COMMAND_MEMORY) != 0 && (memory().holds(first, last) || prefetchable().holds(first, last));
  }

  @Override
  public String id() {
    return settings.id == null ? "" : settings.id;
  }

  /// Addresses that are passed on to what is behind it; none if `base` is above `limit`.
  public record Range(long base, long limit) {
    boolean holds(long first, long last) {
      return base <= first && last <= limit;
    }
  }

  public Range ports() {
    return new Range((config8(IO_BASE) & 0xF0) << 8, (config8(IO_BASE + 1) & 0xF0) << 8 | 0xFFF);
  }

  public Range memory() {
    return range(MEMORY_BASE, 0, 0);
  }

  public Range prefetchable() {
    return range(PREFETCH_BASE, config32(PREFETCH_BASE_HIGH), config32(PREFETCH_BASE_HIGH + 4));
  }

  private Range range(int register, int baseHigh, int limitHigh) {
    return new Range(
        (config16(register) & 0xFFF0L) << 16 | (long) baseHigh << 32,
        (config16(register + 2) & 0xFFF0L) << 16 | 0xF_FFFF | (long) limitHigh << 32);
  }

  @Override
  public void reset() {
    synchronized (bus().lock()) {
      msix.reset();
      events = 0;
      told = false;
      resetting = false;
      super.reset();
      if (!behind.devices().isEmpty()) {
        int control = config8(SLOT_CONTROL + 1) & ~(SLOT_POWER_OFF | SLOT_POWER_INDICATOR);
        setConfig8(SLOT_CONTROL + 1, control | POWER_INDICATOR_ON);
        setConfig8(LINK_STATUS, ONE_LANE_AT_2_5);
        setConfig8(LINK_STATUS + 1, 0);
      }
      behind.remap();
    }
  }

  @Override
  public void state(StateIo io) {
    msix.state(io);
    events = io.u8("events", events);
    told = io.bool("told", told);
    super.state(io);
  }

  @Override
  protected void configLoaded() {
    resetting = (config8(BRIDGE_CONTROL) & BUS_RESET) != 0;
    behind.remap();
  }

  @Override
  protected void configWritten(int offset, int size) {
    if (touches(offset, size, SLOT_CONTROL, 2)) {
      if ((config8(SLOT_CONTROL + 1) & SLOT_INTERLOCK_CONTROL) != 0) {
        setConfig8(SLOT_CONTROL + 1, config8(SLOT_CONTROL + 1) & ~SLOT_INTERLOCK_CONTROL);
        setConfig8(SLOT_STATUS, config8(SLOT_STATUS) ^ SLOT_INTERLOCK);
      }
    }
    if (touches(offset, size, SLOT_STATUS, 1)) {
      acknowledge(config8(SLOT_STATUS) & SLOT_EVENTS);
    }
    if (touches(offset, size, SLOT_CONTROL, 2)) {
      events |= SLOT_COMMAND_COMPLETED;
    }
    if (touches(offset, size, SLOT_CONTROL, 4)) {
      setConfig8(SLOT_STATUS, config8(SLOT_STATUS) & ~SLOT_EVENTS | events);
      tell();
    }
    if (touches(offset, size, MSIX + 2, 2)) {
      msix.deliver();
    }
    if (touches(offset, size, COMMAND, 2) || touches(offset, size, IO_BASE, 2) || touches(offset, size, MEMORY_BASE, 20)) {
      behind.remap();
    }
    boolean reset = (config8(BRIDGE_CONTROL) & BUS_RESET) != 0;
    if (reset && !resetting) {
      behind.devices().forEach(PciDevice::reset);
    }
    resetting = reset;
  }

  /// A 1 clears an event. QEMU differs: one for an event that there is not, and nothing is cleared.
  private void acknowledge(int written) {
    if ((written & ~events) == 0) {
      events &= ~written;
    }
  }

  /// One message when an event turns up that the guest wants to hear of, or a level for as long as it is there.
  private void tell() {
    boolean now = (config8(SLOT_CONTROL) & SLOT_INTERRUPT) != 0
        && (config8(SLOT_CONTROL) & config8(SLOT_STATUS) & SLOT_EVENTS) != 0;
    boolean rises = now && !told;
    told = now;
    if (!msix.enabled()) {
      pin(now);
    } else if (rises) {
      msix.notify(0);
    }
  }
}
