package thespis.machine.board;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.mmu.PhysMap.Range;
import thespis.cpu.run.GuestClock;
import thespis.cpu.run.IoBus;
import thespis.cpu.state.BootState;
import thespis.cpu.state.StateIo;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.CpuHotplugRegs;
import thespis.machine.acpi.PciBusAml;
import thespis.machine.acpi.PowerManagement;
import thespis.machine.acpi.WakeReason;
import thespis.machine.bus.Device;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PhysicalAccess;
import thespis.machine.device.misc.PcTestDevice;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.irq.GsiRouter;
import thespis.machine.device.irq.I8259Pair;
import thespis.machine.device.irq.IoApic;
import thespis.machine.device.irq.LineWatch;
import thespis.machine.device.irq.SharedLine;
import thespis.machine.device.misc.I8042;
import thespis.machine.device.misc.ResetControl;
import thespis.machine.device.pci.PciBus;
import thespis.machine.device.pci.PciConfigPorts;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PciHotplugRegs;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.device.serial.Uart16550;
import thespis.machine.device.timer.Mc146818Rtc;
import thespis.machine.loader.E820;

/// A PC without its processors: RAM, address spaces, chips. {@link PcBoard} and {@link Q35Board} say which chips. The
/// processors reach it through {@link #bus} and {@link #map}; interrupts leave it through the {@link ApicBus}.
public abstract class Board implements AutoCloseable {
  private static final long ONE_MIB = 0x100000;
  private static final long ROM_WINDOW = 0xC0000;
  private static final int CPU_HOTPLUG_EVENT = 2;
  private static final int READ_WRITE = PhysMap.READ | PhysMap.WRITE;

  protected final BoardConfig config;
  protected final GuestClock clock;
  protected final PhysMap map = new PhysMap();
  protected final GuestRam ram;
  protected final GuestMemory memory;
  private final DirectBoot directBoot;
  protected final PortSpace ports = new PortSpace();
  protected final MmioSpace mmio = new MmioSpace();
  protected final PciBus pci;
  protected final I8259Pair pic;
  private final IoApic ioApic;
  private final LineWatch ioApicWatch = new LineWatch();
  private PowerManagement power;

  private final Chipset chipset;
  private final BoardTables tables;

  private final BoardBus bus = new BoardBus(ports, mmio);
  private final List<Device> devices = new ArrayList<>();
  private final SharedLine[] gsi = new SharedLine[IoApic.PINS];
  private final FirmwareRom rom = new FirmwareRom();
  private final PhysicalAccess physical;

  /// Nothing is put into memory before another machine's state is.
  private boolean awaitsState;

  /// The first reset is over.
  private boolean poweredOn;
  private IsaDevices isa;
  private CpuHotplugRegs cpuHotplug;
  private final HotplugRelay hotplugListener = new HotplugRelay();
  private volatile BoardRequests requests = BoardRequests.NONE;

  /// @param product the board's name in SMBIOS
  protected Board(
      BoardConfig config, Chipset chipset, String product, RamLayout layout, GuestClock clock, ApicBus apics) {
    this.config = config;
    this.chipset = chipset;
    this.clock = clock;
    tables = new BoardTables(config, chipset, product, layout, this::pciAml);
    this.ram = config.ramImage().map(RamImage::copy).orElseGet(() -> MachineRam.allocate(config));
    this.memory = new GuestMemory(ram, layout.below4g());
    this.physical = new PhysicalAccess(map, mmio, memory);
    awaitsState = config.incoming();
    directBoot = new DirectBoot(config, memory, tables);
    map.map(new Range("ram-below-4g", 0, layout.below4g(), ram.host(), READ_WRITE));
    if (layout.above4g() > 0) {
      long host = ram.host() + layout.below4g();
      map.map(new Range("ram-above-4g", GuestMemory.FOUR_GIB, layout.above4g(), host, READ_WRITE));
    }
    map.map(new Range("rom-window", ROM_WINDOW, ONE_MIB - ROM_WINDOW, 0, 0));
    config.firmware().ifPresent(path -> rom.map(path, map));
    pic = add(new I8259Pair(apics));
    pic.map(ports);
    ioApic = add(new IoApic(apics, pic::acknowledge));
    mmio.map("ioapic", IoApic.DEFAULT_BASE, 0x1000, ioApic);
    GsiRouter router = new GsiRouter(pic, ioApic, ioApicWatch);
    for (int i = 0; i < gsi.length; i++) {
      gsi[i] = new SharedLine(router.gsi(i));
    }
    pci = new PciBus(ports, mmio, apics);
    pci.dma(memory);
    add(new PciConfigPorts(pci, ports));
  }

  /// QEMU's pc-testdev, at most once.
  public final void addTestDevice() {
    add(new PcTestDevice(irqs(16))).map(ports, mmio);
  }

  // ---- for the catalogues

  protected final <T extends Device> T add(T device) {
    devices.add(device);
    return device;
  }

  protected final <T extends PciDevice> T addPci(int slot, int function, T device) {
    return add(pci.add(slot, function, device));
  }

  /// What the user asked for beside root ports.
  protected final void addPciFunctions() {
    for (PciFunction function : config.pciFunctions()) {
      add(busOf(function).add(function.devfn() >>> 3, function.devfn() & 7, function.model().create(clock)));
    }
  }

  private PciBus busOf(PciFunction function) {
    return function.port() == null ? pci : pci.devices().stream()
        .filter(device -> device instanceof PcieRootPort && device.id().equals(function.port()))
        .map(port -> ((PcieRootPort) port).behind())
        .findAny().orElseThrow(() -> new IllegalStateException("no root port " + function.port()));
  }

  protected final void addIsa(int hpetRoutes, ResetControl resetControl) {
    isa = new IsaDevices(this, hpetRoutes, resetControl);
    bus.ferr(isa.fpuError::error);
  }

  /// A further source on a global system interrupt.
  protected final IrqLine irq(int number) {
    return gsi[number].source();
  }

  protected final IrqLine[] irqs(int count) {
    IrqLine[] lines = new IrqLine[count];
    for (int i = 0; i < count; i++) {
      lines[i] = irq(i);
    }
    return lines;
  }

  protected final void requestReset() {
    requests.reset();
  }

  protected final void requestDebugExit(int status) {
    requests.debugExit(status);
  }

  /// Power management and hotplug, whose registers stay where they are.
  protected final void addPower(IrqLine sci, int removablePciSlots) {
    power = add(new PowerManagement(chipset, clock, sci, config.sleep().s4Type(), new PowerManagement.Listener() {
      @Override
      public void powerOff() {
        requests.powerOff();
      }

      @Override
      public void suspend() {
        requests.suspend();
      }

      @Override
      public void wake(WakeReason reason) {
        requests.wake(reason);
      }

      @Override
      public void hibernated() {
        requests.hibernated();
      }

      @Override
      public void watchdogExpired() {
        requests.watchdogExpired();
      }
    }));
    isa.rtc.onAlarm(power::alarm);
    power.mapFixed(ports);
    PciHotplugRegs pciHotplug = add(new PciHotplugRegs(removablePciSlots));
    ports.map(pciHotplug.name(), chipset.pciHotplug, PciHotplugRegs.LENGTH, pciHotplug);
    int[] apicIds = config.slots().all().stream().mapToInt(CpuSlot::apicId).toArray();
    cpuHotplug = add(new CpuHotplugRegs(apicIds, hotplugListener));
    ports.mapDeferred("acpi-cpu-hotplug", chipset.cpuHotplug, CpuHotplugRegs.LEGACY_LENGTH, cpuHotplug);
  }

  protected final void addFwCfg() {
    tables.addFwCfg(this);
  }

  protected final IsaDevices isa() {
    return isa;
  }

  /// What the DSDT says of the PCI bus.
  protected abstract PciBusAml pciAml();

  /// Chip set ranges that the firmware's memory map reserves.
  protected abstract List<E820.Entry> reservedRanges();

  // ---- for the processors

  public final IoBus bus() {
    return bus;
  }

  public final PhysMap map() {
    return map;
  }

  public final GuestRam ram() {
    return ram;
  }

  /// The guest-physical address space, for somebody who is no processor. It is empty once the board is closed.
  public final PhysicalAccess physical() {
    return physical;
  }

  public final GuestMemory memory() {
    return memory;
  }

  // ---- for the machine's owner

  public final BoardConfig config() {
    return config;
  }

  public final PortSpace ports() {
    return ports;
  }

  public final MmioSpace mmio() {
    return mmio;
  }

  public final PciBus pci() {
    return pci;
  }

  public final I8259Pair pic() {
    return pic;
  }

  public final IoApic ioApic() {
    return ioApic;
  }

  /// The I/O APIC's inputs by their number on the board: ISA IRQ 0 is 0.
  public final LineWatch ioApicLines() {
    return ioApicWatch;
  }

  /// COM1 is 0.
  public final Uart16550 serial(int number) {
    return isa.serial.get(number);
  }

  public final I8042 keyboard() {
    return isa.keyboard;
  }

  public final Mc146818Rtc rtc() {
    return isa.rtc;
  }

  /// In the order in which they are reset.
  public final List<Device> devices() {
    return List.copyOf(devices);
  }

  /// What migrates beside the processors and the RAM, in the order in which it is loaded: the chips, what else the board
  /// knows, the wires between them, and at last the interrupt controllers, which know what they have seen on their wires.
  public final List<Device> saved() {
    List<Device> all = new ArrayList<>(devices);
    all.removeAll(List.of(pic, ioApic));
    all.addAll(List.of(new Wires(), pic, ioApic));
    return all;
  }

  /// Another machine's state is here: from now on resets put into memory what belongs there.
  public final synchronized void stateLoaded() {
    awaitsState = false;
  }

  /// Levels of the shared interrupt lines, and where the guest's tables are.
  private final class Wires implements Device {
    @Override
    public String name() {
      return "board";
    }

    @Override
    public void state(StateIo io) {
      long[] lines = new long[gsi.length];
      for (int i = 0; i < gsi.length; i++) {
        lines[i] = gsi[i].high();
      }
      io.longs("gsi", lines);
      for (int i = 0; io.loading() && i < gsi.length; i++) {
        gsi[i].load(lines[i]);
      }
      directBoot.state(io);
    }
  }

  /// What firmware has negotiated about system management interrupts, a bit for each feature.
  public final long smiFeatures() {
    return tables.smiFeatures();
  }

  /// A board without it has no hotplug registers either.
  public final boolean powerManaged() {
    return power != null;
  }

  /// Where there is power management.
  public final PowerManagement power() {
    return power;
  }

  /// Where there is power management. Owned by whoever serves the ports that {@link BoardBus} leaves alone.
  public final CpuHotplugRegs cpuHotplug() {
    return cpuHotplug;
  }

  public final void onCpuHotplug(CpuHotplugRegs.Listener listener) {
    hotplugListener.to(listener);
  }

  /// A processor has come or gone: firmware, and the tables of the next reset, tell of it. At power-on the first ones
  /// of the topology are there.
  public final synchronized void present(int slot, boolean here) {
    Cmos.cpus(isa.rtc, tables.present(slot, here));
  }

  public final void onRequest(BoardRequests listener) {
    requests = listener;
  }

  /// Power-on and system reset, with no processor running: every chip to its reset state; without firmware also the
  /// tables, anew, and the kernel.
  ///
  /// @return how the boot processor starts; empty if at the reset vector
  /// @throws thespis.machine.loader.LoadException in QEMU's words
  public final synchronized Optional<BootState> reset() {
    directBoot.await();
    devices.forEach(Device::reset);
    if (poweredOn && config.boot().once().isPresent()) {
      Cmos.boot(isa.rtc, config.boot().order(), config.boot().floppyCheck());
    }
    poweredOn = true;
    if (config.firmware().isPresent() || awaitsState || config.driven()) {
      return Optional.empty();
    }
    return Optional.of(directBoot.boot(setup(), isa, reservedRanges()));
  }

  private FirmwareSetup setup() {
    return new FirmwareSetup(pci, ports, memory, config.acpi());
  }

  /// Out of state S3, with no processor running: every chip to its reset state, memory as it is.
  ///
  /// @return how the boot processor starts; empty if at the reset vector
  public final synchronized Optional<BootState> wake(WakeReason reason) {
    boolean waking = config.firmware().isPresent() || directBoot.wakingVector() != 0;
    if (!waking) {
      return reset(); // as SeaBIOS does
    }
    Cmos.wakes(isa.rtc, config.firmware().isPresent());
    devices.forEach(Device::reset);
    Optional<BootState> start = config.firmware().isPresent() ? Optional.empty() : Optional.of(directBoot.resume(setup()));
    power.wake(reason);
    if (cpuHotplug.eventPending()) {
      power.raiseGpe(CPU_HOTPLUG_EVENT);
    }
    return start;
  }

  /// With no processor left. Closing twice is fine.
  @Override
  public void close() {
    physical.close();
    rom.close();
    directBoot.close();
    ram.close();
  }
}
