package thespis.machine.device.parallel;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.device.serial.ByteSink;

/// A PC's parallel port with a printer that takes everything at once. IBM "Technical Reference: Printer Adapter"; IEEE
/// 1284 "Compatibility Mode", with the direction bit of "Byte Mode". EPP and ECP are left out: their registers float.
///
/// QEMU differs: the printer stays busy after a strobe until the guest has looked at the status twice, and its interrupt
/// waits until status is read.
public final class ParallelPort implements Device, BytePorts {
  /// How many ports from a base on.
  public static final int LENGTH = 8;

  private static final int DATA = 0, STATUS = 1, CONTROL = 2;
  private static final int FLOATING = 0xFF;
  /// Status: BUSY and ACK are wires whose low level means yes. TIMEOUT is EPP's.
  private static final int NOT_BUSY = 0x80, NO_ACK = 0x40, ONLINE = 0x10, NO_ERROR = 0x08, TIMEOUT = 0x01;

  private static final int IDLE = NOT_BUSY | NO_ACK | ONLINE | NO_ERROR;
  private static final int READS_AS_ONE = 0xC0, INPUT = 0x20, INTERRUPT = 0x10, SELECT = 0x08, INIT = 0x04, STROBE = 0x01;

  private final String name;
  private final IrqLine irq;
  private final ByteSink printer;
  private final byte[] latch = new byte[1];
  private int data, status, control;
  private boolean interrupting;

  public ParallelPort(String name, IrqLine irq, ByteSink printer) {
    this.name = name;
    this.irq = irq;
    this.printer = printer;
    clear();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void reset() {
    clear();
    irq.set(false);
  }

  private void clear() {
    data = 0xFF;
    status = IDLE | TIMEOUT;
    control = READS_AS_ONE | SELECT | INIT;
    interrupting = false;
  }

  @Override
  public synchronized int readByte(int offset) {
    return switch (offset) {
      case DATA -> (control & INPUT) != 0 ? FLOATING : data;
      case STATUS -> readStatus();
      case CONTROL -> control;
      default -> FLOATING;
    };
  }

  /// Each look while the strobe is back moves the handshake on: busy, acknowledged, idle.
  private int readStatus() {
    int seen = status;
    interrupting = false;
    irq.set(false);
    if ((status & NOT_BUSY) == 0 && (control & STROBE) == 0) {
      status = (status & NO_ACK) != 0 ? status & ~NO_ACK : status | NO_ACK | NOT_BUSY;
    }
    return seen;
  }

  @Override
  public synchronized void writeByte(int offset, int value) {
    if (offset == DATA) {
      data = value;
    } else if (offset == CONTROL) {
      writeControl(value | READS_AS_ONE);
    }
  }

  private void writeControl(int value) {
    if ((value & INIT) == 0) {
      status = IDLE;
    } else if ((value & SELECT) != 0) {
      if ((value & STROBE) == 0) {
        interrupting |= (control & INTERRUPT) != 0;
      } else {
        status &= ~NOT_BUSY;
        if ((control & STROBE) == 0) {
          latch[0] = (byte) data;
          printer.accept(latch, 0, 1);
        }
      }
    }
    control = value;
    irq.set(interrupting);
  }

  @Override
  public synchronized void state(StateIo io) {
    data = io.u8("data", data);
    status = io.u8("status", status);
    control = io.u8("control", control);
    interrupting = io.bool("irq-pending", interrupting);
  }
}
