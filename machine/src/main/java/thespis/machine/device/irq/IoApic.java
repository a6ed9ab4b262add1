package thespis.machine.device.irq;

import java.util.Arrays;
import java.util.function.IntSupplier;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.MmioHandler;

/// Intel 82093AA I/O APIC, its "Memory Mapped Registers for Accessing IOAPIC Registers" and "IOAPIC Registers"; the EOI
/// register of version 0x20 is described in Intel's ICH9 data sheet, "EOIR: EOI Register".
///
/// An edge that comes while its pin is masked is lost, as the 82093AA manual says. The lock is held while a message is
/// delivered: the APICs must not hold theirs when they report an EOI.
public final class IoApic implements Device, MmioHandler {
  public static final int PINS = 24;
  public static final long DEFAULT_BASE = 0xFEC0_0000L;

  private static final int IOREGSEL = 0x00, IOWIN = 0x10, EOIR = 0x40;
  private static final int IOAPICID = 0, IOAPICVER = 1, IOAPICARB = 2, IOREDTBL = 0x10;
  private static final int VERSION = 0x20;

  private static final int VECTOR = 0xFF;
  private static final int LOGICAL = 1 << 11;
  private static final int DELIVERY_STATUS = 1 << 12;
  private static final int LOW_ACTIVE = 1 << 13;
  private static final int REMOTE_IRR = 1 << 14;
  private static final int LEVEL = 1 << 15;
  private static final int MASKED = 1 << 16;
  /// Bits the guest cannot write. Bits 49 to 55, reserved there, are the upper ones of the destination for a guest of
  /// KVM ("KVM-specific CPUID", KVM_FEATURE_MSI_EXT_DEST_ID).
  private static final long READ_ONLY = DELIVERY_STATUS | REMOTE_IRR;

  private static final String[] MODES = {"fixed", "lowest", "SMI", "...", "NMI", "INIT", "...", "extINT"};

  private final ApicBus apics;
  private final IntSupplier intAck;

  private int select, id;
  private int wires;
  private final long[] table = new long[PINS];

  /// How often each wire has risen since power-on, for monitors.
  private final long[] raised = new long[PINS];

  /// @param intAck the 8259 pair's answer to INTA, for pins in ExtINT mode
  public IoApic(ApicBus apics, IntSupplier intAck) {
    this.apics = apics;
    this.intAck = intAck;
    apics.onEoi(this::endOfInterrupt);
    reset();
  }

  @Override
  public String name() {
    return "ioapic";
  }

  /// The wires are what other chips drive; their resets lower them.
  @Override
  public synchronized void reset() {
    select = id = 0;
    Arrays.fill(table, MASKED);
  }

  @Override
  public synchronized long read(long offset, int size) {
    return switch ((int) offset & 0xFF) {
      case IOREGSEL -> select;
      case IOWIN -> size == 4 ? readSelected() : 0;
      default -> 0;
    };
  }

  private long readSelected() {
    return switch (select) {
      case IOAPICID, IOAPICARB -> (long) id << 24;
      case IOAPICVER -> VERSION | PINS - 1 << 16;
      default -> {
        int pin = select - IOREDTBL >> 1;
        yield pin < 0 || pin >= PINS ? 0 : table[pin] >>> 32 * (select & 1) & 0xFFFF_FFFFL;
      }
    };
  }

  @Override
  public synchronized void write(long offset, int size, long value) {
    switch ((int) offset & 0xFF) {
      case IOREGSEL -> select = (int) value & 0xFF;
      case IOWIN -> {
        if (size == 4) {
          writeSelected(value & 0xFFFF_FFFFL);
        }
      }
      case EOIR -> {
        if (size == 4) {
          endOfInterrupt((int) value & VECTOR);
        }
      }
      default -> { }
    }
  }

  private void writeSelected(long value) {
    int pin = select - IOREDTBL >> 1;
    if (select == IOAPICID) {
      id = (int) (value >>> 24) & 0xF;
    } else if (pin >= 0 && pin < PINS) {
      int shift = 32 * (select & 1);
      long merged = table[pin] & 0xFFFF_FFFFL << 32 - shift | value << shift;
      table[pin] = merged & ~READ_ONLY | table[pin] & READ_ONLY;
      if (!isLevel(pin)) {
        table[pin] &= ~(long) REMOTE_IRR;
      }
      service(pin);
    }
  }

  @Override
  public synchronized void state(StateIo io) {
    select = io.u8("ioregsel", select);
    id = io.u8("id", id);
    wires = io.u32("wires", wires);
    io.longs("ioredtbl", table);
  }

  /// The wire of one pin.
  public IrqLine pin(int pin) {
    return level -> set(pin, level);
  }

  private synchronized void set(int pin, boolean level) {
    int bit = 1 << pin;
    boolean rose = level && (wires & bit) == 0;
    raised[pin] += rose ? 1 : 0;
    wires = level ? wires | bit : wires & ~bit;
    if (isLevel(pin)) {
      service(pin);
    } else if (rose && (table[pin] & MASKED) == 0) {
      deliver(pin);
    }
  }

  public synchronized long[] raised() {
    return raised.clone();
  }

  /// As QEMU's `info pic` prints it. A level request that waits for its mask or its EOI counts as IRR.
  public synchronized String describe() {
    String selected = select == 0 ? "" : " (redir[%d])".formatted(Integer.toUnsignedLong(select - IOREDTBL) >> 1);
    StringBuilder out = new StringBuilder(
        "ioapic0: ver=0x%x id=0x%02x sel=0x%02x%s\n".formatted(VERSION, id, select, selected));
    int requests = 0;
    int remote = 0;
    for (int pin = 0; pin < PINS; pin++) {
      long entry = table[pin];
      boolean logical = (entry & LOGICAL) != 0;
      out.append("  pin %-2d 0x%016x dest=%x vec=%-3d %s %-5s %-6s %-6s %s\n".formatted(
          pin, entry, entry >>> 56 & (logical ? 0xFF : 0xF), entry & VECTOR,
          (entry & LOW_ACTIVE) != 0 ? "active-lo" : "active-hi", isLevel(pin) ? "level" : "edge",
          (entry & MASKED) != 0 ? "masked" : "", MODES[(int) entry >>> 8 & 7], logical ? "logical" : "physical"));
      requests |= isLevel(pin) ? wires & 1 << pin : 0;
      remote |= (entry & REMOTE_IRR) != 0 ? 1 << pin : 0;
    }
    return out.append(pins("  IRR", requests)).append(pins("  Remote IRR", remote)).toString();
  }

  private static String pins(String name, int set) {
    StringBuilder out = new StringBuilder("%-10s ".formatted(name));
    for (int pin = 0; pin < PINS; pin++) {
      out.append((set >>> pin & 1) != 0 ? "%-2d ".formatted(pin) : "");
    }
    return out.append(set == 0 ? "(none)\n" : "\n").toString();
  }

  private boolean isLevel(int pin) {
    return (table[pin] & LEVEL) != 0;
  }

  /// Sends a level interrupt if there is one to send: the wire is high and the last one has had its EOI.
  private void service(int pin) {
    if (isLevel(pin) && (wires >>> pin & 1) != 0 && (table[pin] & (MASKED | REMOTE_IRR)) == 0) {
      table[pin] |= REMOTE_IRR;
      deliver(pin);
    }
  }

  private void deliver(int pin) {
    long entry = table[pin];
    int mode = (int) entry >>> 8 & 7;
    int vector = mode == ApicBus.EXTINT ? intAck.getAsInt() : (int) entry & VECTOR;
    int destination = (int) (entry >>> 56) | ((int) (entry >>> 49) & 0x7F) << 8;
    apics.deliver(destination, (entry & LOGICAL) != 0, mode, vector, isLevel(pin));
  }

  private synchronized void endOfInterrupt(int vector) {
    for (int pin = 0; pin < PINS; pin++) {
      if ((table[pin] & VECTOR) == vector && isLevel(pin)) {
        table[pin] &= ~(long) REMOTE_IRR;
        service(pin);
      }
    }
  }
}
