package thespis.machine.acpi;

import java.util.function.IntConsumer;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;

/// The two ports by which software calls firmware: a command that raises a system management interrupt, and a byte to
/// go with it. 82371AB "APMC: Advanced Power Management Control Port", "APMS". Two of the commands need no firmware:
/// they turn ACPI mode on and off.
final class SmiCommand implements Device, BytePorts {
  static final int LENGTH = 2;
  private static final int COMMAND = 0;

  private final IntConsumer onCommand;
  private int command;
  private int data;

  SmiCommand(IntConsumer onCommand) {
    this.onCommand = onCommand;
  }

  @Override
  public String name() {
    return "smi-command";
  }

  @Override
  public int readByte(int offset) {
    return offset == COMMAND ? command : data;
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset == COMMAND) {
      command = value;
      onCommand.accept(value);
    } else {
      data = value;
    }
  }

  @Override
  public void state(StateIo io) {
    command = io.u8("smi-command", command);
    data = io.u8("smi-data", data);
  }
}
