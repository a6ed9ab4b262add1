package thespis.machine.device;

import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import thespis.cpu.apic.ApicBus;

/// Writes what interrupt controllers say into a trace.
public record TracingApics(StringBuilder trace) implements ApicBus {
  @Override
  public void deliver(int destination, boolean logical, int deliveryMode, int vector, boolean level) {
    trace.append(" deliver ").append(destination).append(logical).append(deliveryMode).append(vector).append(level);
  }

  @Override
  public void onEoi(IntConsumer listener) {}

  @Override
  public void intr(boolean level) {
    trace.append(level ? " intr" : " no intr");
  }

  @Override
  public void intAck(IntSupplier acknowledge) {}
}
