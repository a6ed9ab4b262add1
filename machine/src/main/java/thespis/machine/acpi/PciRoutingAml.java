package thespis.machine.acpi;

import static thespis.machine.acpi.Aml.*;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// How PCI interrupts reach the interrupt controllers. ACPI 6.5 "_PRT (PCI Routing Table)"; PCI interrupt link devices
/// stand for the chip set's route control registers. As QEMU 7.2 has it.
final class PciRoutingAml {
  private static final int SLOTS = 32;
  private static final int PINS = 4;
  private static final int ALL_FUNCTIONS = 0xFFFF;
  private static final int[] LINK_IRQS = {5, 10, 11};
  private static final int DISABLED = 0x80;

  /// Present, enabled and shown, or present and off. ACPI 6.5 "_STA (Device Status)".
  private static final int ON = 0x0B;

  private static final int OFF = 0x09;

  /// Number of an extended interrupt descriptor's first line within the descriptor.
  private static final int LINE = 5;

  /// Lines 16 to 23 of the I/O APIC, one for each wire E-H and A-D of Q35.
  private static final int FIRST_PCI_GSI = 16;

  private PciRoutingAml() {}

  // ---- i440FX: four wires, turning with the slot; the power management function has the SCI

  static Aml piix() {
    return scope("_SB",
        scope("PCI0", method("_PRT", 0, piixTable())),
        linkStatus(),
        serialized("IQCR", 1,
            name("PRR0", Resources.template().interrupt(0).build()),
            createDWordField(ref("PRR0"), LINE, "PRRI"),
            ifThen(lLess(arg(0), integer(DISABLED)), store(arg(0), ref("PRRI"))),
            giveBack(ref("PRR0"))),
        link("LNKA", 0, "PRQ0"),
        link("LNKB", 1, "PRQ1"),
        link("LNKC", 2, "PRQ2"),
        link("LNKD", 3, "PRQ3"),
        device("LNKS",
            name("_HID", eisaId("PNP0C0F")),
            name("_UID", 4),
            name("_PRS", Resources.template().interrupt(Chipset.SCI).build()),
            method("_STA", 0, giveBack(integer(ON))),
            method("_DIS", 0),
            method("_CRS", 0, giveBack(ref("_PRS"))),
            method("_SRS", 1)));
  }

  /// Builds the table when asked for it: Local1 counts slots and pins together.
  private static Aml piixTable() {
    Aml table = local(0);
    Aml pin = local(1);
    Aml slot = local(2);
    Aml wire = local(3);
    Aml route = local(4);
    int powerManagementPin = 1 << 2;
    return all(
        store(sizedPackage(SLOTS * PINS), table),
        store(integer(0), pin),
        whileTrue(lLess(pin, integer(SLOTS * PINS)),
            store(shiftRight(pin, integer(2)), slot),
            store(and(add(pin, slot), integer(3)), wire),
            ifThen(lEqual(wire, integer(0)), routeTo(route, "LNKD")),
            ifThen(lEqual(wire, integer(1)),
                ifThen(lEqual(pin, integer(powerManagementPin)), routeTo(route, "LNKS")),
                orElse(routeTo(route, "LNKA"))),
            ifThen(lEqual(wire, integer(2)), routeTo(route, "LNKB")),
            ifThen(lEqual(wire, integer(3)), routeTo(route, "LNKC")),
            store(or(shiftLeft(slot, integer(16)), integer(ALL_FUNCTIONS)), index(route, integer(0))),
            store(and(pin, integer(3)), index(route, integer(1))),
            store(route, index(table, pin)),
            increment(pin)),
        giveBack(table));
  }

  private static Aml routeTo(Aml route, String link) {
    return store(pack(integer(0), integer(0), ref(link), integer(0)), route);
  }

  // ---- Q35: eight wires, and lines of their own on the I/O APIC

  /// Which interrupt controller the OS has chosen.
  static Aml interruptModel() {
    return all(name("PICF", 0), method("_PIC", 1, store(arg(0), ref("PICF"))));
  }

  static Aml ich9() {
    List<Aml> terms = new ArrayList<>();
    terms.add(scope("PCI0",
        name("PRTP", ich9Table("LNK")),
        name("PRTA", ich9Table("GSI")),
        method("_PRT", 0,
            ifThen(lEqual(ref("PICF"), integer(0)), giveBack(ref("PRTP"))),
            orElse(giveBack(ref("PRTA"))))));
    terms.add(linkStatus());
    terms.add(serialized("IQCR", 1,
        name("PRR0", Resources.template().interrupt(0).build()),
        createDWordField(ref("PRR0"), LINE, "PRRI"),
        store(and(arg(0), integer(0x0F)), ref("PRRI")),
        giveBack(ref("PRR0"))));
    for (int wire = 0; wire < 8; wire++) {
      terms.add(link("LNK" + letter(wire), wire, "PRQ" + letter(wire)));
    }
    for (int wire = 0; wire < 8; wire++) {
      terms.add(fixedLink("GSI" + letter(wire), FIRST_PCI_GSI + wire));
    }
    return scope("_SB", terms.toArray(Aml[]::new));
  }

  private static Aml ich9Table(String links) {
    return pack(IntStream.range(0, SLOTS * PINS)
        .mapToObj(i -> pack(
            integer((long) i / PINS << 16 | ALL_FUNCTIONS),
            integer(i % PINS),
            ref(links + letter(ich9Wire(i / PINS, i % PINS))),
            integer(0)))
        .toList());
  }

  /// Slots 0-24 turn through wires E-H; 25-29 and 31 are on A-D, as the ICH9's own functions are; 30 starts at E.
  static int ich9Wire(int slot, int pin) {
    if (slot < 25) {
      return 4 + (slot + pin) % 4;
    }
    return slot == 30 ? 4 + pin : pin;
  }

  private static char letter(int wire) {
    return (char) ('A' + wire);
  }

  // ---- link devices

  private static Aml linkStatus() {
    return method("IQST", 1,
        ifThen(and(integer(DISABLED), arg(0)), giveBack(integer(OFF))),
        giveBack(integer(ON)));
  }

  private static Aml link(String path, int uid, String register) {
    return device(path,
        name("_HID", eisaId("PNP0C0F")),
        name("_UID", uid),
        name("_PRS", Resources.template().interrupt(LINK_IRQS).build()),
        method("_STA", 0, giveBack(call("IQST", ref(register)))),
        method("_DIS", 0, or(ref(register), integer(DISABLED), ref(register))),
        method("_CRS", 0, giveBack(call("IQCR", ref(register)))),
        method("_SRS", 1,
            createDWordField(arg(0), LINE, "PRRI"),
            store(ref("PRRI"), ref(register))));
  }

  private static Aml fixedLink(String path, int gsi) {
    Aml line = Resources.template().interrupt(gsi).build();
    return device(path,
        name("_HID", eisaId("PNP0C0F")),
        name("_UID", gsi),
        name("_PRS", line),
        name("_CRS", line),
        method("_DIS", 0),
        method("_SRS", 1));
  }
}
