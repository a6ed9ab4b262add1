package thespis.machine.device.misc;

import java.util.HashMap;
import java.util.Map;

/// The keys of a PS/2 keyboard by QEMU's names (QKeyCode), with their make codes in scan code sets 2 and 3; 0xE0 in the
/// upper byte is a prefix. IBM PS/2 Hardware Interface Technical Reference, "Scan Codes". Each row was read from
/// QEMU 7.2. Pause, print and sysrq are sequences that {@link Ps2Keyboard} knows.
public enum KeyCode {
  SHIFT("shift", 0x12, 0x12),
  SHIFT_R("shift_r", 0x59, 0x59),
  ALT("alt", 0x11, 0x19),
  ALT_R("alt_r", 0xE011, 0x39),
  CTRL("ctrl", 0x14, 0x11),
  CTRL_R("ctrl_r", 0xE014, 0x58),
  ESC("esc", 0x76, 0x08),
  DIGIT_1("1", 0x16, 0x16),
  DIGIT_2("2", 0x1E, 0x1E),
  DIGIT_3("3", 0x26, 0x26),
  DIGIT_4("4", 0x25, 0x25),
  DIGIT_5("5", 0x2E, 0x2E),
  DIGIT_6("6", 0x36, 0x36),
  DIGIT_7("7", 0x3D, 0x3D),
  DIGIT_8("8", 0x3E, 0x3E),
  DIGIT_9("9", 0x46, 0x46),
  DIGIT_0("0", 0x45, 0x45),
  MINUS("minus", 0x4E, 0x4E),
  EQUAL("equal", 0x55, 0x55),
  BACKSPACE("backspace", 0x66, 0x66),
  TAB("tab", 0x0D, 0x0D),
  Q("q", 0x15, 0x15),
  W("w", 0x1D, 0x1D),
  E("e", 0x24, 0x24),
  R("r", 0x2D, 0x2D),
  T("t", 0x2C, 0x2C),
  Y("y", 0x35, 0x35),
  U("u", 0x3C, 0x3C),
  I("i", 0x43, 0x43),
  O("o", 0x44, 0x44),
  P("p", 0x4D, 0x4D),
  BRACKET_LEFT("bracket_left", 0x54, 0x54),
  BRACKET_RIGHT("bracket_right", 0x5B, 0x5B),
  RET("ret", 0x5A, 0x5A),
  A("a", 0x1C, 0x1C),
  S("s", 0x1B, 0x1B),
  D("d", 0x23, 0x23),
  F("f", 0x2B, 0x2B),
  G("g", 0x34, 0x34),
  H("h", 0x33, 0x33),
  J("j", 0x3B, 0x3B),
  K("k", 0x42, 0x42),
  L("l", 0x4B, 0x4B),
  SEMICOLON("semicolon", 0x4C, 0x4C),
  APOSTROPHE("apostrophe", 0x52, 0x52),
  GRAVE_ACCENT("grave_accent", 0x0E, 0x0E),
  BACKSLASH("backslash", 0x5D, 0x5C),
  Z("z", 0x1A, 0x1A),
  X("x", 0x22, 0x22),
  C("c", 0x21, 0x21),
  V("v", 0x2A, 0x2A),
  B("b", 0x32, 0x32),
  N("n", 0x31, 0x31),
  M("m", 0x3A, 0x3A),
  COMMA("comma", 0x41, 0x41),
  DOT("dot", 0x49, 0x49),
  SLASH("slash", 0x4A, 0x4A),
  ASTERISK("asterisk", 0x7C, 0x7E),
  SPC("spc", 0x29, 0x29),
  CAPS_LOCK("caps_lock", 0x58, 0x14),
  F1("f1", 0x05, 0x07),
  F2("f2", 0x06, 0x0F),
  F3("f3", 0x04, 0x17),
  F4("f4", 0x0C, 0x1F),
  F5("f5", 0x03, 0x27),
  F6("f6", 0x0B, 0x2F),
  F7("f7", 0x83, 0x37),
  F8("f8", 0x0A, 0x3F),
  F9("f9", 0x01, 0x47),
  F10("f10", 0x09, 0x4F),
  NUM_LOCK("num_lock", 0x77, 0x76),
  SCROLL_LOCK("scroll_lock", 0x7E, 0x5F),
  KP_DIVIDE("kp_divide", 0xE04A, 0x4A),
  KP_MULTIPLY("kp_multiply", 0x7C, 0x7E),
  KP_SUBTRACT("kp_subtract", 0x7B, 0x4E),
  KP_ADD("kp_add", 0x79, 0x7C),
  KP_ENTER("kp_enter", 0xE05A, 0x79),
  KP_DECIMAL("kp_decimal", 0x71, 0x71),
  SYSRQ("sysrq", 0, 0x57),
  KP_0("kp_0", 0x70, 0x70),
  KP_1("kp_1", 0x69, 0x69),
  KP_2("kp_2", 0x72, 0x72),
  KP_3("kp_3", 0x7A, 0x7A),
  KP_4("kp_4", 0x6B, 0x6B),
  KP_5("kp_5", 0x73, 0x73),
  KP_6("kp_6", 0x74, 0x74),
  KP_7("kp_7", 0x6C, 0x6C),
  KP_8("kp_8", 0x75, 0x75),
  KP_9("kp_9", 0x7D, 0x7D),
  LESS("less", 0x61, 0x13),
  F11("f11", 0x78, 0x56),
  F12("f12", 0x07, 0x5E),
  PRINT("print", 0, 0x57),
  HOME("home", 0xE06C, 0x6E),
  PGUP("pgup", 0xE07D, 0x6F),
  PGDN("pgdn", 0xE07A, 0x6D),
  END("end", 0xE069, 0x65),
  LEFT("left", 0xE06B, 0x61),
  UP("up", 0xE075, 0x63),
  DOWN("down", 0xE072, 0x60),
  RIGHT("right", 0xE074, 0x6A),
  INSERT("insert", 0xE070, 0x67),
  DELETE("delete", 0xE071, 0x64),
  STOP("stop", 0xE028, 0x0A),
  META_L("meta_l", 0xE01F, 0x8B),
  META_R("meta_r", 0xE027, 0x8C),
  COMPOSE("compose", 0xE02F, 0x8D),
  PAUSE("pause", 0, 0x62),
  RO("ro", 0x51, 0),
  HIRAGANA("hiragana", 0x62, 0x87),
  HENKAN("henkan", 0x64, 0x86),
  YEN("yen", 0x6A, 0x5D),
  MUHENKAN("muhenkan", 0x67, 0x85),
  KATAKANAHIRAGANA("katakanahiragana", 0x13, 0x87),
  KP_COMMA("kp_comma", 0x6D, 0),
  KP_EQUALS("kp_equals", 0x0F, 0),
  POWER("power", 0xE037, 0),
  SLEEP("sleep", 0xE03F, 0),
  WAKE("wake", 0xE05E, 0),
  AUDIONEXT("audionext", 0xE04D, 0x93),
  AUDIOPREV("audioprev", 0xE015, 0x94),
  AUDIOSTOP("audiostop", 0xE03B, 0x98),
  AUDIOPLAY("audioplay", 0xE034, 0),
  AUDIOMUTE("audiomute", 0xE023, 0x9C),
  VOLUMEUP("volumeup", 0xE032, 0x95),
  VOLUMEDOWN("volumedown", 0xE021, 0x9D),
  MEDIASELECT("mediaselect", 0xE050, 0),
  MAIL("mail", 0xE048, 0),
  CALCULATOR("calculator", 0xE02B, 0xA3),
  COMPUTER("computer", 0xE040, 0),
  AC_HOME("ac_home", 0xE03A, 0x97),
  AC_BACK("ac_back", 0xE038, 0),
  AC_FORWARD("ac_forward", 0xE030, 0),
  AC_REFRESH("ac_refresh", 0xE020, 0),
  AC_BOOKMARKS("ac_bookmarks", 0xE018, 0);

  private static final Map<String, KeyCode> BY_NAME = new HashMap<>();

  static {
    for (KeyCode key : values()) {
      BY_NAME.put(key.qcode, key);
    }
  }

  final int set2, set3;
  private final String qcode;

  KeyCode(String qcode, int set2, int set3) {
    this.qcode = qcode;
    this.set2 = set2;
    this.set3 = set3;
  }

  /// The key with QEMU's name, or null: a name without a scan code or an unknown one.
  public static KeyCode of(String qcode) {
    return BY_NAME.get(qcode);
  }

  /// The key with this number of an IBM PC: its make code in set 1, with 0x80 for the prefix. Null if there is none.
  public static KeyCode ofSet1(long number) {
    for (KeyCode key : values()) {
      int code = key.set2 & 0xFF;
      if (code != 0 && (ScanCodes.toSet1(code) | (key.set2 >> 8 == 0xE0 ? 0x80 : 0)) == number) {
        return key;
      }
    }
    return null;
  }

  public String qcode() {
    return qcode;
  }
}
