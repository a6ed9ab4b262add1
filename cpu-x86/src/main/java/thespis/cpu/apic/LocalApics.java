package thespis.cpu.apic;

import java.util.Arrays;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/// All local APICs of a machine, in order of APIC ID; hot-added ones come and go. SDM Vol. 3A "Issuing Interprocessor
/// Interrupts", "Lowest Priority Delivery Mode".
public final class LocalApics implements ApicBus {
  private final CopyOnWriteArrayList<LocalApic> all = new CopyOnWriteArrayList<>();

  /// By APIC ID; replaced, not changed.
  private volatile LocalApic[] byId = new LocalApic[0];

  private final CopyOnWriteArrayList<IntConsumer> eoiListeners = new CopyOnWriteArrayList<>();
  private volatile boolean intr;
  private volatile IntSupplier acknowledge = () -> 0;
  private final boolean extendedDestinations;

  public LocalApics() {
    this(false);
  }

  /// @param extendedDestinations interrupt messages carry 15 bits of an APIC ID, so that 0xFF is one
  public LocalApics(boolean extendedDestinations) {
    this.extendedDestinations = extendedDestinations;
  }

  public synchronized void add(LocalApic apic) {
    all.add(apic);
    LocalApic[] grown = Arrays.copyOf(byId, Math.max(byId.length, apic.id() + 1));
    grown[apic.id()] = apic;
    byId = grown;
  }

  synchronized void remove(LocalApic apic) {
    all.remove(apic);
    if (apic.id() < byId.length && byId[apic.id()] == apic) {
      LocalApic[] less = byId.clone();
      less[apic.id()] = null;
      byId = less;
    }
  }

  /// Does no other processor run, or is about to?
  boolean alone(LocalApic apic) {
    for (LocalApic a : all) {
      if (a != apic && a.started()) {
        return false;
      }
    }
    return true;
  }

  private void startup(LocalApic apic, int vector) {
    for (LocalApic a : all) {
      if (a.started()) {
        a.getCompany();
      }
    }
    apic.requestStartup(vector);
  }

  @Override
  public void deliver(int destination, boolean logical, int deliveryMode, int vector, boolean level) {
    int eight = destination & 0xFF;
    int asked = extendedDestinations ? destination : eight == 0xFF ? BROADCAST : eight;
    route(asked, logical, deliveryMode, vector, level);
  }

  private void route(int destination, boolean logical, int deliveryMode, int vector, boolean level) {
    if (!logical && destination != BROADCAST) {
      toOne(destination, deliveryMode, vector, level);
      return;
    }
    if (deliveryMode == LOWEST_PRIORITY) {
      LocalApic least = null;
      for (LocalApic a : all) {
        if (a.matches(destination, logical) && a.enabled() && (least == null || a.priority() < least.priority())) {
          least = a;
        }
      }
      if (least != null) {
        least.request(vector, level);
      }
      return;
    }
    for (LocalApic a : all) {
      if (a.matches(destination, logical)) {
        deliverTo(a, deliveryMode, vector, level);
      }
    }
  }

  /// What has one APIC ID for its destination, however many processors there are.
  private void toOne(int id, int deliveryMode, int vector, boolean level) {
    LocalApic[] known = byId;
    LocalApic apic = id >= 0 && id < known.length ? known[id] : null;
    boolean accepts = apic != null && apic.matches(id, false) && (deliveryMode != LOWEST_PRIORITY || apic.enabled());
    if (accepts) {
      deliverTo(apic, deliveryMode, vector, level);
    }
  }

  /// An IPI; `except` is left out (all excluding self).
  void send(int destination, boolean logical, int deliveryMode, int vector, LocalApic except) {
    if (except == null) {
      route(destination, logical, deliveryMode, vector, false);
      return;
    }
    for (LocalApic a : all) {
      if (a != except && a.matches(destination, logical)) {
        deliverTo(a, deliveryMode, vector, false);
      }
    }
  }

  private void deliverTo(LocalApic a, int mode, int vector, boolean level) {
    switch (mode) {
      case FIXED, LOWEST_PRIORITY -> a.request(vector, level);
      case NMI -> a.requestNmi();
      case INIT -> a.requestInit();
      case STARTUP -> startup(a, vector);
      default -> {} // SMI: no SMM; ExtINT as a message is not used on these boards
    }
  }

  @Override
  public void onEoi(IntConsumer listener) {
    eoiListeners.add(listener);
  }

  void eoi(int vector) {
    for (IntConsumer l : eoiListeners) {
      l.accept(vector);
    }
  }

  @Override
  public void intr(boolean level) {
    intr = level;
    if (level) {
      for (LocalApic a : all) {
        a.extIntChanged();
      }
    }
  }

  @Override
  public void intAck(IntSupplier acknowledge) {
    this.acknowledge = acknowledge;
  }

  boolean picAsserted() {
    return intr;
  }

  int picAcknowledge() {
    return acknowledge.getAsInt();
  }
}
