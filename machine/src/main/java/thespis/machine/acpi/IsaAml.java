package thespis.machine.acpi;

import static thespis.machine.acpi.Aml.*;

/// The devices behind the ISA bridge: one method each. Identifiers from "Plug and Play ID" lists, resources as the
/// chips decode them; QEMU 7.2's DSDT shows names and order.
public final class IsaAml {
  private static final int PRESENT = 0x0F;

  /// Base, interrupt of COM1 to COM4.
  private static final int[][] SERIAL = {{0x3F8, 4}, {0x2F8, 3}, {0x3E8, 4}, {0x2E8, 3}};

  private static final int[][] PARALLEL = {{0x378, 7}, {0x278, 7}, {0x3BC, 7}};

  private IsaAml() {}

  public static Aml keyboard() {
    return device("KBD",
        name("_HID", eisaId("PNP0303")),
        name("_STA", PRESENT),
        name("_CRS", Resources.template().io(0x60, 1, 1).io(0x64, 1, 1).irqNoFlags(1).build()));
  }

  public static Aml mouse() {
    return device("MOU",
        name("_HID", eisaId("PNP0F13")),
        name("_STA", PRESENT),
        name("_CRS", Resources.template().irqNoFlags(12).build()));
  }

  /// A floppy disk controller without drives. The last word of `_FDE` says that there is no tape, as far as is known.
  public static Aml floppyController() {
    byte[] drives = new byte[20];
    drives[16] = 2;
    return device("FDC0",
        name("_HID", eisaId("PNP0700")),
        name("_CRS", Resources.template().io(0x3F2, 0, 4).io(0x3F7, 0, 1).irqNoFlags(6).dma(2).build()),
        name("_FDE", buffer(drives)));
  }

  /// @param number from 1
  public static Aml parallelPort(int number) {
    int[] port = PARALLEL[number - 1];
    return device("LPT" + number,
        name("_HID", eisaId("PNP0400")),
        name("_UID", number),
        name("_STA", PRESENT),
        name("_CRS", Resources.template().io(port[0], 8, 8).irqNoFlags(port[1]).build()));
  }

  /// @param number from 1
  public static Aml serialPort(int number) {
    int[] port = SERIAL[number - 1];
    return device("COM" + number,
        name("_HID", eisaId("PNP0501")),
        name("_UID", number),
        name("_STA", PRESENT),
        name("_CRS", Resources.template().io(port[0], 0, 8).irqNoFlags(port[1]).build()));
  }

  public static Aml realTimeClock() {
    return device("RTC",
        name("_HID", eisaId("PNP0B00")),
        name("_CRS", Resources.template().io(0x70, 1, 8).irqNoFlags(8).build()));
  }
}
