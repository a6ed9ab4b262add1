package thespis.machine.device.misc;

import java.util.Arrays;
import thespis.cpu.state.StateIo;

/// A PS/2 keyboard. IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and 102-Key)": "Commands from the
/// System", "Scan Codes". Keys do not repeat by themselves.
final class Ps2Keyboard extends Ps2Device {
  private static final int SET_LEDS = 0xED, ECHO = 0xEE, SCAN_SET = 0xF0, READ_ID = 0xF2, SET_RATE = 0xF3;
  private static final int ENABLE = 0xF4, DISABLE = 0xF5, SET_DEFAULT = 0xF6, ALL_KEYS_TYPEMATIC = 0xFA;
  private static final int KEY_MAKE_BREAK = 0xFC, KEY_MAKE = 0xFD, RESET = 0xFF;
  private static final int EXTENDED = 0xE0, RELEASE = 0xF0;
  private static final int PRINT = 0xE07C, SYSRQ = 0x84, FAKE_SHIFT = 0xE012, BREAK = 0xE07E;
  private static final int HELD_SHIFT = 1, HELD_CTRL = 2, HELD_ALT = 4, HELD_ALT_R = 8;
  private static final int[] NOTHING = {};

  private int scanSet = 2;
  private int leds;
  private boolean scanning = true;
  private int held;

  @Override
  void reset() {
    super.reset();
    held = 0;
    defaults();
  }

  private void defaults() {
    scanSet = 2;
    leds = 0;
    scanning = true;
    clearQueue();
  }

  @Override
  void command(int value) {
    switch (value) {
      case 0x00, ALL_KEYS_TYPEMATIC, KEY_MAKE_BREAK, KEY_MAKE -> answerFirst(ACK);
      case SET_LEDS, SCAN_SET, SET_RATE -> {
        expectArgument(value);
        answerFirst(ACK);
      }
      case ECHO -> answerFirst(ECHO);
      case READ_ID -> answerFirst(ACK, 0xAB, 0x83);
      case ENABLE -> {
        scanning = true;
        answerFirst(ACK);
      }
      case DISABLE -> {
        defaults();
        scanning = false;
        answerFirst(ACK);
      }
      case SET_DEFAULT -> {
        defaults();
        answerFirst(ACK);
      }
      case RESET -> {
        defaults();
        answerFirst(ACK, SELF_TEST_PASSED);
      }
      default -> answerFirst(RESEND);
    }
  }

  @Override
  void argument(int command, int value) {
    switch (command) {
      case SCAN_SET -> {
        if (value == 0) {
          answerFirst(ACK, scanSet);
        } else if (value <= 3) {
          scanSet = value;
          answerFirst(ACK);
        } else {
          answerFirst(RESEND);
        }
      }
      case SET_LEDS -> {
        leds = value;
        answerFirst(ACK);
      }
      default -> answerFirst(ACK);
    }
  }

  @Override
  void state(StateIo io, String prefix) {
    super.state(io, prefix);
    scanSet = io.u8(prefix + "scancode_set", scanSet);
    leds = io.u8(prefix + "ledstate", leds);
    scanning = io.bool(prefix + "scan_enabled", scanning);
    held = io.u8(prefix + "modifiers", held);
  }

  /// Bits 0 to 2: scroll lock, num lock, caps lock.
  int leds() {
    return leds;
  }

  void key(KeyCode key, boolean down) {
    int modifier = modifier(key);
    held = down ? held | modifier : held & ~modifier;
    if (!scanning) {
      return;
    }
    if (scanSet == 3) {
      if (key.set3 != 0) {
        enqueue(down ? new int[] {key.set3} : new int[] {RELEASE, key.set3});
      }
      return;
    }
    int[] codes = switch (key) {
      case PAUSE -> down ? pause() : NOTHING;
      case PRINT, SYSRQ -> print(down);
      default -> key.set2 == 0 ? NOTHING : down ? make(key.set2) : release(key.set2);
    };
    enqueue(scanSet == 1 ? ScanCodes.toSet1(codes) : codes);
  }

  private static int modifier(KeyCode key) {
    return switch (key) {
      case SHIFT, SHIFT_R -> HELD_SHIFT;
      case CTRL, CTRL_R -> HELD_CTRL;
      case ALT -> HELD_ALT;
      case ALT_R -> HELD_ALT_R;
      default -> 0;
    };
  }

  private static int[] make(int code) {
    return code > 0xFF ? new int[] {EXTENDED, code & 0xFF} : new int[] {code};
  }

  private static int[] release(int code) {
    return code > 0xFF ? new int[] {EXTENDED, RELEASE, code & 0xFF} : new int[] {RELEASE, code};
  }

  /// Pause has no release; with Ctrl it is Break.
  private int[] pause() {
    return (held & HELD_CTRL) != 0
        ? join(make(BREAK), release(BREAK))
        : new int[] {0xE1, 0x14, 0x77, 0xE1, RELEASE, 0x14, RELEASE, 0x77};
  }

  /// Print screen pretends a shift, unless one is held, and is SysRq with Alt, which it lifts for that.
  private int[] print(boolean down) {
    if ((held & (HELD_ALT | HELD_ALT_R)) != 0) {
      int alt = (held & HELD_ALT) != 0 ? KeyCode.ALT.set2 : KeyCode.ALT_R.set2;
      int[] again = join(release(alt), make(alt));
      return down ? join(again, make(SYSRQ)) : join(release(SYSRQ), again);
    }
    int[] code = down ? make(PRINT) : release(PRINT);
    if ((held & (HELD_SHIFT | HELD_CTRL)) != 0) {
      return code;
    }
    return down ? join(make(FAKE_SHIFT), code) : join(code, release(FAKE_SHIFT));
  }

  private static int[] join(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
