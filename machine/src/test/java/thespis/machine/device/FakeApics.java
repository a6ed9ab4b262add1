package thespis.machine.device;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import thespis.cpu.apic.ApicBus;

/// The APIC side of the interrupt controllers, written down.
public final class FakeApics implements ApicBus {
  public final List<String> messages = new ArrayList<>();
  private final List<Integer> vectors = new ArrayList<>();
  public boolean intr;
  private IntSupplier acknowledge;
  private IntConsumer eoi = vector -> { };

  @Override
  public void deliver(int destination, boolean logical, int deliveryMode, int vector, boolean level) {
    vectors.add(vector);
    messages.add("%s %d mode %d vector %02x %s"
        .formatted(logical ? "logical" : "physical", destination, deliveryMode, vector, level ? "level" : "edge"));
  }

  @Override
  public void onEoi(IntConsumer listener) {
    eoi = listener;
  }

  @Override
  public void intr(boolean level) {
    intr = level;
  }

  @Override
  public void intAck(IntSupplier acknowledge) {
    this.acknowledge = acknowledge;
  }

  public int acknowledge() {
    return acknowledge.getAsInt();
  }

  public void endOfInterrupt(int vector) {
    eoi.accept(vector);
  }

  public List<String> take() {
    List<String> taken = List.copyOf(messages);
    messages.clear();
    return taken;
  }

  public List<Integer> takeVectors() {
    List<Integer> taken = List.copyOf(vectors);
    vectors.clear();
    return taken;
  }
}
