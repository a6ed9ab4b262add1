package thespis.machine.board;

import thespis.machine.bus.GuestMemory;
import thespis.machine.device.timer.Mc146818Rtc;

/// What QEMU's PCs leave in the CMOS RAM for their firmware, read from QEMU 7.2 at 8 MiB, 128 MiB and 5 GiB. Offsets are
/// those of Ralf Brown's "CMOS memory map" and QEMU's own at 0x34, 0x5B and 0x5F.
final class Cmos {
  private static final int SHUTDOWN_STATUS = 0x0F;
  private static final int RESUMES = 0xFE;
  private static final int EQUIPMENT = 0x14;
  private static final int FPU_AND_MOUSE = 0x06;
  private static final int BASE_KIB = 0x15;
  private static final int EXTENDED_KIB = 0x17;
  private static final int EXTENDED_KIB_POST = 0x30;
  private static final int ABOVE_16_MIB = 0x34;
  private static final int BOOT_ORDER_HIGH = 0x38;
  private static final int BOOT_ORDER = 0x3D;
  private static final int ABOVE_4_GIB = 0x5B;
  private static final int CPUS_LESS_ONE = 0x5F;
  private static final long MIB = 1 << 20;

  private Cmos() {}

  static void fill(Mc146818Rtc rtc, GuestMemory memory) {
    long below = memory.below4g();
    rtc.setByte(EQUIPMENT, FPU_AND_MOUSE);
    put16(rtc, BASE_KIB, 640);
    put16(rtc, EXTENDED_KIB, Math.min(0xFFFF, below - MIB >>> 10));
    put16(rtc, EXTENDED_KIB_POST, Math.min(0xFFFF, below - MIB >>> 10));
    put16(rtc, ABOVE_16_MIB, Math.min(0xFFFF, Math.max(0, below - 16 * MIB) >>> 16));
    put16(rtc, ABOVE_4_GIB, memory.above4g() >>> 16);
    rtc.setByte(ABOVE_4_GIB + 2, (int) (memory.above4g() >>> 32) & 0xFF);
  }

  /// In which order drives are booted from: two of them at one place, the third at another beside the wish not to look at
  /// floppy disks' signatures.
  static void boot(Mc146818Rtc rtc, String drives, boolean floppyCheck) {
    int codes = BootChoice.codes(drives);
    rtc.setByte(BOOT_ORDER, codes & 0xFF);
    rtc.setByte(BOOT_ORDER_HIGH, codes >>> 4 & 0xF0 | (floppyCheck ? 0 : 1));
  }

  /// 0 when the number does not fit.
  static void cpus(Mc146818Rtc rtc, int present) {
    rtc.setByte(CPUS_LESS_ONE, present > 255 ? 0 : present - 1);
  }

  /// "Shutdown status" on the way out of state S3, until firmware, or who stands in for it, has seen it.
  static void wakes(Mc146818Rtc rtc, boolean firmware) {
    rtc.setByte(SHUTDOWN_STATUS, firmware ? RESUMES : 0);
  }

  private static void put16(Mc146818Rtc rtc, int at, long value) {
    rtc.setByte(at, (int) value & 0xFF);
    rtc.setByte(at + 1, (int) (value >>> 8) & 0xFF);
  }
}
