package thespis.machine.device.misc;

import thespis.cpu.state.StateIo;

/// What PS/2 keyboard and mouse have in common: a queue of bytes on their way to the {@link I8042}, and a command that
/// waits for its argument. IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller".
/// Serialised by the controller.
abstract class Ps2Device {
  static final int ACK = 0xFA, RESEND = 0xFE, SELF_TEST_PASSED = 0xAA;

  /// What a device remembers; answers that overtake need room beyond it.
  private static final int LIMIT = 16;
  private static final int NO_COMMAND = -1;

  private final byte[] queue = new byte[2 * LIMIT];
  private int count;
  /// Bytes at the head of the queue that answer the last command and overtook the rest.
  private int overtaking;
  private int pendingCommand = NO_COMMAND;

  void reset() {
    count = overtaking = 0;
    pendingCommand = NO_COMMAND;
  }

  final boolean hasData() {
    return count > 0;
  }

  final int take() {
    int value = queue[0] & 0xFF;
    drop(1);
    overtaking = Math.max(0, overtaking - 1);
    return value;
  }

  private void drop(int bytes) {
    count -= bytes;
    System.arraycopy(queue, bytes, queue, 0, count);
  }

  /// A byte from the controller. It takes back the answer to the command before, if that was not fetched.
  final void write(int value) {
    drop(overtaking);
    overtaking = 0;
    if (pendingCommand == NO_COMMAND) {
      command(value);
    } else {
      int command = pendingCommand;
      pendingCommand = NO_COMMAND;
      argument(command, value);
    }
  }

  abstract void command(int value);

  abstract void argument(int command, int value);

  final void expectArgument(int command) {
    pendingCommand = command;
  }

  /// An answer that comes before what is queued, as the keyboard's do.
  final void answerFirst(int... bytes) {
    System.arraycopy(queue, 0, queue, bytes.length, count);
    for (int i = 0; i < bytes.length; i++) {
      queue[i] = (byte) bytes[i];
    }
    count += bytes.length;
    overtaking = bytes.length;
  }

  /// All of the bytes behind what is queued, or none if there is not enough room.
  final boolean enqueue(int... bytes) {
    if (room() < bytes.length) {
      return false;
    }
    for (int b : bytes) {
      queue[count++] = (byte) b;
    }
    return true;
  }

  final int room() {
    return LIMIT - count;
  }

  final void clearQueue() {
    count = overtaking = 0;
  }

  void state(StateIo io, String prefix) {
    io.bytes(prefix + "queue", queue);
    overtaking = io.within(prefix + "overtaking", overtaking, 0, LIMIT);
    count = io.within(prefix + "count", count, overtaking, LIMIT + overtaking);
    pendingCommand = io.u32(prefix + "write-cmd", pendingCommand);
  }
}
