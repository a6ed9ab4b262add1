package thespis.machine.board;

import java.util.function.Consumer;
import thespis.cpu.run.IoBus;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortSpace;

/// The processors' way to the chips. Ports that belong to an actor are answered by nobody here: the core ends its slice
/// and its owner asks.
final class BoardBus implements IoBus {
  private final PortSpace ports;
  private final MmioSpace memory;
  private Consumer<Boolean> ferr = pending -> {};

  BoardBus(PortSpace ports, MmioSpace memory) {
    this.ports = ports;
    this.memory = memory;
  }

  /// Where the FPU's error pin leads.
  void ferr(Consumer<Boolean> pin) {
    ferr = pin;
  }

  @Override
  public long in(int port, int size) {
    PortSpace.Mapping m = ports.at(port);
    if (m != null && m.deferred()) {
      return DEFERRED;
    }
    return m != null && m.covers(port, size) ? m.read(port, size) : ports.read(port, size);
  }

  @Override
  public boolean out(int port, int size, int value) {
    PortSpace.Mapping m = ports.at(port);
    if (m != null && m.deferred()) {
      return false;
    }
    if (m != null && m.covers(port, size)) {
      m.write(port, size, value);
    } else {
      ports.write(port, size, value);
    }
    return true;
  }

  @Override
  public long portSinks() {
    return ports.sinks();
  }

  @Override
  public long mmioRead(long gpa, int size) {
    return memory.read(gpa, size);
  }

  @Override
  public boolean hasMmio(long gpa) {
    return memory.isMapped(gpa);
  }

  @Override
  public void mmioWrite(long gpa, int size, long value) {
    memory.write(gpa, size, value);
  }

  @Override
  public void ferr(boolean pending) {
    ferr.accept(pending);
  }
}
