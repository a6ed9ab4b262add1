package thespis.machine.device.irq;

import thespis.cpu.state.StateIo;

/// One 8259A of a PC's pair, without its wiring (see {@link I8259Pair}, which also serialises it). Intel 8259A data
/// sheet: "Initialization Command Words 1 and 2", "Operation Command Words", "Fully Nested Mode", "Poll Command".
/// The edge/level control register (ELCR) is the south bridge's: Intel 82371SB "Interrupt Controller Edge/Level
/// Triggered Mode".
///
/// QEMU differs: a request latched by an edge stays when the wire falls again (no spurious IRQ7 from a short pulse).
/// Left out: 8080 mode, buffered mode, and ICW1's LTIM bit, for which the south bridge has the ELCR.
final class I8259 {
  private static final int ICW1 = 0x10, ICW1_IC4 = 0x01, ICW1_SNGL = 0x02;
  private static final int ICW4_AEOI = 0x02, ICW4_SFNM = 0x10;
  private static final int OCW3 = 0x08, OCW3_RIS = 0x01, OCW3_RR = 0x02, OCW3_POLL = 0x04;
  private static final int OCW3_SMM = 0x20, OCW3_ESMM = 0x40;
  private static final int CASCADE = 1 << 2;
  private static final int NONE = -1;

  /// Which ICW the data port expects.
  private static final int READY = 0, WANT_ICW2 = 1, WANT_ICW3 = 2, WANT_ICW4 = 3;

  private final boolean master;
  private final int elcrMask;

  private int irr, isr, imr, elcr;
  private int wires;
  private int vectorBase, lowest, icwStep;
  private boolean readIsr, poll, specialMask, autoEoi, rotateOnAutoEoi, specialNested, icw4Follows, single;

  I8259(boolean master) {
    this.master = master;
    elcrMask = master ? 0xF8 : 0xDE;
  }

  void reset() {
    elcr = 0;
    initialize();
  }

  /// What ICW1 does. Level-triggered requests stay.
  private void initialize() {
    wires = 0;
    irr &= elcr;
    imr = isr = vectorBase = lowest = 0;
    icwStep = READY;
    readIsr = poll = specialMask = autoEoi = rotateOnAutoEoi = specialNested = icw4Follows = single = false;
  }

  int readByte(int a0) {
    if (poll) {
      poll = false;
      int irq = pending();
      if (irq == NONE) {
        return 0;
      }
      acknowledge(irq);
      return 0x80 | irq;
    }
    return a0 == 1 ? imr : readIsr ? isr : irr;
  }

  void writeByte(int a0, int value) {
    if (a0 == 1) {
      writeData(value);
    } else if ((value & ICW1) != 0) {
      initialize();
      icwStep = WANT_ICW2;
      icw4Follows = (value & ICW1_IC4) != 0;
      single = (value & ICW1_SNGL) != 0;
    } else if ((value & OCW3) != 0) {
      writeOcw3(value);
    } else {
      writeOcw2(value >>> 5, value & 7);
    }
  }

  private void writeData(int value) {
    switch (icwStep) {
      case WANT_ICW2 -> {
        vectorBase = value & 0xF8;
        icwStep = !single ? WANT_ICW3 : icw4Follows ? WANT_ICW4 : READY;
      }
      case WANT_ICW3 -> icwStep = icw4Follows ? WANT_ICW4 : READY;
      case WANT_ICW4 -> {
        specialNested = (value & ICW4_SFNM) != 0;
        autoEoi = (value & ICW4_AEOI) != 0;
        icwStep = READY;
      }
      default -> imr = value;
    }
  }

  private void writeOcw2(int command, int level) {
    switch (command) {
      case 0b000, 0b100 -> rotateOnAutoEoi = command == 0b100;
      case 0b001, 0b101 -> {
        int irq = highest(isr);
        if (irq != NONE) {
          endOfInterrupt(irq, command == 0b101);
        }
      }
      case 0b011, 0b111 -> endOfInterrupt(level, command == 0b111);
      case 0b110 -> lowest = level + 1 & 7;
      default -> { }
    }
  }

  private void writeOcw3(int value) {
    poll = poll || (value & OCW3_POLL) != 0;
    if ((value & OCW3_RR) != 0) {
      readIsr = (value & OCW3_RIS) != 0;
    }
    if ((value & OCW3_ESMM) != 0) {
      specialMask = (value & OCW3_SMM) != 0;
    }
  }

  int elcr() {
    return elcr;
  }

  void elcr(int value) {
    elcr = value & elcrMask;
  }

  void state(StateIo io, String prefix) {
    irr = io.u8(prefix + "irr", irr);
    isr = io.u8(prefix + "isr", isr);
    imr = io.u8(prefix + "imr", imr);
    elcr = io.u8(prefix + "elcr", elcr);
    wires = io.u8(prefix + "wires", wires);
    vectorBase = io.u8(prefix + "irq-base", vectorBase);
    lowest = io.within(prefix + "priority-add", lowest, 0, 7);
    icwStep = io.within(prefix + "init-state", icwStep, READY, WANT_ICW4);
    readIsr = io.bool(prefix + "read-isr", readIsr);
    poll = io.bool(prefix + "poll", poll);
    specialMask = io.bool(prefix + "special-mask", specialMask);
    autoEoi = io.bool(prefix + "auto-eoi", autoEoi);
    rotateOnAutoEoi = io.bool(prefix + "rotate-on-auto-eoi", rotateOnAutoEoi);
    specialNested = io.bool(prefix + "special-fully-nested-mode", specialNested);
    icw4Follows = io.bool(prefix + "init4", icw4Follows);
    single = io.bool(prefix + "single-mode", single);
  }

  void wire(int irq, boolean level) {
    int bit = 1 << irq;
    if (!level) {
      wires &= ~bit;
      if (levelTriggered(irq)) {
        irr &= ~bit;
      }
    } else {
      if (levelTriggered(irq) || (wires & bit) == 0) {
        irr |= bit;
      }
      wires |= bit;
    }
  }

  private boolean levelTriggered(int irq) {
    return (elcr >>> irq & 1) != 0;
  }

  /// The request that INT stands for, or a negative number.
  int pending() {
    int request = highest(irr & ~imr);
    if (request == NONE) {
      return NONE;
    }
    int inService = isr;
    if (specialMask) {
      inService &= ~imr;
    }
    if (specialNested && master) {
      inService &= ~CASCADE;
    }
    int serving = highest(inService);
    return serving == NONE || rank(request) < rank(serving) ? request : NONE;
  }

  /// INTA. The caller has seen `irq` pending.
  void acknowledge(int irq) {
    if (autoEoi) {
      if (rotateOnAutoEoi) {
        lowest = irq + 1 & 7;
      }
    } else {
      isr |= 1 << irq;
    }
    if (!levelTriggered(irq)) {
      irr &= ~(1 << irq);
    }
  }

  int vector(int irq) {
    return vectorBase + irq;
  }

  private void endOfInterrupt(int irq, boolean rotate) {
    isr &= ~(1 << irq);
    if (rotate) {
      lowest = irq + 1 & 7;
    }
  }

  /// Distance from the input that has the highest priority now.
  private int rank(int irq) {
    return irq - lowest & 7;
  }

  private int highest(int set) {
    if (set == 0) {
      return NONE;
    }
    int rotated = (set >>> lowest | set << 8 - lowest) & 0xFF;
    return Integer.numberOfTrailingZeros(rotated) + lowest & 7;
  }

  /// One line of QEMU's `info pic`.
  String describe() {
    return "irr=%02x imr=%02x isr=%02x hprio=%d irq_base=%02x rr_sel=%d elcr=%02x fnm=%d"
        .formatted(irr, imr, isr, lowest, vectorBase, readIsr ? 1 : 0, elcr, specialNested ? 1 : 0);
  }
}
