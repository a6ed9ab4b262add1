package thespis.machine.acpi;

import static thespis.machine.acpi.Aml.*;

import java.util.ArrayList;
import java.util.List;

/// PCI hotplug by ACPI, and the slots it serves. ACPI 6.5 "Device Insertion, Removal, and Status Objects"; PCI Firmware
/// Specification 3.3 "_DSM Definitions for PCI". Methods and registers are QEMU 7.2's, as its DSDT shows them: a bus
/// with hotplug has a number BSEL, events are bit masks of slots.
final class PciHotplugAml {
  static final int LENGTH = 0x18;
  private static final int EJECT = 0x08;
  private static final int BUS_NUMBER = 0x10;
  private static final int DEVICE_CHECK = 1;
  private static final int EJECT_REQUEST = 3;
  private static final String LABELING_INTERFACE = "e5c937d0-3553-4d7a-9117-ea4d19c3434d";
  private static final int LABEL_FUNCTION = 7;

  private PciHotplugAml() {}

  /// The registers and the methods that use them, for the host bridge.
  static Aml registers(int base) {
    return scope("_SB.PCI0",
        operationRegion("PCST", Space.SYSTEM_IO, base, 8),
        field("PCST", Access.DWORD, Update.WRITE_AS_ZEROS, bits("PCIU", 32), bits("PCID", 32)),
        operationRegion("SEJ", Space.SYSTEM_IO, base + EJECT, 4),
        field("SEJ", Access.DWORD, Update.WRITE_AS_ZEROS, bits("B0EJ", 32)),
        operationRegion("BNMR", Space.SYSTEM_IO, base + BUS_NUMBER, 8),
        field("BNMR", Access.DWORD, Update.WRITE_AS_ZEROS, bits("BNUM", 32), bits("PIDX", 32)),
        mutex("BLCK"),
        method("PCEJ", 2,
            acquire("BLCK"),
            store(arg(0), ref("BNUM")),
            store(shiftLeft(integer(1), arg(1)), ref("B0EJ")),
            release("BLCK"),
            giveBack(integer(0))),
        method("AIDX", 2,
            acquire("BLCK"),
            store(arg(0), ref("BNUM")),
            store(shiftLeft(integer(1), arg(1)), ref("PIDX")),
            store(ref("PIDX"), local(0)),
            release("BLCK"),
            giveBack(local(0))),
        label());
  }

  /// The acpi-index of a device, for the OS to name it by. Arguments as of `_DSM`, then a package of bus and slot.
  private static Aml label() {
    Aml answer = local(0);
    Aml functions = local(1);
    Aml acpiIndex = local(2);
    Aml ask = store(
        call("AIDX", derefOf(index(arg(4), integer(0))), derefOf(index(arg(4), integer(1)))), acpiIndex);
    Aml none = lEqual(acpiIndex, integer(0));
    Aml notThere = lEqual(acpiIndex, integer(0xFFFF_FFFFL));
    return serialized("PDSM", 5,
        ifThen(lEqual(arg(2), integer(0)),
            store(buffer((byte) 0), answer),
            store(integer(0), functions),
            ifThen(lNot(lEqual(arg(0), uuid(LABELING_INTERFACE))), giveBack(answer)),
            ifThen(lLess(arg(1), integer(2)), giveBack(answer)),
            ask,
            ifThen(lNot(or(none, notThere)),
                or(functions, integer(1), functions),
                or(functions, shiftLeft(integer(1), integer(LABEL_FUNCTION)), functions)),
            store(functions, index(answer, integer(0))),
            giveBack(answer)),
        ifThen(lEqual(arg(2), integer(LABEL_FUNCTION)),
            ask,
            store(sizedPackage(2), answer),
            ifThen(lNot(lOr(none, notThere)),
                store(acpiIndex, index(answer, integer(0))),
                store(string(""), index(answer, integer(1)))),
            giveBack(answer)));
  }

  /// Where the registers are taken, for the OS to keep off.
  static Aml resources(int base) {
    return Dsdt.reserved("PHPR", "PCI Hotplug resources", base, LENGTH);
  }

  /// What the host bridge does about a hotplug event.
  static Aml event() {
    return scope("_GPE",
        method("_E01", 0,
            acquire("\\_SB.PCI0.BLCK"),
            call("\\_SB.PCI0.PCNT"),
            release("\\_SB.PCI0.BLCK")));
  }

  /// The devices and free slots of a bus, and the method that passes events to them.
  static Aml bus(PciBusAml bus) {
    boolean hotplug = bus.hotplugNumber() != PciBusAml.NO_HOTPLUG;
    List<Aml> terms = new ArrayList<>();
    List<Aml> notices = new ArrayList<>();
    List<Aml> count = new ArrayList<>();
    if (hotplug) {
      terms.add(name("BSEL", bus.hotplugNumber()));
    }
    for (PciBusAml.Slot slot : bus.slots()) {
      terms.add(describe(slot, hotplug));
      if (slot.hotpluggable()) {
        notices.add(ifThen(and(arg(0), integer(1L << slot.number())), tell(ref(slot.name()), arg(1))));
      }
    }
    if (hotplug) {
      terms.add(method("DVNT", 2, all(notices)));
      count.add(store(integer(bus.hotplugNumber()), ref("BNUM")));
      count.add(call("DVNT", ref("PCIU"), integer(DEVICE_CHECK)));
      count.add(call("DVNT", ref("PCID"), integer(EJECT_REQUEST)));
    }
    for (PciBusAml.Slot slot : bus.slots().reversed()) {
      if (slot.behind() != null) {
        count.add(call("^" + slot.name() + ".PCNT"));
      }
    }
    terms.add(method("PCNT", 0, all(count)));
    return all(terms);
  }

  private static Aml describe(PciBusAml.Slot slot, boolean hotplug) {
    List<Aml> terms = new ArrayList<>();
    terms.add(name("_ADR", slot.number() << 16 | slot.function()));
    if (hotplug) {
      terms.add(name("ASUN", slot.number()));
      terms.add(serialized("_DSM", 4,
          store(pack(ref("BSEL"), ref("ASUN")), local(0)),
          giveBack(call("PDSM", arg(0), arg(1), arg(2), arg(3), local(0)))));
    }
    terms.add(slot.own());
    if (slot.behind() != null) {
      terms.add(bus(slot.behind()));
    }
    if (slot.hotpluggable()) {
      terms.add(name("_SUN", slot.number()));
      terms.add(method("_EJ0", 1, call("PCEJ", ref("BSEL"), ref("_SUN"))));
    }
    return device(slot.name(), terms.toArray(Aml[]::new));
  }
}
