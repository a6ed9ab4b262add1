package thespis.machine.device.pci;

import java.util.Arrays;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.PortHandler;

/// Intel 82371SB (PIIX3), function 1: IDE interface. Nothing is attached: the bus-master registers can be set up, and
/// {@link #emptyChannel} answers at the task files.
public final class Piix3Ide extends PciDevice {
  public static final int IDETIM = 0x40;

  private final byte[] busMaster = new byte[16];

  public Piix3Ide() {
    super("piix3-ide", 0x8086, 0x7010, 0x00, 0x010180);
    preset(STATUS, 0x80, 0x02);
    ioBar(4, 16, new BusMaster());
  }

  @Override
  public void reset() {
    super.reset();
    Arrays.fill(busMaster, (byte) 0);
  }

  @Override
  public void state(StateIo io) {
    super.state(io);
    io.bytes("busMaster", busMaster);
  }

  /// Command and control blocks of a channel without drives: QEMU's read as zero.
  public static PortHandler emptyChannel() {
    return new PortHandler() {
      @Override
      public int read(int offset, int size) {
        return 0;
      }

      @Override
      public void write(int offset, int size, int value) {}
    };
  }

  /// "Programming Interface for Bus Master IDE Controller": two channels of eight bytes. Command and status bits are
  /// kept, no transfer ever runs.
  private final class BusMaster implements PortHandler {
    @Override
    public int read(int offset, int size) {
      int value = 0;
      for (int i = 0; i < size; i++) {
        value |= (busMaster[offset + i] & 0xFF) << 8 * i;
      }
      return value;
    }

    @Override
    public void write(int offset, int size, int value) {
      for (int i = 0; i < size; i++) {
        int at = offset + i;
        int v = value >>> 8 * i & 0xFF;
        busMaster[at] = (byte) switch (at & 7) {
          case 0 -> v & 0x09;
          case 2 -> v & 0x60 | busMaster[at] & 0x07 & ~v;
          case 4 -> v & 0xFC;
          case 5, 6, 7 -> v;
          default -> 0;
        };
      }
    }
  }
}
