package thespis.cpu.apic;

/// Offsets of a local APIC's registers in its page, by which x2APIC mode numbers its MSRs too. SDM Vol. 3A "Local APIC
/// Register Address Map", "x2APIC Register Address Space".
final class ApicRegister {
  static final int ID = 0x20;
  static final int VERSION = 0x30;
  static final int TPR = 0x80;
  static final int APR = 0x90;
  static final int PPR = 0xA0;
  static final int EOI = 0xB0;
  static final int LDR = 0xD0;
  static final int DFR = 0xE0;
  static final int SVR = 0xF0;
  static final int ISR = 0x100;
  static final int TMR = 0x180;
  static final int IRR = 0x200;
  static final int ESR = 0x280;
  static final int ICR_LOW = 0x300;
  static final int ICR_HIGH = 0x310;
  static final int LVT_TIMER = 0x320;
  static final int LVT_THERMAL = 0x330;
  static final int LVT_PERFORMANCE = 0x340;
  static final int LVT_LINT0 = 0x350;
  static final int LVT_LINT1 = 0x360;
  static final int LVT_ERROR = 0x370;
  static final int INITIAL_COUNT = 0x380;
  static final int CURRENT_COUNT = 0x390;
  static final int DIVIDE = 0x3E0;

  /// Only in x2APIC mode.
  static final int SELF_IPI = 0x3F0;

  private ApicRegister() {}

  /// One of ISR, TMR and IRR, which follow each other.
  static boolean isVectors(int offset) {
    return offset >= ISR && offset < ESR;
  }

  static boolean isLvt(int offset) {
    return offset >= LVT_TIMER && offset <= LVT_ERROR;
  }

  private static boolean existsInX2(int offset) {
    return switch (offset) {
      case ID, VERSION, TPR, PPR, EOI, LDR, SVR, ESR, ICR_LOW, INITIAL_COUNT, CURRENT_COUNT, DIVIDE, SELF_IPI -> true;
      default -> isVectors(offset) || isLvt(offset);
    };
  }

  /// In x2APIC mode.
  static boolean isReadable(int offset) {
    return existsInX2(offset) && offset != EOI && offset != SELF_IPI;
  }

  /// In x2APIC mode.
  static boolean isWritable(int offset) {
    return switch (offset) {
      case ID, VERSION, PPR, LDR, CURRENT_COUNT -> false;
      default -> existsInX2(offset) && !isVectors(offset);
    };
  }
}
