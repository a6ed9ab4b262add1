package thespis.machine.acpi;

import static thespis.machine.acpi.Aml.*;

import java.util.ArrayList;
import java.util.List;

/// The machine as an OS finds it without probing. ACPI 6.5 "Differentiated System Description Table (DSDT)". Parts and
/// order as in QEMU 7.2's, so that the bytes compare equal.
final class Dsdt {
  private static final int PRESENT_HIDDEN = 0x0B;
  private static final int HPET_LENGTH = 0x400;

  private Dsdt() {}

  static byte[] build(AcpiMachine machine) {
    Chipset chipset = machine.chipset();
    CpuHotplugAml cpus = new CpuHotplugAml(chipset, machine.processors(), machine.smi());
    List<Aml> terms = new ArrayList<>();
    terms.add(debugPort());
    switch (chipset) {
      case PC -> {
        terms.add(scope("_SB", i440fx()));
        terms.add(PciHotplugAml.registers(chipset.pciHotplug));
        terms.add(PciRoutingAml.piix());
      }
      case Q35 -> {
        terms.add(scope("_SB", mch(), mmConfig(), cpus.smiCommand()));
        terms.add(PciHotplugAml.registers(chipset.pciHotplug));
        terms.add(PciRoutingAml.interruptModel());
        terms.add(PciRoutingAml.ich9());
      }
    }
    if (machine.hpet()) {
      terms.add(scope("_SB", hpet()));
    }
    terms.add(scope("_GPE", name("_HID", "ACPI0006")));
    terms.add(cpus.devices());
    terms.add(cpus.scan());
    terms.add(scope("\\_SB.PCI0",
        name("_CRS", windows(machine)),
        reserved("GPE0", "GPE0 resources", machine.gpe(), chipset.gpeLength),
        PciHotplugAml.resources(chipset.pciHotplug)));
    terms.add(sleepStates(machine.sleep()));
    terms.add(scope("\\_SB.PCI0", firmwareConfig()));
    terms.add(scope("\\_SB", scope("PCI0", PciHotplugAml.bus(machine.pci()))));
    terms.add(PciHotplugAml.event());
    return Table.of("DSDT", 1).put(all(terms).bytes()).build();
  }

  /// A method that writes a number to the firmware's debug console.
  private static Aml debugPort() {
    Aml text = local(0);
    Aml length = local(1);
    Aml at = local(2);
    return scope("\\",
        operationRegion("DBG", Space.SYSTEM_IO, 0x402, 1),
        field("DBG", Access.BYTE, Update.PRESERVE, bits("DBGB", 8)),
        method("DBUG", 1,
            toHexString(arg(0), text),
            toBuffer(text, text),
            subtract(sizeOf(text), integer(1), length),
            store(integer(0), at),
            whileTrue(lLess(at, length),
                store(derefOf(index(text, at)), ref("DBGB")),
                increment(at)),
            store(integer('\n'), ref("DBGB"))));
  }

  private static Aml i440fx() {
    return device("PCI0", name("_HID", eisaId("PNP0A03")), name("_ADR", 0), name("_UID", 0));
  }

  private static Aml mch() {
    return device("PCI0",
        name("_HID", eisaId("PNP0A08")),
        name("_CID", eisaId("PNP0A03")),
        name("_ADR", 0),
        name("_UID", 0),
        operatingSystemCapabilities());
  }

  /// PCI Firmware Specification 3.3 "_OSC Interface for PCI Host Bridge Devices". Refused is only native hot plug: ACPI
  /// does that.
  private static Aml operatingSystemCapabilities() {
    Aml status = ref("CDW1");
    Aml control = ref("CDW3");
    Aml granted = local(0);
    return method("_OSC", 4,
        createDWordField(arg(3), 0, "CDW1"),
        ifThen(lEqual(arg(0), uuid("33db4d5b-1ff7-401c-9657-7441c03dd766")),
            createDWordField(arg(3), 4, "CDW2"),
            createDWordField(arg(3), 8, "CDW3"),
            store(control, granted),
            and(granted, integer(0x1E), granted),
            ifThen(lNot(lEqual(arg(1), integer(1))), or(status, integer(0x08), status)),
            ifThen(lNot(lEqual(control, granted)), or(status, integer(0x10), status)),
            store(granted, control)),
        orElse(or(status, integer(0x04), status)),
        giveBack(arg(3)));
  }

  /// Keeps an OS from putting anything where configuration space is.
  private static Aml mmConfig() {
    return device("DRAC",
        name("_HID", "PNP0C01"),
        name("_CRS", Resources.template()
            .dWordMemory(false, Chipset.MMCONFIG, Chipset.MMCONFIG + Chipset.MMCONFIG_SIZE - 1)
            .build()));
  }

  /// Absent if its identification does not read as a plausible clock. "IA-PC HPET Specification", "General
  /// Capabilities and ID Register".
  private static Aml hpet() {
    Aml vendor = local(0);
    Aml period = local(1);
    return device("HPET",
        name("_HID", eisaId("PNP0103")),
        name("_UID", 0),
        operationRegion("HPTM", Space.SYSTEM_MEMORY, Chipset.HPET, HPET_LENGTH),
        lockedField("HPTM", Access.DWORD, Update.PRESERVE, bits("VEND", 32), bits("PRD", 32)),
        method("_STA", 0,
            store(ref("VEND"), vendor),
            store(ref("PRD"), period),
            shiftRight(vendor, integer(16), vendor),
            ifThen(lOr(lEqual(vendor, integer(0)), lEqual(vendor, integer(0xFFFF))), giveBack(integer(0))),
            ifThen(lOr(lEqual(period, integer(0)), lGreater(period, integer(100_000_000))), giveBack(integer(0))),
            giveBack(integer(0x0F))),
        name("_CRS", Resources.template().memory32Fixed(Chipset.HPET, HPET_LENGTH).build()));
  }

  /// What the host bridge passes on to its bus.
  private static Aml windows(AcpiMachine machine) {
    Resources windows = Resources.template()
        .wordBusNumber(0, 0xFF)
        .io(0xCF8, 1, 8)
        .wordIo(0, 0xCF7)
        .wordIo(0xD00, 0xFFFF)
        .dWordMemory(true, 0xA0000, 0xBFFFF);
    switch (machine.chipset()) {
      case PC -> windows.dWordMemory(false, machine.lowRamEnd(), Madt.IO_APIC - 1);
      case Q35 -> windows
          .dWordMemory(false, machine.lowRamEnd(), Chipset.MMCONFIG - 1)
          .dWordMemory(false, Chipset.MMCONFIG + Chipset.MMCONFIG_SIZE, Madt.IO_APIC - 1);
    }
    long hole = machine.highHole();
    return windows.qWordMemory(true, hole, hole + machine.chipset().hole64 - 1).build();
  }

  /// Values for SLP_TYP. ACPI 6.5 "\_Sx (System States)".
  private static Aml sleepStates(SleepStates states) {
    return scope("\\",
        states.s3() ? sleepState("_S3", 1) : all(),
        states.s4() ? sleepState("_S4", states.s4Type()) : all(),
        sleepState("_S5", 0));
  }

  private static Aml sleepState(String state, int type) {
    return name(state, pack(integer(type), integer(type), integer(0), integer(0)));
  }

  private static Aml firmwareConfig() {
    return device("FWCF",
        name("_HID", "QEMU0002"),
        name("_STA", PRESENT_HIDDEN),
        name("_CRS", Resources.template().io(Chipset.FW_CFG, 1, 12).build()));
  }

  /// Ports that belong to the chip set.
  static Aml reserved(String path, String uid, int base, int length) {
    return device(path,
        name("_HID", "PNP0A06"),
        name("_UID", uid),
        name("_STA", PRESENT_HIDDEN),
        name("_CRS", Resources.template().io(base, 1, length).build()));
  }
}
