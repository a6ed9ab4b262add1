package thespis.machine.device.misc;

import java.util.function.IntConsumer;
import thespis.machine.bus.Device;
import thespis.machine.bus.PortHandler;

/// QEMU's isa-debug-exit: a write ends the emulator with the exit code `value * 2 + 1`. Only there when asked for.
public final class IsaDebugExit implements Device, PortHandler {
  public static final int DEFAULT_PORT = 0x501, DEFAULT_LENGTH = 2;

  private final IntConsumer exit;

  public IsaDebugExit(IntConsumer exit) {
    this.exit = exit;
  }

  @Override
  public String name() {
    return "isa-debug-exit";
  }

  @Override
  public int read(int offset, int size) {
    return 0;
  }

  @Override
  public void write(int offset, int size, int value) {
    exit.accept(value << 1 | 1);
  }
}
