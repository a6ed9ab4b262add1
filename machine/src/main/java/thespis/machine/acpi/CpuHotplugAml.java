package thespis.machine.acpi;

import static thespis.machine.acpi.Aml.*;

import java.util.List;

/// How a guest's OS works the registers of {@link CpuHotplugRegs}. ACPI 6.5 "Processor Device", "_EJx (Eject)", "_OST
/// (OSPM Status Indication)"; the methods' names and steps are QEMU 7.2's, as its DSDT shows them.
final class CpuHotplugAml {
  private static final String REGS = "\\_SB.PCI0.PRES.";
  private static final String LOCK = REGS + "CPLK";
  private static final String SELECTOR = REGS + "CSEL";
  private static final String COMMAND = REGS + "CCMD";
  private static final String DATA = REGS + "CDAT";
  private static final String ENABLED = REGS + "CPEN";
  private static final String INSERTED = REGS + "CINS";
  private static final String REMOVING = REGS + "CRMV";
  private static final String EJECT = REGS + "CEJ0";
  private static final String EJECT_BY_FIRMWARE = REGS + "CEJF";
  private static final String FIRMWARE = "\\_SB.PCI0.SMI0.SMIC";

  /// Value for the SMI command port that makes firmware look at the hotplug registers.
  private static final int FIRMWARE_HOTPLUG = 0x04;

  private static final int DEVICE_CHECK = 1;
  private static final int EJECT_REQUEST = 3;
  private static final int BATCH = 255;

  private final Chipset chipset;
  private final List<AcpiProcessor> processors;
  private final SmiFeatures smi;

  CpuHotplugAml(Chipset chipset, List<AcpiProcessor> processors, SmiFeatures smi) {
    this.chipset = chipset;
    this.processors = processors;
    this.smi = smi;
  }

  Aml scan() {
    return method("\\_GPE._E02", 0, call("\\_SB.CPUS.CSCN"));
  }

  Aml devices() {
    return scope("_SB", registers(), processorContainer());
  }

  /// The SMI command port, for hotplug that firmware takes part in.
  Aml smiCommand() {
    return !smi.cpuHotplug() ? all() : device("PCI0.SMI0",
        name("_HID", eisaId("PNP0A06")),
        name("_UID", "SMI resources"),
        name("_CRS", Resources.template().io(Chipset.SMI_COMMAND, 1, SmiCommand.LENGTH).build()),
        operationRegion("SMIR", Space.SYSTEM_IO, Chipset.SMI_COMMAND, SmiCommand.LENGTH),
        field("SMIR", Access.BYTE, Update.WRITE_AS_ZEROS, bits("SMIC", 8), gap(8)));
  }

  private Aml registers() {
    return device("\\_SB.PCI0.PRES",
        name("_HID", eisaId("PNP0A06")),
        name("_UID", "CPU Hotplug resources"),
        mutex("CPLK"),
        name("_CRS", Resources.template().io(chipset.cpuHotplug, 1, CpuHotplugRegs.LENGTH).build()),
        operationRegion("PRST", Space.SYSTEM_IO, chipset.cpuHotplug, CpuHotplugRegs.LENGTH),
        field("PRST", Access.BYTE, Update.WRITE_AS_ZEROS,
            gap(8 * CpuHotplugRegs.FLAGS),
            bits("CPEN", 1),
            bits("CINS", 1),
            bits("CRMV", 1),
            bits("CEJ0", 1),
            bits("CEJF", 1),
            gap(3),
            bits("CCMD", 8)),
        field("PRST", Access.DWORD, Update.PRESERVE,
            bits("CSEL", 32),
            gap(32),
            bits("CDAT", 32)),
        serialized("_INI", 0, store(integer(0), ref("CSEL"))));
  }

  private Aml processorContainer() {
    return device("\\_SB.CPUS",
        name("_HID", "ACPI0010"),
        name("_CID", eisaId("PNP0A05")),
        method("CTFY", 2, all(processors.stream().map(CpuHotplugAml::passOn).toList())),
        status(),
        eject(),
        scanMethod(),
        report(),
        all(processors.stream().map(CpuHotplugAml::processorObject).toList()));
  }

  private static Aml passOn(AcpiProcessor cpu) {
    return ifThen(lEqual(arg(0), integer(cpu.id())), tell(ref(objectName(cpu)), arg(1)));
  }

  private static Aml status() {
    return serialized("CSTA", 1,
        acquire(LOCK),
        store(arg(0), ref(SELECTOR)),
        store(integer(0), local(0)),
        ifThen(lEqual(ref(ENABLED), integer(1)), store(integer(0x0F), local(0))),
        release(LOCK),
        giveBack(local(0)));
  }

  private Aml eject() {
    Aml act = smi.cpuHotUnplug()
        ? all(
            store(integer(1), ref(EJECT_BY_FIRMWARE)),
            store(integer(FIRMWARE_HOTPLUG), ref(FIRMWARE)))
        : store(integer(1), ref(EJECT));
    return serialized("CEJ0", 1, acquire(LOCK), store(arg(0), ref(SELECTOR)), act, release(LOCK));
  }

  /// Local0: a CPU with an event was found; Local1: how many new CPUs the batch holds; Local3: where the search goes
  /// on; Local4: the batch filled up, so there has to be another.
  private Aml scanMethod() {
    Aml found = local(0);
    Aml added = local(1);
    Aml done = local(2);
    Aml uid = local(3);
    Aml again = local(4);
    Aml firmware = smi.cpuHotplug()
        ? ifThen(lGreater(added, integer(0)), store(integer(FIRMWARE_HOTPLUG), ref(FIRMWARE)))
        : all();
    return serialized("CSCN", 0,
        acquire(LOCK),
        name("CNEW", sizedPackage(BATCH)),
        store(integer(0), uid),
        store(integer(1), again),
        whileTrue(lEqual(again, integer(1)),
            store(integer(0), again),
            store(integer(1), found),
            store(integer(0), added),
            whileTrue(lAnd(lEqual(found, integer(1)), lLess(uid, integer(processors.size()))),
                store(integer(0), found),
                store(uid, ref(SELECTOR)),
                store(integer(CpuHotplugRegs.NEXT_WITH_EVENT), ref(COMMAND)),
                ifThen(lLess(ref(DATA), uid), breakLoop()),
                ifThen(lEqual(added, integer(BATCH)), store(integer(1), again), breakLoop()),
                store(ref(DATA), uid),
                ifThen(lEqual(ref(INSERTED), integer(1)),
                    store(uid, index(ref("CNEW"), added)),
                    increment(added),
                    store(integer(1), found)),
                orElse(ifThen(lEqual(ref(REMOVING), integer(1)),
                    call("CTFY", uid, integer(EJECT_REQUEST)),
                    store(integer(1), ref(REMOVING)),
                    store(integer(1), found))),
                increment(uid)),
            firmware,
            store(integer(0), done),
            whileTrue(lLess(done, added),
                store(derefOf(index(ref("CNEW"), done)), uid),
                call("CTFY", uid, integer(DEVICE_CHECK)),
                store(uid, debug()),
                store(uid, ref(SELECTOR)),
                store(integer(1), ref(INSERTED)),
                increment(done))),
        release(LOCK));
  }

  private static Aml report() {
    return serialized("COST", 4,
        acquire(LOCK),
        store(arg(0), ref(SELECTOR)),
        store(integer(CpuHotplugRegs.OST_EVENT), ref(COMMAND)),
        store(arg(1), ref(DATA)),
        store(integer(CpuHotplugRegs.OST_STATUS), ref(COMMAND)),
        store(arg(2), ref(DATA)),
        release(LOCK));
  }

  /// `_MAT` always says enabled: what it describes is the processor that will be there. The first processor stays.
  private static Aml processorObject(AcpiProcessor cpu) {
    Aml id = integer(cpu.id());
    Aml body = all(
        serialized("_STA", 0, giveBack(call("CSTA", id))),
        name("_MAT", buffer(Madt.entry(cpu, true))),
        cpu.id() == 0 ? all() : method("_EJ0", 1, call("CEJ0", id)),
        serialized("_OST", 3, call("COST", id, arg(0), arg(1), arg(2))),
        cpu.node() == AcpiProcessor.NO_NODE ? all() : name("_PXM", cpu.node()));
    return cpu.needsX2Apic()
        ? device(objectName(cpu), name("_HID", "ACPI0007"), name("_UID", cpu.id()), body)
        : processor(objectName(cpu), cpu.id(), body);
  }

  private static String objectName(AcpiProcessor cpu) {
    return "C%03X".formatted(cpu.id());
  }
}
