package thespis.machine.device.timer;

import thespis.cpu.state.StateIo;

/// One counter of the 8254. Times are absolute CLK ticks; the count is a function of the ticks since it was loaded.
///
/// Simplified as in QEMU: a new count takes effect when it is written, in modes 2 and 3 too (the data sheet waits for
/// the end of the present cycle); modes 1 and 5 start with it, without waiting for a trigger; GATE low stops nothing.
final class PitCounter {
  static final long NEVER = Long.MAX_VALUE;

  private static final int LATCH = 0, LSB = 1, MSB = 2, WORD = 3;
  private static final int NULL_COUNT = 0x40;

  /// Access, mode and BCD bits as written in the control word.
  private int control;
  /// Count register in ticks, 1 to 0x10000 (10000 in BCD).
  private int reload;
  private long start;
  private boolean gate, nullCount;
  /// Next byte of a two-byte access is the high one.
  private boolean readHigh, writeHigh;
  private int writeLow;
  /// Bytes of the latched count that are still to be read (LSB, MSB, WORD), and the latched status.
  private int latched, latchedCount;
  private boolean statusLatched;
  private int status;

  void reset(boolean gateLevel, long now) {
    control = WORD << 4 | 3 << 1;
    gate = gateLevel;
    nullCount = readHigh = writeHigh = statusLatched = false;
    latched = 0;
    load(0, now);
  }

  boolean gate() {
    return gate;
  }

  /// "Mode Definitions": a rising edge triggers modes 1 and 5, and starts modes 2 and 3 anew.
  void gate(boolean level, long now) {
    if (level && !gate && (mode() & 3) != 0 && mode() != 4) {
      start = now;
    }
    gate = level;
  }

  int read(long now) {
    if (statusLatched) {
      statusLatched = false;
      return status;
    }
    if (latched != 0) {
      return readLatched();
    }
    int count = count(now);
    boolean high = access() == MSB || access() == WORD && readHigh;
    if (access() == WORD) {
      readHigh = !readHigh;
    }
    return (high ? count >>> 8 : count) & 0xFF;
  }

  private int readLatched() {
    boolean high = latched == MSB;
    latched = latched == WORD ? MSB : 0;
    return (high ? latchedCount >>> 8 : latchedCount) & 0xFF;
  }

  /// True when a whole count was written.
  boolean write(int value, long now) {
    switch (access()) {
      case LSB -> load(value, now);
      case MSB -> load(value << 8, now);
      default -> {
        writeHigh = !writeHigh;
        if (writeHigh) {
          writeLow = value;
          return false;
        }
        load(value << 8 | writeLow, now);
      }
    }
    return true;
  }

  /// A control word without its counter select bits. True if it programs the counter.
  boolean control(int word, long now) {
    if (word >>> 4 == LATCH) {
      latchCount(now);
      return false;
    }
    control = word;
    nullCount = true;
    readHigh = writeHigh = false;
    return true;
  }

  void readBack(boolean count, boolean wantStatus, long now) {
    if (wantStatus && !statusLatched) {
      status = (out(now) ? 0x80 : 0) | (nullCount ? NULL_COUNT : 0) | control;
      statusLatched = true;
    }
    if (count) {
      latchCount(now);
    }
  }

  private void latchCount(long now) {
    if (latched == 0) {
      latchedCount = count(now);
      latched = access();
    }
  }

  void state(StateIo io, String prefix) {
    control = io.within(prefix + "control", control, 0, 0x3F);
    reload = io.within(prefix + "count", reload, 1, 0x10000);
    start = io.u64(prefix + "start", start);
    gate = io.bool(prefix + "gate", gate);
    nullCount = io.bool(prefix + "null-count", nullCount);
    readHigh = io.bool(prefix + "read-high", readHigh);
    writeHigh = io.bool(prefix + "write-high", writeHigh);
    writeLow = io.u8(prefix + "write-low", writeLow);
    latched = io.u8(prefix + "latched", latched);
    latchedCount = io.u16(prefix + "latched-count", latchedCount);
    statusLatched = io.bool(prefix + "status-latched", statusLatched);
    status = io.u8(prefix + "status", status);
  }

  private int access() {
    return control >>> 4;
  }

  /// Modes 6 and 7 are 2 and 3.
  private int mode() {
    int mode = control >>> 1 & 7;
    return mode > 5 ? mode - 4 : mode;
  }

  private boolean bcd() {
    return (control & 1) != 0;
  }

  private int modulus() {
    return bcd() ? 10000 : 0x10000;
  }

  private void load(int raw, long now) {
    int ticks = bcd() ? fromBcd(raw) : raw;
    reload = ticks == 0 ? modulus() : ticks;
    start = now;
    nullCount = false;
  }

  private int count(long now) {
    long passed = now - start;
    long value = switch (mode()) {
      case 2 -> reload - passed % reload;
      case 3 -> reload - 2 * passed % reload;
      default -> Math.floorMod(reload - passed, (long) modulus());
    };
    int count = (int) (value % modulus());
    return bcd() ? toBcd(count) : count;
  }

  /// The OUT pin.
  boolean out(long now) {
    if (nullCount) {
      return mode() != 0;
    }
    long passed = now - start;
    return switch (mode()) {
      case 0 -> passed >= reload;
      case 1 -> passed >= reload;
      case 2 -> passed == 0 || passed % reload != reload - 1;
      case 3 -> passed % reload < reload + 1 >> 1;
      default -> passed != reload;
    };
  }

  /// The first tick after `now` at which OUT rises, or {@link #NEVER}. A strobe (modes 4 and 5) is one CLK long.
  long nextRise(long now) {
    if (nullCount) {
      return NEVER;
    }
    long passed = now - start;
    return switch (mode()) {
      case 0, 1 -> passed < reload ? start + reload : NEVER;
      case 2, 3 -> start + (passed / reload + 1) * reload;
      default -> passed <= reload ? start + reload + 1 : NEVER;
    };
  }

  private static int fromBcd(int raw) {
    return (raw >>> 12) * 1000 + (raw >>> 8 & 0xF) * 100 + (raw >>> 4 & 0xF) * 10 + (raw & 0xF);
  }

  private static int toBcd(int value) {
    return value / 1000 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
  }
}
