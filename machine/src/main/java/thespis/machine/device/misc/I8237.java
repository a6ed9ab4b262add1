package thespis.machine.device.misc;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.PortSpace;

/// One of a PC's two Intel 8237A DMA controllers, with its page registers. Data sheet "Register Description", "Software
/// Commands". Guests only set it up and read it back: no chip of ours asks for DMA, so nothing is ever transferred.
public final class I8237 implements Device {
  private static final int CHANNELS = 4;
  private static final int STATUS_COMMAND = 0, REQUEST_MASK = 1, SINGLE_MASK = 2, MODE = 3;
  private static final int CLEAR_FLIP_FLOP = 4, MASTER_CLEAR = 5, CLEAR_MASK = 6, WRITE_MASK = 7;
  /// Memory-to-memory, compressed timing, rotating priority, extended write and the polarities: not on a PC.
  private static final int COMMAND_UNSUPPORTED = 0xFB;
  /// Which page port belongs to which channel; the ports between are not this chip's.
  private static final int[] PAGE_PORTS = {7, 3, 1, 2};

  private final String name;
  private final int base, pageBase;
  /// The second controller moves words: its ports are two apart and its addresses doubled.
  private final int shift;

  private final int[] baseAddress = new int[CHANNELS];
  private final int[] address = new int[CHANNELS];
  private final int[] count = new int[CHANNELS];
  private final int[] mode = new int[CHANNELS];
  private final int[] page = new int[CHANNELS];
  private int status, command, mask;
  private boolean high;

  private I8237(String name, int base, int pageBase, int shift) {
    this.name = name;
    this.base = base;
    this.pageBase = pageBase;
    this.shift = shift;
    reset();
  }

  /// Channels 0 to 3, bytes.
  public static I8237 first() {
    return new I8237("dma1", 0x00, 0x80, 0);
  }

  /// Channels 4 to 7, words.
  public static I8237 second() {
    return new I8237("dma2", 0xC0, 0x88, 1);
  }

  public void map(PortSpace ports) {
    ports.map(name, base, 16 << shift, new Registers());
    for (int channel = 0; channel < CHANNELS; channel++) {
      ports.map(name + "-page" + channel, pageBase + PAGE_PORTS[channel], 1, new Page(channel));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void reset() {
    masterClear();
  }

  private void masterClear() {
    high = false;
    status = command = 0;
    mask = 0xFF;
  }

  private final class Registers implements BytePorts {
    @Override
    public int readByte(int offset) {
      synchronized (I8237.this) {
        int reg = offset >>> shift;
        return reg < 2 * CHANNELS ? readChannel(reg >>> 1, (reg & 1) != 0) : readControl(reg - 2 * CHANNELS);
      }
    }

    @Override
    public void writeByte(int offset, int value) {
      synchronized (I8237.this) {
        int reg = offset >>> shift;
        if (reg < 2 * CHANNELS) {
          writeChannel(reg >>> 1, (reg & 1) != 0 ? count : baseAddress, value);
        } else {
          writeControl(reg - 2 * CHANNELS, value);
        }
      }
    }
  }

  private final class Page implements BytePorts {
    private final int channel;

    Page(int channel) {
      this.channel = channel;
    }

    @Override
    public int readByte(int offset) {
      synchronized (I8237.this) {
        return page[channel];
      }
    }

    @Override
    public void writeByte(int offset, int value) {
      synchronized (I8237.this) {
        page[channel] = value;
      }
    }
  }

  private int readChannel(int channel, boolean wantCount) {
    int value = wantCount ? count[channel] : address[channel];
    return value >>> (takeFlipFlop() ? 8 : 0) & 0xFF;
  }

  /// QEMU differs: the current address follows its base when the high byte of either register is written.
  private void writeChannel(int channel, int[] register, int value) {
    if (takeFlipFlop()) {
      register[channel] = register[channel] & 0xFF | value << 8;
      address[channel] = baseAddress[channel];
    } else {
      register[channel] = register[channel] & 0xFF00 | value;
    }
  }

  private boolean takeFlipFlop() {
    high = !high;
    return !high;
  }

  /// Reading the status clears its terminal counts.
  private int readControl(int reg) {
    return switch (reg) {
      case STATUS_COMMAND -> {
        int value = status;
        status &= 0xF0;
        yield value;
      }
      case REQUEST_MASK -> mask;
      default -> 0;
    };
  }

  private void writeControl(int reg, int value) {
    int channel = value & 3;
    boolean set = (value & 4) != 0;
    switch (reg) {
      case STATUS_COMMAND -> {
        if ((value & COMMAND_UNSUPPORTED) == 0) {
          command = value;
        }
      }
      case REQUEST_MASK -> {
        status = set ? status | 0x10 << channel : status & ~(0x10 << channel);
        status &= ~(1 << channel);
      }
      case SINGLE_MASK -> mask = set ? mask | 1 << channel : mask & ~(1 << channel);
      case MODE -> mode[channel] = value;
      case CLEAR_FLIP_FLOP -> high = false;
      case MASTER_CLEAR -> masterClear();
      case CLEAR_MASK -> mask = 0;
      default -> mask = value;
    }
  }

  @Override
  public synchronized void state(StateIo io) {
    io.ints("base-address", baseAddress);
    io.ints("address", address);
    io.ints("count", count);
    io.ints("mode", mode);
    io.ints("page", page);
    status = io.u8("status", status);
    command = io.u8("command", command);
    mask = io.u8("mask", mask);
    high = io.bool("flip_flop", high);
  }
}
