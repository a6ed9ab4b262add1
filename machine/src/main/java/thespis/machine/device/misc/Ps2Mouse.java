package thespis.machine.device.misc;

import thespis.cpu.state.StateIo;

/// A PS/2 mouse that can become an IntelliMouse (wheel) and an IntelliMouse Explorer (five buttons). IBM PS/2 Hardware
/// Interface Technical Reference, "Mouse": "Commands", "Data Report"; the knocks on the sample rate are Microsoft's.
final class Ps2Mouse extends Ps2Device {
  private static final int SCALE_1_1 = 0xE6, SCALE_2_1 = 0xE7, SET_RESOLUTION = 0xE8, STATUS = 0xE9, STREAM = 0xEA;
  private static final int POLL = 0xEB, LEAVE_WRAP = 0xEC, WRAP = 0xEE, REMOTE = 0xF0, READ_ID = 0xF2, SET_RATE = 0xF3;
  private static final int ENABLE = 0xF4, DISABLE = 0xF5, SET_DEFAULT = 0xF6, RESET = 0xFF;
  private static final int STATUS_REMOTE = 0x40, STATUS_ENABLED = 0x20, STATUS_SCALE21 = 0x10;
  private static final int ID_PLAIN = 0, ID_WHEEL = 3, ID_EXPLORER = 4;
  private static final int STEP_MAX = 127;
  private static final int PACKET_ROOM = 4;

  private int status, resolution, rate, id;
  private boolean wrap;
  /// How far the guest is in one of the knocks: the last two rates.
  private int rateBefore, rateBeforeThat;
  private int dx, dy, dz, buttons;

  /// QEMU differs: rate and resolution are zero until the guest resets the mouse or sets its defaults.
  @Override
  void reset() {
    super.reset();
    restart();
    resolution = rate = 0;
  }

  private void restart() {
    id = ID_PLAIN;
    wrap = false;
    buttons = 0;
    dx = dy = dz = 0;
    clearQueue();
    defaults();
  }

  private void defaults() {
    status = 0;
    resolution = 2;
    rate = 100;
    rateBefore = rateBeforeThat = 0;
  }

  @Override
  void command(int value) {
    if (wrap && value != LEAVE_WRAP && value != RESET) {
      enqueue(value);
      return;
    }
    switch (value) {
      case SCALE_1_1 -> acknowledge(status & ~STATUS_SCALE21);
      case SCALE_2_1 -> acknowledge(status | STATUS_SCALE21);
      case SET_RESOLUTION, SET_RATE -> {
        expectArgument(value);
        enqueue(ACK);
      }
      case STATUS -> enqueue(ACK, status | buttons & 7, resolution, rate);
      case STREAM -> acknowledge(status & ~STATUS_REMOTE);
      case POLL -> {
        enqueue(ACK);
        enqueue(packet());
      }
      case LEAVE_WRAP -> leaveWrap();
      case WRAP -> {
        wrap = true;
        enqueue(ACK);
      }
      case REMOTE -> acknowledge(status | STATUS_REMOTE);
      case READ_ID -> enqueue(ACK, id);
      case ENABLE -> acknowledge(status | STATUS_ENABLED);
      case DISABLE -> acknowledge(status & ~STATUS_ENABLED);
      case SET_DEFAULT -> {
        defaults();
        enqueue(ACK);
      }
      case RESET -> {
        restart();
        enqueue(ACK, SELF_TEST_PASSED, id);
      }
      default -> { }
    }
  }

  private void acknowledge(int nextStatus) {
    status = nextStatus;
    enqueue(ACK);
  }

  private void leaveWrap() {
    if (wrap) {
      wrap = false;
      enqueue(ACK);
    }
  }

  @Override
  void argument(int command, int value) {
    if (command == SET_RATE) {
      rate = value;
      knock(value);
    } else {
      resolution = value;
    }
    enqueue(ACK);
  }

  private void knock(int next) {
    if (rateBeforeThat == 200 && rateBefore == 100 && next == 80) {
      id = ID_WHEEL;
    } else if (rateBeforeThat == 200 && rateBefore == 200 && next == 80) {
      id = ID_EXPLORER;
    }
    rateBeforeThat = rateBefore;
    rateBefore = next;
  }

  @Override
  void state(StateIo io, String prefix) {
    super.state(io, prefix);
    status = io.u8(prefix + "status", status);
    resolution = io.u8(prefix + "resolution", resolution);
    rate = io.u8(prefix + "sample_rate", rate);
    id = io.u8(prefix + "type", id);
    wrap = io.bool(prefix + "wrap", wrap);
    rateBefore = io.u8(prefix + "rate-before", rateBefore);
    rateBeforeThat = io.u8(prefix + "rate-before-that", rateBeforeThat);
    dx = io.u32(prefix + "dx", dx);
    dy = io.u32(prefix + "dy", dy);
    dz = io.u32(prefix + "dz", dz);
    buttons = io.u8(prefix + "buttons", buttons);
  }

  /// Movement right, down and of the wheel towards the user; buttons from bit 0: left, right, middle, side, extra.
  void move(int right, int down, int wheel, int pressed) {
    if ((status & STATUS_ENABLED) == 0) {
      return;
    }
    dx += right;
    dy -= down;
    dz += wheel;
    buttons = pressed;
    if ((status & STATUS_REMOTE) == 0) {
      report();
    }
  }

  /// One packet at least, and more until all movement is told or the queue is full.
  private void report() {
    do {
      if (room() < PACKET_ROOM) {
        return;
      }
      enqueue(packet());
    } while (dx != 0 || dy != 0 || dz != 0);
  }

  private int[] packet() {
    int x = step(dx), y = step(dy);
    dx -= x;
    dy -= y;
    int first = 0x08 | buttons & 7 | (x < 0 ? 0x10 : 0) | (y < 0 ? 0x20 : 0);
    if (id == ID_PLAIN) {
      dz = 0;
      return new int[] {first, x & 0xFF, y & 0xFF};
    }
    int z = id == ID_EXPLORER ? Math.clamp(dz, -7, 7) : step(dz);
    dz -= z;
    return new int[] {
      first, x & 0xFF, y & 0xFF, id == ID_EXPLORER ? z & 0x0F | (buttons & 0x18) << 1 : z & 0xFF,
    };
  }

  private static int step(int distance) {
    return Math.clamp(distance, -STEP_MAX, STEP_MAX);
  }
}
