package thespis.machine.acpi;

import static thespis.machine.acpi.Aml.*;

import java.util.ArrayList;
import java.util.List;

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

  /// ACPI 6.5 "Floppy Controller Device Objects". The last word of `_FDE` says that nothing is known of a tape.
  ///
  /// @param drives how many 2.88 MB drives there are, 0 to 2
  public static Aml floppyController(int drives) {
    byte[] enumeration = new byte[20];
    enumeration[16] = 2;
    List<Aml> terms = new ArrayList<>();
    terms.add(name("_HID", eisaId("PNP0700")));
    terms.add(name("_CRS", Resources.template().io(0x3F2, 0, 4).io(0x3F7, 0, 1).irqNoFlags(6).dma(2).build()));
    for (int drive = 0; drive < drives; drive++) {
      enumeration[4 * drive] = 1;
      terms.add(floppyDrive(drive));
    }
    terms.add(name("_FDE", buffer(enumeration)));
    return device("FDC0", terms.toArray(Aml[]::new));
  }

  /// `_FDI`: INT 13h's drive parameters.
  private static Aml floppyDrive(int drive) {
    int[] parameters = {5, 79, 48, 1, 0xAF, 0x02, 0x25, 2, 18, 0x1B, 0xFF, 0x6C, 0xF6, 0x0F, 0x08};
    List<Aml> all = new ArrayList<>();
    all.add(integer(drive));
    for (int parameter : parameters) {
      all.add(integer(parameter));
    }
    return device("FLP" + (char) ('A' + drive), name("_ADR", drive), name("_FDI", pack(all)));
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
