package thespis.machine.device.misc;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortSpace;

/// Intel 8042 as a PC's keyboard and mouse controller: data at port 0x60, status and commands at 0x64, IRQ 1 and 12.
/// IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller": "8042 Commands". It also
/// resets the machine and gates A20.
public final class I8042 implements Device {
  private static final int ST_OBF = 0x01, ST_SYSTEM = 0x04, ST_IDLE = 0x18, ST_AUX_OBF = 0x20;
  private static final int READ_MODE = 0x20, WRITE_MODE = 0x60, DISABLE_AUX = 0xA7, ENABLE_AUX = 0xA8, TEST_AUX = 0xA9;
  private static final int SELF_TEST = 0xAA, TEST_KEYBOARD = 0xAB, DISABLE_KEYBOARD = 0xAD, ENABLE_KEYBOARD = 0xAE;
  private static final int READ_INPUT = 0xC0, READ_OUTPUT = 0xD0, WRITE_OUTPUT = 0xD1, WRITE_KEYBOARD_BUFFER = 0xD2;
  private static final int WRITE_AUX_BUFFER = 0xD3, WRITE_AUX = 0xD4, A20_OFF = 0xDD, A20_ON = 0xDF, PULSE = 0xF0;
  private static final int MODE_KEYBOARD_INT = 0x01, MODE_AUX_INT = 0x02;
  private static final int MODE_NO_KEYBOARD = 0x10, MODE_NO_AUX = 0x20, MODE_TRANSLATE = 0x40;
  private static final int OUT_RESET = 0x01, OUT_A20 = 0x02, OUT_OBF = 0x10, OUT_AUX_OBF = 0x20, OUT_ONES = 0xCC;
  private static final int INPUT_UNLOCKED = 0x80;
  private static final int SET2_RELEASE = 0xF0;

  /// Whose byte the output buffer has.
  private static final int NOBODY = 0, CONTROLLER = 1, CONTROLLER_AUX = 2, KEYBOARD = 3, AUX = 4;

  private final IrqLine irq1, irq12, a20;
  private final Runnable systemReset;
  private final Ps2Keyboard keyboard = new Ps2Keyboard();
  private final Ps2Mouse mouse = new Ps2Mouse();

  private int mode, output, pendingCommand;
  private boolean selfTested;
  private int source, lastByte;
  /// An answer of the controller itself that waits, and whose it pretends to be.
  private int answer, answerSource;

  public I8042(IrqLine irq1, IrqLine irq12, IrqLine a20, Runnable systemReset) {
    this.irq1 = irq1;
    this.irq12 = irq12;
    this.a20 = a20;
    this.systemReset = systemReset;
    powerOn();
  }

  public void map(PortSpace ports) {
    ports.map("i8042-data", 0x60, 1, new Data());
    ports.map("i8042-cmd", 0x64, 1, new Command());
  }

  @Override
  public String name() {
    return "i8042";
  }

  @Override
  public synchronized void reset() {
    powerOn();
    keyboard.reset();
    mouse.reset();
    a20.set(true);
    offer();
  }

  private void powerOn() {
    mode = MODE_KEYBOARD_INT | MODE_AUX_INT;
    output = OUT_RESET | OUT_A20 | OUT_ONES;
    selfTested = false;
    pendingCommand = 0;
    source = answerSource = NOBODY;
    lastByte = 0;
  }

  private final class Data implements BytePorts {
    @Override
    public int readByte(int offset) {
      synchronized (I8042.this) {
        return takeData();
      }
    }

    @Override
    public void writeByte(int offset, int value) {
      boolean wantsReset;
      synchronized (I8042.this) {
        wantsReset = pendingCommand == WRITE_OUTPUT && (value & OUT_RESET) == 0;
        writeData(value);
      }
      if (wantsReset) {
        systemReset.run();
      }
    }
  }

  private final class Command implements BytePorts {
    @Override
    public int readByte(int offset) {
      synchronized (I8042.this) {
        return ST_IDLE | (selfTested ? ST_SYSTEM : 0) | (source != NOBODY ? ST_OBF : 0) | (isAux() ? ST_AUX_OBF : 0);
      }
    }

    @Override
    public void writeByte(int offset, int value) {
      synchronized (I8042.this) {
        command(value);
      }
      if (value >= PULSE && (value & OUT_RESET) == 0) {
        systemReset.run();
      }
    }
  }

  /// An empty buffer answers with the last byte.
  private int takeData() {
    switch (source) {
      case CONTROLLER, CONTROLLER_AUX -> {
        lastByte = answer;
        answerSource = NOBODY;
      }
      case KEYBOARD -> lastByte = translated();
      case AUX -> lastByte = mouse.take();
      default -> { }
    }
    int justRead = source;
    source = NOBODY;
    driveIrqs(); // the line falls between two bytes: an edge-triggered input sees each
    offer(justRead);
    return lastByte;
  }

  /// In translation, set 2's release prefix becomes bit 7 of the set 1 code that follows.
  private int translated() {
    int value = keyboard.take();
    if ((mode & MODE_TRANSLATE) == 0) {
      return value;
    }
    if (value == SET2_RELEASE && keyboard.hasData()) {
      return ScanCodes.toSet1(keyboard.take()) | 0x80;
    }
    return ScanCodes.toSet1(value);
  }

  private void writeData(int value) {
    int command = pendingCommand;
    pendingCommand = 0;
    switch (command) {
      case WRITE_MODE -> {
        mode = value;
        driveIrqs();
      }
      case WRITE_OUTPUT -> writeOutput(value);
      case WRITE_KEYBOARD_BUFFER -> answer(value, CONTROLLER);
      case WRITE_AUX_BUFFER -> answer(value, CONTROLLER_AUX);
      case WRITE_AUX -> {
        mode &= ~MODE_NO_AUX;
        mouse.write(value);
      }
      default -> {
        mode &= ~MODE_NO_KEYBOARD;
        keyboard.write(value);
      }
    }
    offer();
  }

  private void writeOutput(int value) {
    output = value;
    a20.set((value & OUT_A20) != 0);
  }

  /// A byte that is in the buffer already stays there, with its interrupt, when its device is disabled.
  private void command(int value) {
    switch (value) {
      case READ_MODE -> answer(mode, CONTROLLER);
      case WRITE_MODE, WRITE_OUTPUT, WRITE_KEYBOARD_BUFFER, WRITE_AUX_BUFFER, WRITE_AUX -> pendingCommand = value;
      case DISABLE_AUX -> mode |= MODE_NO_AUX;
      case ENABLE_AUX -> mode &= ~MODE_NO_AUX;
      case DISABLE_KEYBOARD -> mode |= MODE_NO_KEYBOARD;
      case ENABLE_KEYBOARD -> mode &= ~MODE_NO_KEYBOARD;
      case TEST_AUX, TEST_KEYBOARD -> answer(0x00, CONTROLLER);
      case SELF_TEST -> {
        selfTested = true;
        answer(0x55, CONTROLLER);
      }
      case READ_INPUT -> answer(INPUT_UNLOCKED, CONTROLLER);
      case READ_OUTPUT -> answer(outputPort(), CONTROLLER);
      case A20_OFF -> writeOutput(output & ~OUT_A20);
      case A20_ON -> writeOutput(output | OUT_A20);
      default -> { }
    }
    offer();
  }

  private int outputPort() {
    return output & ~(OUT_OBF | OUT_AUX_OBF) | (source != NOBODY ? OUT_OBF : 0) | (isAux() ? OUT_AUX_OBF : 0);
  }

  private void answer(int value, int from) {
    answer = value;
    answerSource = from;
  }

  @Override
  public synchronized void state(StateIo io) {
    mode = io.u8("mode", mode);
    output = io.u8("outport", output);
    pendingCommand = io.u8("write_cmd", pendingCommand);
    selfTested = io.bool("self-tested", selfTested);
    source = io.u8("source", source);
    lastByte = io.u8("obdata", lastByte);
    answer = io.u8("cbdata", answer);
    answerSource = io.u8("answer-source", answerSource);
    keyboard.state(io, "kbd-");
    mouse.state(io, "mouse-");
    if (io.loading()) {
      a20.set((output & OUT_A20) != 0);
      driveIrqs();
    }
  }

  /// A key went down or up at the host. Any thread.
  public synchronized void key(KeyCode key, boolean down) {
    keyboard.key(key, down);
    offer();
  }

  /// The host's mouse moved, see {@link Ps2Mouse#move}. Any thread.
  public synchronized void mouse(int right, int down, int wheel, int pressed) {
    mouse.move(right, down, wheel, pressed);
    offer();
  }

  /// The keyboard's lights: scroll lock, num lock, caps lock from bit 0.
  public synchronized int leds() {
    return keyboard.leds();
  }

  private boolean isAux() {
    return source == AUX || source == CONTROLLER_AUX;
  }

  /// Fills the empty output buffer from whoever has something to say. A device that was just read comes last.
  private void offer(int justRead) {
    if (source != NOBODY) {
      return;
    }
    boolean keyboardHas = keyboard.hasData() && (mode & MODE_NO_KEYBOARD) == 0;
    boolean mouseHas = mouse.hasData() && (mode & MODE_NO_AUX) == 0;
    if (answerSource != NOBODY) {
      source = answerSource;
    } else if (keyboardHas && !(mouseHas && justRead == KEYBOARD)) {
      source = KEYBOARD;
    } else if (mouseHas) {
      source = AUX;
    }
    driveIrqs();
  }

  private void offer() {
    offer(NOBODY);
  }

  private void driveIrqs() {
    boolean keyboardByte = source != NOBODY && !isAux();
    irq1.set(keyboardByte && (mode & (MODE_KEYBOARD_INT | MODE_NO_KEYBOARD)) == MODE_KEYBOARD_INT);
    irq12.set(isAux() && (mode & MODE_AUX_INT) != 0);
  }
}
