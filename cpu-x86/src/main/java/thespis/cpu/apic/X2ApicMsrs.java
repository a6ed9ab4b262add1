package thespis.cpu.apic;

import static thespis.cpu.apic.ApicRegister.*;

/// A local APIC in x2APIC mode: its registers as MSRs 0x800 to 0x83F. SDM Vol. 3A "x2APIC Register Address Space",
/// "Reserved Bit Checking".
public final class X2ApicMsrs {
  private final LocalApic apic;

  X2ApicMsrs(LocalApic apic) {
    this.apic = apic;
  }

  private static int offset(int msr) {
    return (msr & 0x3F) << 4;
  }

  /// False: reading it raises #GP.
  public boolean readable(int msr) {
    return apic.x2() && isReadable(offset(msr));
  }

  public long read(int msr) {
    int offset = offset(msr);
    return offset == ICR_LOW ? apic.icr() : Integer.toUnsignedLong(apic.register(offset));
  }

  /// @return false: the write must raise #GP
  public boolean write(int msr, long value) {
    int offset = offset(msr);
    if (!apic.x2() || !isWritable(offset)) {
      return false;
    }
    if (offset == ICR_LOW) {
      apic.command(value);
      return true;
    }
    if (value >>> 32 != 0 || (offset == EOI || offset == ESR) && value != 0) {
      return false;
    }
    if (offset == SELF_IPI) {
      if (value > 0xFF) {
        return false;
      }
      apic.request((int) value, false);
    } else {
      apic.setRegister(offset, (int) value);
    }
    return true;
  }
}
