package thespis.machine.device.pci;

import java.util.Arrays;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortHandler;

/// The SMBus host controller's port registers, alike in PIIX4 and ICH9. ICH9 "SMBus I/O and Memory Mapped I/O
/// Registers", SMBus 2.0 "Bus Protocols". On the bus are eight 256-byte EEPROMs full of zeros at addresses 0x50 to 0x57,
/// as on QEMU's boards. A transaction is over when the write that starts it ends. Left out: slave mode, packet error
/// checking, and block transfers, which no EEPROM here answers.
public final class SmbusHost implements PortHandler {
  private static final int HST_STS = 0x00;
  private static final int HST_CNT = 0x02;
  private static final int HST_CMD = 0x03;
  private static final int XMIT_SLVA = 0x04;
  private static final int HST_D0 = 0x05;
  private static final int HST_D1 = 0x06;
  private static final int AUX_CTL = 0x0D;

  private static final int STS_INTR = 0x02;
  private static final int STS_DEV_ERR = 0x04;
  private static final int STS_CLEARABLE = 0xBE;
  private static final int CNT_INTREN = 0x01;
  private static final int CNT_START = 0x40;
  private static final int CNT_STORED = 0x3F;
  private static final int READ = 0x01;

  private static final int FIRST_EEPROM = 0x50;
  private static final int EEPROMS = 8;
  private static final int EEPROM_SIZE = 256;

  private final IrqLine irq;
  private final int auxControl;
  private final byte[] eeprom = new byte[EEPROMS * EEPROM_SIZE];
  private final int[] pointer = new int[EEPROMS];
  private int status;
  private int control;
  private int command;
  private int address;
  private int data0;
  private int data1;

  /// @param auxControl what AUX_CTL reads: PIIX4 always has its block buffer on (2)
  public SmbusHost(IrqLine irq, int auxControl) {
    this.irq = irq;
    this.auxControl = auxControl;
  }

  public synchronized void reset() {
    status = 0;
    control = 0;
    command = 0;
    address = 0;
    data0 = 0;
    data1 = 0;
    Arrays.fill(pointer, 0);
    irq.set(false);
  }

  public synchronized void state(StateIo io) {
    status = io.u8("status", status);
    control = io.u8("control", control);
    command = io.u8("command", command);
    address = io.u8("address", address);
    data0 = io.u8("data0", data0);
    data1 = io.u8("data1", data1);
    io.bytes("eeprom", eeprom);
    io.ints("pointer", pointer);
  }

  @Override
  public synchronized int read(int offset, int size) {
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= register(offset + i) << 8 * i;
    }
    return value;
  }

  private int register(int offset) {
    return switch (offset) {
      case HST_STS -> status;
      case HST_CNT -> control;
      case HST_CMD -> command;
      case XMIT_SLVA -> address;
      case HST_D0 -> data0;
      case HST_D1 -> data1;
      case AUX_CTL -> auxControl;
      default -> 0;
    };
  }

  @Override
  public synchronized void write(int offset, int size, int value) {
    for (int i = 0; i < size; i++) {
      int v = value >>> 8 * i & 0xFF;
      switch (offset + i) {
        case HST_STS -> status &= ~(v & STS_CLEARABLE);
        case HST_CNT -> {
          control = v & CNT_STORED;
          if ((v & CNT_START) != 0) {
            status |= transfer(v >>> 2 & 7) ? STS_INTR : STS_DEV_ERR;
          }
        }
        case HST_CMD -> command = v;
        case XMIT_SLVA -> address = v;
        case HST_D0 -> data0 = v;
        case HST_D1 -> data1 = v;
        default -> {
          // slave registers and the like
        }
      }
    }
    irq.set((control & CNT_INTREN) != 0 && (status & (STS_INTR | STS_DEV_ERR)) != 0);
  }

  /// One bus protocol. True if the device acknowledged.
  private boolean transfer(int protocol) {
    int device = (address >>> 1) - FIRST_EEPROM;
    if (device < 0 || device >= EEPROMS) {
      return false;
    }
    boolean read = (address & READ) != 0;
    switch (protocol) {
      case 0 -> { } // quick command
      case 1 -> { // send or receive byte
        if (read) {
          data0 = next(device);
        } else {
          pointer[device] = command;
        }
      }
      case 2 -> { // write or read byte
        pointer[device] = command;
        if (read) {
          data0 = next(device);
        } else {
          store(device, data0);
        }
      }
      case 3 -> { // write or read word
        pointer[device] = command;
        if (read) {
          data0 = next(device);
          data1 = next(device);
        } else {
          store(device, data0);
          store(device, data1);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private int next(int device) {
    int at = pointer[device];
    pointer[device] = at + 1 & EEPROM_SIZE - 1;
    return eeprom[device * EEPROM_SIZE + at] & 0xFF;
  }

  private void store(int device, int value) {
    eeprom[device * EEPROM_SIZE + pointer[device]] = (byte) value;
    pointer[device] = pointer[device] + 1 & EEPROM_SIZE - 1;
  }
}
