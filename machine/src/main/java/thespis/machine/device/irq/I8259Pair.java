package thespis.machine.device.irq;

import thespis.cpu.apic.ApicBus;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortSpace;

/// The two cascaded 8259As of a PC: master at 0x20, slave at 0xA0 on the master's input 2, ELCR at 0x4D0 and 0x4D1.
/// Intel 8259A data sheet "Cascade Mode"; Intel 82371SB "Interrupt Controller".
///
/// One lock for both. It is held while INTR is driven: the APICs must not hold theirs when they call
/// {@link #acknowledge}.
public final class I8259Pair implements Device {
  private static final int CASCADE = 2;
  private static final int SPURIOUS = 7;

  private final I8259 master = new I8259(true);
  private final I8259 slave = new I8259(false);
  private final ApicBus apics;
  private boolean intr;

  /// How often each wire has risen since power-on, for monitors.
  private final long[] raised = new long[16];
  private int wires;

  public I8259Pair(ApicBus apics) {
    this.apics = apics;
    apics.intAck(this::acknowledge);
  }

  public void map(PortSpace ports) {
    ports.map("pic-master", 0x20, 2, new Ports(master));
    ports.map("pic-slave", 0xA0, 2, new Ports(slave));
    ports.map("elcr", 0x4D0, 2, new Elcr());
  }

  @Override
  public String name() {
    return "isa-i8259";
  }

  @Override
  public synchronized void reset() {
    master.reset();
    slave.reset();
    updateFrom(slave);
  }

  @Override
  public synchronized void state(StateIo io) {
    master.state(io, "master-");
    slave.state(io, "slave-");
    intr = io.bool("intr", intr);
    if (io.loading()) {
      apics.intr(intr);
    }
  }

  /// The wire of ISA IRQ 0 to 15. Number 2 is the cascade and does nothing.
  public IrqLine input(int irq) {
    if (irq == CASCADE) {
      return IrqLine.none();
    }
    I8259 chip = irq < 8 ? master : slave;
    return level -> {
      synchronized (this) {
        raised[irq] += level && (wires >>> irq & 1) == 0 ? 1 : 0;
        wires = level ? wires | 1 << irq : wires & ~(1 << irq);
        chip.wire(irq & 7, level);
        updateFrom(chip);
      }
    };
  }

  /// The INTA cycle of the CPU that takes INTR: the vector. Without a request it is the spurious one, input 7's.
  public synchronized int acknowledge() {
    int irq = master.pending();
    int vector;
    if (irq < 0) {
      vector = master.vector(SPURIOUS);
    } else if (irq != CASCADE) {
      vector = master.vector(irq);
      master.acknowledge(irq);
    } else {
      int slaveIrq = slave.pending();
      if (slaveIrq >= 0) {
        slave.acknowledge(slaveIrq);
        master.wire(CASCADE, slave.pending() >= 0);
      }
      vector = slave.vector(slaveIrq >= 0 ? slaveIrq : SPURIOUS);
      master.acknowledge(CASCADE);
    }
    update();
    return vector;
  }

  public synchronized long[] raised() {
    return raised.clone();
  }

  /// As QEMU's `info pic` prints them.
  public synchronized String describe() {
    return "pic1: " + slave.describe() + "\npic0: " + master.describe() + "\n";
  }

  /// The slave's INT is wired to the master; it is driven when something happened to the slave.
  private void updateFrom(I8259 chip) {
    if (chip == slave) {
      master.wire(CASCADE, slave.pending() >= 0);
    }
    update();
  }

  private void update() {
    boolean level = master.pending() >= 0;
    if (level != intr) {
      intr = level;
      apics.intr(level);
    }
  }

  private final class Ports implements BytePorts {
    private final I8259 chip;

    Ports(I8259 chip) {
      this.chip = chip;
    }

    @Override
    public int readByte(int offset) {
      synchronized (I8259Pair.this) {
        int value = chip.readByte(offset);
        updateFrom(chip);
        return value;
      }
    }

    @Override
    public void writeByte(int offset, int value) {
      synchronized (I8259Pair.this) {
        chip.writeByte(offset, value);
        updateFrom(chip);
      }
    }
  }

  private final class Elcr implements BytePorts {
    @Override
    public int readByte(int offset) {
      synchronized (I8259Pair.this) {
        return (offset == 0 ? master : slave).elcr();
      }
    }

    @Override
    public void writeByte(int offset, int value) {
      synchronized (I8259Pair.this) {
        (offset == 0 ? master : slave).elcr(value);
      }
    }
  }
}
