package thespis.machine.device.misc;

import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.device.serial.ByteSink;

/// QEMU's isa-debugcon, known from Bochs: a byte written is a byte printed, a read answers 0xE9 or what was asked for.
public final class DebugConsole implements Device, BytePorts {
  public static final int PORT = 0xE9;

  private static final int PRESENT = 0xE9;

  private final ByteSink sink;
  private final int answer;
  private final byte[] one = new byte[1];

  public DebugConsole(ByteSink sink) {
    this(sink, PRESENT);
  }

  /// @param answer what a read gives
  public DebugConsole(ByteSink sink, int answer) {
    this.sink = sink;
    this.answer = answer;
  }

  @Override
  public String name() {
    return "isa-debugcon";
  }

  @Override
  public int readByte(int offset) {
    return answer & 0xFF;
  }

  @Override
  public synchronized void writeByte(int offset, int value) {
    one[0] = (byte) value;
    sink.accept(one, 0, 1);
  }
}
