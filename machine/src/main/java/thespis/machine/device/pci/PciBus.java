package thespis.machine.device.pci;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.apic.ApicBus;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortSpace;

/// A PCI bus: bus 0 of a PC, or the one behind a root port. The functions by device and function number, the spaces their
/// BARs appear in, and the four interrupt wires. Configuration cycles of all buses are serialised by one lock. PCI-to-PCI
/// Bridge Architecture Specification 1.2 "Type 1 to Type 0 conversion", "Interrupt Support".
public final class PciBus {
  /// Which of the chip set's interrupt inputs a device's pin (0 = INTA) is wired to.
  public interface PinRouting {
    int input(int slot, int pin);
  }

  /// The chip set's interrupt inputs (PIRQA is 0).
  public interface Router {
    void set(int input, boolean level);
  }

  private static final int PINS = 4;

  private final PortSpace ports;
  private final MmioSpace memory;
  private final ApicBus apics;
  private final PcieRootPort above;
  private final PciDevice[] functions = new PciDevice[256];
  private final Object lock;
  private GuestMemory ram;
  private final int[] raised = new int[8];
  private PinRouting routing = (slot, pin) -> pin;
  private Router router = (input, level) -> {};

  public PciBus(PortSpace ports, MmioSpace memory, ApicBus apics) {
    this.ports = ports;
    this.memory = memory;
    this.apics = apics;
    above = null;
    lock = new Object();
  }

  /// The bus behind a port, which is on a bus already.
  PciBus(PcieRootPort port) {
    PciBus root = port.bus();
    ports = root.ports;
    memory = root.memory;
    apics = root.apics;
    ram = root.ram;
    lock = root.lock;
    above = port;
  }

  /// What bus masters read and write. Before there are any.
  public void dma(GuestMemory memory) {
    ram = memory;
  }

  GuestMemory ram() {
    return ram;
  }

  public <T extends PciDevice> T add(int slot, int function, T device) {
    int devfn = slot << 3 | function;
    if (functions[devfn] != null) {
      throw new IllegalStateException(
          "slot " + slot + " function " + function + " already occupied by " + functions[devfn].name());
    }
    functions[devfn] = device;
    device.attach(this, devfn);
    return device;
  }

  /// Takes a function off the bus: reset, so that its BARs are gone.
  public void remove(PciDevice device) {
    device.reset();
    functions[device.devfn()] = null;
  }

  /// Null where there is none.
  public PciDevice at(int slot, int function) {
    return functions[slot << 3 | function];
  }

  public List<PciDevice> devices() {
    List<PciDevice> present = new ArrayList<>();
    for (PciDevice device : functions) {
      if (device != null) {
        present.add(device);
      }
    }
    return present;
  }

  /// Those of this bus, and those behind its ports.
  public List<PciDevice> all() {
    List<PciDevice> present = new ArrayList<>();
    for (PciDevice device : devices()) {
      present.add(device);
      if (device instanceof PcieRootPort port) {
        present.addAll(port.behind().all());
      }
    }
    return present;
  }

  /// The port that it is behind; null for bus 0.
  public PcieRootPort port() {
    return above;
  }

  /// Its number, once firmware has given it one; bus 0 needs none.
  public int number() {
    return above == null ? 0 : above.config8(PcieRootPort.SECONDARY_BUS);
  }

  /// Connects the interrupt wires to a chip set.
  public void interrupts(PinRouting routing, Router router) {
    this.routing = routing;
    this.router = router;
  }

  Object lock() {
    return lock;
  }

  PortSpace ports() {
    return ports;
  }

  MmioSpace memory() {
    return memory;
  }

  ApicBus apics() {
    return apics;
  }

  /// Wires are shared: an input is up while any device drives it. Those of a bus behind a port are the port's own,
  /// rotated by the device's number.
  void interrupt(PciDevice device, int pin, boolean level) {
    if (pin < 0) {
      return;
    }
    if (above != null) {
      above.bus().interrupt(above, (pin + (device.devfn() >>> 3)) % PINS, level);
      return;
    }
    int input = routing.input(device.devfn() >>> 3, pin);
    raised[input] += level ? 1 : -1;
    router.set(input, raised[input] > 0);
  }

  /// True if the bridges above pass an access on to what is here.
  boolean reaches(boolean io, long first, long last) {
    return above == null || above.passes(io, first, last);
  }

  /// After a change of what the bridge above passes on.
  void remap() {
    devices().forEach(PciDevice::remap);
  }

  /// Null where there is no such bus.
  private PciBus find(int bus) {
    if (bus == 0) {
      return this;
    }
    for (PciDevice device : functions) {
      if (device instanceof PcieRootPort port && port.behind().number() == bus) {
        return port.behind();
      }
    }
    return null;
  }

  private PciDevice find(int bus, int devfn) {
    PciBus found = find(bus);
    return found == null ? null : found.functions[devfn];
  }

  /// A configuration read, from bus 0; all ones where no function answers.
  public int read(int bus, int devfn, int offset, int size) {
    synchronized (lock) {
      PciDevice device = find(bus, devfn);
      return device == null || offset >= device.configSize() ? -1 : device.readConfig(offset, size);
    }
  }

  public void write(int bus, int devfn, int offset, int size, int value) {
    synchronized (lock) {
      PciDevice device = find(bus, devfn);
      if (device != null) {
        device.writeConfig(offset, size, value);
      }
    }
  }
}
