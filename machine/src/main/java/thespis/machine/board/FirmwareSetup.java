package thespis.machine.board;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import thespis.cpu.apic.LocalApic;
import thespis.machine.acpi.Chipset;
import thespis.machine.acpi.MpTable;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.pci.I440fx;
import thespis.machine.device.pci.Ich9Ahci;
import thespis.machine.device.pci.Ich9Lpc;
import thespis.machine.device.pci.Ich9Smbus;
import thespis.machine.device.pci.Mch;
import thespis.machine.device.pci.PciBus;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.device.pci.Piix3;
import thespis.machine.device.pci.Piix3Ide;
import thespis.machine.device.pci.Piix4Pm;
import thespis.machine.device.usb.Ehci;
import thespis.machine.device.usb.Uhci;
import thespis.machine.device.usb.Xhci;
import thespis.machine.loader.E820;

/// What SeaBIOS 1.16.2 does to a QEMU machine before it starts a kernel, done from the host when a kernel is booted
/// without firmware: PCI resources and interrupt lines, the chip set's power management, interrupt routing and shadow
/// RAM, the 8259s, 8254 and 8042, the BIOS data area, the memory types. The outcome is compared, byte by byte, with the
/// configuration space of a QEMU guest after SeaBIOS ran.
public final class FirmwareSetup {
  private static final int SMBUS_OFFSET = 0x100;

  public static final long MMCONFIG_BASE = 0xB000_0000L;
  public static final long MMCONFIG_SIZE = 0x1000_0000L;
  public static final long RCBA_BASE = 0xFED1_C000L;
  public static final long RCBA_SIZE = 0x4000;
  private static final int SCI = 9;

  private static final int IO_START = 0xC000;
  private static final long MEMORY_END = 0xFEC0_0000L;
  private static final int COMMAND_SERR = 0x100;
  private static final int BRIDGE_SERR = 0x02;
  private static final int BRIDGE_PORTS_ALIGNMENT = 0x1000;
  private static final long LEAST_MEMORY = 0x1000;
  private static final long BRIDGE_WINDOW = 0x20_0000;

  private static final int RAM_READ = 0x11;
  private static final int RAM_READ_WRITE = 0x33;

  private static final int APIC_BASE = 0x1B;
  private static final long LOCAL_APIC = 0xFEE0_0000L;
  private static final int MTRR_PHYS_BASE0 = 0x200;
  private static final int MTRR_PHYS_MASK0 = 0x201;
  private static final int MTRR_FIX64K = 0x250;
  private static final int MTRR_FIX16K_80000 = 0x258;
  private static final int MTRR_FIX16K_A0000 = 0x259;
  private static final int MTRR_FIX4K_C0000 = 0x268;
  private static final int MTRR_DEF_TYPE = 0x2FF;
  private static final long ALL_WRITE_BACK = 0x0606_0606_0606_0606L;
  private static final long ALL_WRITE_PROTECTED = 0x0505_0505_0505_0505L;
  private static final long MTRR_ENABLED_WRITE_BACK = 0xC06;
  private static final long MTRR_VALID = 0x800;

  private final PciBus pci;
  private final PortSpace ports;
  private final GuestMemory memory;
  private final int pmBase;

  /// @param acpi the board has ACPI tables
  public FirmwareSetup(PciBus pci, PortSpace ports, GuestMemory memory, boolean acpi) {
    this.pci = pci;
    this.ports = ports;
    this.memory = memory;
    pmBase = acpi ? Chipset.PM_BASE : Chipset.PM_BASE_OF_FIRMWARE;
  }

  /// @param serialPorts base ports of the UARTs in order, for the BIOS data area
  /// @param parallelPorts likewise
  public void run(int[] serialPorts, int[] parallelPorts) {
    chips();
    biosDataArea(serialPorts, parallelPorts);
  }

  /// What of it is done when the machine wakes up: memory is the guest's.
  void resume() {
    chips();
  }

  private void chips() {
    int buses = 0;
    for (PciDevice device : pci.devices()) {
      chip(device);
      if (device instanceof PcieRootPort port) {
        buses++;
        port.writeConfig(PcieRootPort.SECONDARY_BUS, 1, buses);
        port.writeConfig(PcieRootPort.SUBORDINATE_BUS, 1, buses);
      }
    }
    assignBars();
    for (PciDevice device : pci.all()) {
      interruptLine(device);
      int command = device.readConfig(PciDevice.COMMAND, 2);
      device.writeConfig(
          PciDevice.COMMAND,
          2,
          command | PciDevice.COMMAND_IO | PciDevice.COMMAND_MEMORY | COMMAND_SERR);
      afterResources(device);
    }
    interruptControllers();
    keyboardController();
  }

  private void chip(PciDevice device) {
    switch (device) {
      case I440fx d -> shadow(d, I440fx.PAM0, I440fx.SMRAM);
      case Mch d -> {
        shadow(d, Mch.PAM0, Mch.SMRAM);
        d.writeConfig(Mch.PCIEXBAR + 4, 4, 0);
        d.writeConfig(Mch.PCIEXBAR, 4, (int) MMCONFIG_BASE | 1);
      }
      case Piix3 d -> routeWires(d, Piix3.PIRQRC);
      case Piix3Ide d -> d.writeConfig(Piix3Ide.IDETIM, 4, 0x8000_8000);
      case Piix4Pm d -> {
        d.writeConfig(Piix4Pm.PMBASE, 4, pmBase | 1);
        d.writeConfig(Piix4Pm.PMREGMISC, 1, 1);
        d.writeConfig(Piix4Pm.SMBBASE, 4, pmBase + SMBUS_OFFSET | 1);
        d.writeConfig(Piix4Pm.SMBHSTCFG, 1, 0x09);
        d.writeConfig(Piix4Pm.DEVACTB + 3, 1, 0x02);
      }
      case Ich9Lpc d -> {
        routeWires(d, Ich9Lpc.PIRQA_ROUT);
        routeWires(d, Ich9Lpc.PIRQE_ROUT);
        d.writeConfig(Ich9Lpc.PMBASE, 4, pmBase | 1);
        d.writeConfig(Ich9Lpc.ACPI_CNTL, 1, 0x80);
        d.writeConfig(Ich9Lpc.RCBA, 4, (int) RCBA_BASE | 1);
        d.writeConfig(Ich9Lpc.GEN_PMCON_1, 1, 0x10);
      }
      default -> {
        // nothing of its own to set up
      }
    }
  }

  /// What SeaBIOS does once BARs are given out.
  private void afterResources(PciDevice device) {
    switch (device) {
      case Ich9Smbus d -> {
        d.writeConfig(PciDevice.BAR0 + 16, 4, pmBase + SMBUS_OFFSET | 1);
        d.writeConfig(Ich9Smbus.HOSTC, 1, 0x01);
      }
      case Ich9Ahci d -> master(d);
      case Xhci d -> master(d);
      case Uhci d -> {
        master(d);
        d.writeConfig(Uhci.LEGACY_SUPPORT, 2, Uhci.LEGACY_CHANGES);
      }
      case Ehci d -> master(d);
      case PcieRootPort d -> d.writeConfig(PcieRootPort.BRIDGE_CONTROL, 2, BRIDGE_SERR);
      default -> {
        // done
      }
    }
  }

  /// It has a driver for this one.
  private static void master(PciDevice device) {
    device.writeConfig(PciDevice.COMMAND, 2, device.readConfig(PciDevice.COMMAND, 2) | PciDevice.COMMAND_MASTER);
  }

  /// Segments of the expansion ROMs and of the BIOS are read from RAM; the upper half of 0xE0000 can be written.
  private static void shadow(PciDevice host, int pam, int smram) {
    host.writeConfig(pam, 1, 0x10);
    for (int i = 1; i <= 5; i++) {
      host.writeConfig(pam + i, 1, RAM_READ);
    }
    host.writeConfig(pam + 6, 1, RAM_READ_WRITE);
    host.writeConfig(smram, 1, 0x0A);
  }

  /// Wires A and B to IRQ 10, C and D to IRQ 11, both level-triggered.
  private void routeWires(PciDevice bridge, int register) {
    bridge.writeConfig(register, 4, 0x0B0B_0A0A);
    ports.write(0x4D0, 1, 0x00);
    ports.write(0x4D1, 1, 0x0C);
  }

  /// Something that wants addresses of one kind.
  private record Place(long size, long alignment, LongConsumer at) {}

  /// What a bus needs, by kind.
  private record Needs(List<Place> io, List<Place> memory, List<Place> prefetched) {
    /// What the functions of a bus need, and not what is behind them.
    static Needs of(PciBus bus) {
      Needs needs = new Needs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      for (PciDevice device : bus.devices()) {
        for (PciDevice.BarInfo bar : device.bars()) {
          long size = bar.io() ? bar.size() : Math.max(bar.size(), LEAST_MEMORY);
          List<Place> kind = bar.io() ? needs.io : bar.prefetchable() ? needs.prefetched : needs.memory;
          kind.add(new Place(size, size, at -> {
            device.writeConfig(PciDevice.BAR0 + 4 * bar.index(), 4, (int) at);
            if (bar.wide()) {
              device.writeConfig(PciDevice.BAR0 + 4 * bar.index() + 4, 4, (int) (at >>> 32));
            }
          }));
        }
      }
      return needs;
    }
  }

  /// Largest first: ports upwards from 0xC000, memory so that it ends below the I/O APIC, with what may be prefetched
  /// behind the rest. A root port gets at least 2 MiB of each kind of memory for what may be plugged into it, and ports
  /// only if something behind it has some.
  private void assignBars() {
    Needs all = Needs.of(pci);
    for (PciDevice device : pci.devices().reversed()) {
      if (device instanceof PcieRootPort port) {
        Needs behind = Needs.of(port.behind());
        all.io.add(window(behind.io, BRIDGE_PORTS_ALIGNMENT, 0, (at, size) -> {
          port.writeConfig(PcieRootPort.IO_BASE, 1, (int) at >>> 8);
          port.writeConfig(PcieRootPort.IO_BASE + 1, 1, (int) (at + size - 1) >>> 8);
        }));
        all.memory.add(window(behind.memory, BRIDGE_WINDOW, 1, open(port, PcieRootPort.MEMORY_BASE)));
        all.prefetched.add(window(behind.prefetched, BRIDGE_WINDOW, 1, open(port, PcieRootPort.PREFETCH_BASE)));
      }
    }
    assign(all.io, IO_START);
    long end = start(all.prefetched, MEMORY_END);
    assign(all.prefetched, end);
    assign(all.memory, start(all.memory, end));
  }

  private interface Opener {
    void open(long at, long size);
  }

  private static Opener open(PcieRootPort port, int register) {
    return (at, size) -> {
      port.writeConfig(register, 2, (int) (at >>> 16));
      port.writeConfig(register + 2, 2, (int) (at + size - 1 >>> 16));
    };
  }

  /// A bridge's, in which the places behind it are given out in turn.
  ///
  /// @param least alignment
  /// @param spare in units of the alignment, what there is at least
  private static Place window(List<Place> behind, long least, long spare, Opener opener) {
    long alignment = Math.max(least, behind.stream().mapToLong(Place::alignment).max().orElse(0));
    long total = behind.stream().mapToLong(Place::size).sum();
    long size = Math.max(total, spare * alignment) + alignment - 1 & -alignment;
    return new Place(size, alignment, at -> {
      opener.open(at, size);
      assign(behind, at);
    });
  }

  private static long start(List<Place> places, long end) {
    long total = places.stream().mapToLong(Place::size).sum();
    long alignment = places.stream().mapToLong(Place::alignment).max().orElse(1);
    return end - total & -alignment;
  }

  private static void assign(List<Place> places, long start) {
    places.sort((a, b) -> a.alignment == b.alignment ? Long.compare(b.size, a.size) : Long.compare(b.alignment, a.alignment));
    long at = start;
    for (Place place : places) {
      place.at.accept(at);
      at += place.size;
    }
  }

  private void interruptLine(PciDevice device) {
    int pin = device.readConfig(PciDevice.INTERRUPT_PIN, 1);
    if (pin == 0) {
      return;
    }
    int slot = device.devfn() >>> 3;
    if (device.bus().port() != null) {
      pin += slot;
      slot = device.bus().port().devfn() >>> 3;
    }
    boolean q35 = pci.at(0, 0) instanceof Mch;
    int wire = q35 ? (slot <= 24 ? slot + pin - 1 : pin - 1) : slot - 1 + pin - 1;
    int line = device instanceof Piix4Pm ? SCI : (wire & 3) < 2 ? 10 : 11;
    device.writeConfig(PciDevice.INTERRUPT_LINE, 1, line);
  }

  /// What {@link #run} chose for the PCI slots' interrupt wires: one for each that is in use, in bus order.
  List<MpTable.PciInterrupt> interrupts() {
    Map<Integer, MpTable.PciInterrupt> found = new LinkedHashMap<>();
    for (PciDevice device : pci.devices()) {
      int slot = device.devfn() >>> 3;
      int pin = device.readConfig(PciDevice.INTERRUPT_PIN, 1) - 1;
      if (pin >= 0) {
        int line = device.readConfig(PciDevice.INTERRUPT_LINE, 1);
        found.putIfAbsent(slot << 2 | pin, new MpTable.PciInterrupt(slot, pin, line));
      }
    }
    return List.copyOf(found.values());
  }

  /// 8259: vectors 8 and 0x70, all masked but the cascade; 8254: counter 0 at 18.2 Hz.
  private void interruptControllers() {
    int[][] writes = {
      {0x20, 0x11}, {0xA0, 0x11}, {0x21, 0x08}, {0xA1, 0x70}, {0x21, 0x04}, {0xA1, 0x02}, {0x21, 0x01}, {0xA1, 0x01},
      {0x21, 0xFB}, {0xA1, 0xFF}, {0x43, 0x34}, {0x40, 0x00}, {0x40, 0x00},
    };
    for (int[] write : writes) {
      ports.write(write[0], 1, write[1]);
    }
  }

  /// 8042: self-test passed, scan codes translated, mouse off.
  private void keyboardController() {
    ports.write(0x64, 1, 0xAA);
    ports.read(0x60, 1);
    ports.write(0x64, 1, 0x60);
    ports.write(0x60, 1, 0x61);
  }

  /// "BIOS data area" as IBM's Technical Reference lists it, as far as an operating system looks at it.
  private void biosDataArea(int[] serialPorts, int[] parallelPorts) {
    memory.fill(0x400, 0x100, 0);
    for (int i = 0; i < serialPorts.length; i++) {
      memory.put16(0x400 + 2 * i, serialPorts[i]);
    }
    for (int i = 0; i < parallelPorts.length; i++) {
      memory.put16(0x408 + 2 * i, parallelPorts[i]);
    }
    memory.put16(0x40E, (int) (E820.EBDA >>> 4));
    memory.put16(0x410, 0x0006 | serialPorts.length << 9 | parallelPorts.length << 14);
    memory.put16(0x413, (int) (E820.EBDA >>> 10));
    memory.put16(0x41A, 0x1E);
    memory.put16(0x41C, 0x1E);
    memory.put16(0x480, 0x1E);
    memory.put16(0x482, 0x3E);
    memory.put8(0x496, 0x10);
    memory.fill(E820.EBDA, 0x400, 0);
    memory.put8(E820.EBDA, 1);
  }

  /// Memory types: RAM write-back, video uncached, ROM write-protected, the PCI hole uncached. SDM Vol. 3A "Memory Type
  /// Range Registers (MTRRs)".
  ///
  /// @param physicalBits CPUID 0x80000008
  public Map<Integer, Long> memoryTypes(int physicalBits) {
    long hole = pciHole();
    long mask = (1L << physicalBits) - 1;
    Map<Integer, Long> msrs = new LinkedHashMap<>();
    msrs.put(MTRR_FIX64K, ALL_WRITE_BACK);
    msrs.put(MTRR_FIX16K_80000, ALL_WRITE_BACK);
    msrs.put(MTRR_FIX16K_A0000, 0L);
    for (int i = 0; i < 8; i++) {
      msrs.put(MTRR_FIX4K_C0000 + i, ALL_WRITE_PROTECTED);
    }
    msrs.put(MTRR_PHYS_BASE0, hole);
    msrs.put(MTRR_PHYS_MASK0, -(GuestMemory.FOUR_GIB - hole) & mask | MTRR_VALID);
    msrs.put(MTRR_DEF_TYPE, MTRR_ENABLED_WRITE_BACK);
    return msrs;
  }

  /// The mode of local APICs that takes APIC IDs of more than 8 bits. SDM Vol. 3A "Initialization by System Software":
  /// with such IDs firmware hands over in x2APIC mode.
  public static Map<Integer, Long> x2ApicMode() {
    return Map.of(APIC_BASE, LOCAL_APIC | LocalApic.BASE_ENABLE | LocalApic.BASE_X2APIC);
  }

  /// Where SeaBIOS lets memory BARs start.
  private long pciHole() {
    if (pci.at(0, 0) instanceof Mch) {
      return MMCONFIG_BASE + MMCONFIG_SIZE;
    }
    if (memory.below4g() <= 0x8000_0000L) {
      return 0x8000_0000L;
    }
    return Math.max(0xC000_0000L, memory.below4g());
  }
}
