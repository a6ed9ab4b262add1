package thespis.machine.device.pci;

import java.util.Arrays;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.MmioHandler;
import thespis.machine.bus.PortHandler;

/// Intel ICH9, device 31 function 2: SATA controller in AHCI mode with six ports and nothing attached to them. Serial ATA
/// AHCI 1.0 "HBA Memory Registers"; ICH9 "SATA Controller Registers (D31:F2)" for the index and data pair behind BAR 4.
/// Reset values and masks were probed on QEMU 7.2. Commands that a guest issues stay pending: no device takes them.
public final class Ich9Ahci extends PciDevice {
  private static final int PORTS = 6;
  private static final int BAR_SIZE = 0x1000;

  private static final int CAP = 0x00;
  private static final int GHC = 0x04;
  private static final int PI = 0x0C;
  private static final int VS = 0x10;
  private static final int CAP_VALUE = 0xC0141F05;
  private static final int GHC_AE = 0x8000_0000;
  private static final int GHC_IE = 0x02;
  private static final int GHC_HR = 0x01;

  private static final int PORT_BASE = 0x100;
  private static final int PORT_STRIDE = 0x80;
  private static final int CLB = 0x00;
  private static final int CLBU = 0x04;
  private static final int FB = 0x08;
  private static final int FBU = 0x0C;
  private static final int IE = 0x14;
  private static final int CMD = 0x18;
  private static final int TFD = 0x20;
  private static final int SIG = 0x24;
  private static final int SCTL = 0x2C;
  private static final int SACT = 0x34;
  private static final int CI = 0x38;
  private static final int IE_MASK = 0xFDC0_00FF;
  private static final int CMD_MASK = 0x0F82_001F;
  private static final int CMD_RESET = 0x06;
  private static final int CMD_ST = 0x01;
  private static final int CMD_FRE = 0x10;
  private static final int CMD_FR = 0x4000;
  private static final int CMD_CR = 0x8000;
  private static final int TFD_NO_DEVICE = 0x7F;

  private static final int INDEX = 0x10;
  private static final int DATA = 0x14;

  /// What can be stored of a port, in dwords; the rest of a port's registers is constant while nothing is attached.
  private final int[][] ports = new int[PORTS][PORT_STRIDE / 4];
  private int ghc;
  private int index;

  public Ich9Ahci() {
    super("ich9-ahci", 0x8086, 0x2922, 0x02, 0x010601);
    multifunction();
    interruptPin(1);
    preset(0x90, 0x40);
    capability(0xA8, 0x12, 0x10, 0x00, 0x48, 0x00, 0x00, 0x00);
    msiCapability(0x80);
    ioBar(4, 32, new IndexData());
    memoryBar(5, BAR_SIZE, new Hba());
  }

  @Override
  public void reset() {
    super.reset();
    for (int[] port : ports) {
      Arrays.fill(port, 0);
    }
    index = 0;
    hbaReset();
  }

  /// AHCI "HBA Reset": the addresses of the command lists stay.
  private void hbaReset() {
    ghc = GHC_AE;
    for (int[] port : ports) {
      port[IE / 4] = 0;
      port[CMD / 4] = CMD_RESET;
      port[SCTL / 4] = 0;
      port[SACT / 4] = 0;
      port[CI / 4] = 0;
    }
  }

  @Override
  public void state(StateIo io) {
    super.state(io);
    ghc = io.u32("ghc", ghc);
    index = io.within("index", index, 0, BAR_SIZE - 4);
    for (int i = 0; i < PORTS; i++) {
      io.ints("port" + i, ports[i]);
    }
  }

  private int read32(int offset) {
    if (offset >= PORT_BASE) {
      int port = (offset - PORT_BASE) / PORT_STRIDE;
      return port < PORTS ? readPort(ports[port], offset & PORT_STRIDE - 1) : 0;
    }
    return switch (offset) {
      case CAP -> CAP_VALUE;
      case GHC -> ghc;
      case PI -> (1 << PORTS) - 1;
      case VS -> 0x0001_0000;
      default -> 0;
    };
  }

  private static int readPort(int[] port, int register) {
    return switch (register) {
      case CMD -> {
        int cmd = port[CMD / 4];
        yield cmd | ((cmd & CMD_FRE) != 0 ? CMD_FR : 0) | ((cmd & CMD_ST) != 0 ? CMD_CR : 0);
      }
      case TFD -> TFD_NO_DEVICE;
      case SIG -> -1;
      default -> port[register / 4];
    };
  }

  private void write32(int offset, int value) {
    if (offset >= PORT_BASE) {
      int port = (offset - PORT_BASE) / PORT_STRIDE;
      if (port < PORTS) {
        writePort(ports[port], offset & PORT_STRIDE - 1, value);
      }
    } else if (offset == GHC) {
      if ((value & GHC_HR) != 0) {
        hbaReset();
      } else {
        ghc = GHC_AE | value & GHC_IE;
      }
    }
  }

  private static void writePort(int[] port, int register, int value) {
    switch (register) {
      case CLB, CLBU, FB, FBU, SCTL -> port[register / 4] = value;
      case IE -> port[IE / 4] = value & IE_MASK;
      case CMD -> port[CMD / 4] = value & CMD_MASK;
      case SACT, CI -> port[register / 4] |= value;
      default -> {
        // PxIS and PxSERR have nothing to clear, the rest is read-only
      }
    }
  }

  /// Any size reads; only dwords, alone or in pairs, are written.
  private final class Hba implements MmioHandler {
    @Override
    public long read(long offset, int size) {
      synchronized (Ich9Ahci.this) {
        int at = (int) offset & ~3;
        long both = read32(at) & 0xFFFF_FFFFL | (at + 4 < BAR_SIZE ? (long) read32(at + 4) << 32 : 0);
        return both >>> 8 * (offset & 3);
      }
    }

    @Override
    public void write(long offset, int size, long value) {
      synchronized (Ich9Ahci.this) {
        if (size >= 4 && (offset & 3) == 0) {
          write32((int) offset, (int) value);
          if (size == 8) {
            write32((int) offset + 4, (int) (value >>> 32));
          }
        }
      }
    }
  }

  private final class IndexData implements PortHandler {
    @Override
    public int read(int offset, int size) {
      synchronized (Ich9Ahci.this) {
        return switch (offset) {
          case INDEX -> index;
          case DATA -> read32(index);
          default -> 0;
        };
      }
    }

    @Override
    public void write(int offset, int size, int value) {
      synchronized (Ich9Ahci.this) {
        if (offset == INDEX) {
          index = value & BAR_SIZE - 4;
        } else if (offset == DATA) {
          write32(index, value);
        }
      }
    }
  }
}
