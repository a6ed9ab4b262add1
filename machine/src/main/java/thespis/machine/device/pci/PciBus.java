package thespis.machine.device.pci;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.apic.ApicBus;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortSpace;

/// Bus 0 of a PC: the functions by device and function number, the spaces their BARs appear in, and the four interrupt
/// wires. Configuration cycles are serialised by one lock. Nothing is behind bridges, so other buses are empty.
public final class PciBus {
  /// Which of the chip set's interrupt inputs a device's pin (0 = INTA) is wired to.
  public interface PinRouting {
    int input(int slot, int pin);
  }

  /// The chip set's interrupt inputs (PIRQA is 0).
  public interface Router {
    void set(int input, boolean level);
  }

  private final PortSpace ports;
  private final MmioSpace memory;
  private final ApicBus apics;
  private final PciDevice[] functions = new PciDevice[256];
  private final Object lock = new Object();
  private final int[] raised = new int[8];
  private PinRouting routing = (slot, pin) -> pin;
  private Router router = (input, level) -> {};

  public PciBus(PortSpace ports, MmioSpace memory, ApicBus apics) {
    this.ports = ports;
    this.memory = memory;
    this.apics = apics;
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

  /// Wires are shared: an input is up while any device drives it.
  void interrupt(PciDevice device, int pin, boolean level) {
    if (pin < 0) {
      return;
    }
    int input = routing.input(device.devfn() >>> 3, pin);
    raised[input] += level ? 1 : -1;
    router.set(input, raised[input] > 0);
  }

  /// A configuration read; all ones where no function answers.
  public int read(int bus, int devfn, int offset, int size) {
    PciDevice device = bus == 0 ? functions[devfn] : null;
    if (device == null || offset >= device.configSize()) {
      return -1;
    }
    synchronized (lock) {
      return device.readConfig(offset, size);
    }
  }

  public void write(int bus, int devfn, int offset, int size, int value) {
    PciDevice device = bus == 0 ? functions[devfn] : null;
    if (device != null) {
      device.writeConfig(offset, size, value);
    }
  }
}
