package thespis.machine.qom;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;

/// The property tables of machine types: a row each with type, what it is about, and its value where the machine did
/// not say otherwise. Values are kept in the machine's {@link MachineSettings}; what is written here after the start
/// has no further effect, as with QEMU.
final class MachineTypes {
  private MachineTypes() {}

  static Map<String, Property<QomObject>> ofEveryMachine() {
    return ObjectTypes.table(List.of(
        text("kernel", "", "Linux kernel image file"),
        text("initrd", "", "Linux initial ramdisk file"),
        text("append", "", "Linux kernel command line"),
        text("dtb", "", "Linux kernel device tree file"),
        text("dumpdtb", "", "Dump current dtb to a file and quit"),
        text("dt-compatible", "", "Overrides the \"compatible\" property of the dt root node"),
        text("firmware", "", "Firmware image"),
        fixed("boot", "BootConfiguration", Map.of("order", ""), "Boot configuration"),
        fixed("memory", "MemorySizeConfiguration", Map.of(), "Memory size configuration"),
        fixed("smp", "SMPConfiguration", Map.of(), "CPU topology"),
        fixed("memory-backend", "link<memory-backend>", "",
            "Set RAM backendValid value is ID of hostmem based backend"),
        text("memory-encryption", "", "Set memory encryption object to use"),
        fixed("confidential-guest-support", "link<confidential-guest-support>", "",
            "Set confidential guest scheme to support"),
        flag("graphics", true, "Set on/off to enable/disable graphics emulation"),
        flag("usb", false, "Set on/off to enable/disable usb"),
        flag("dump-guest-core", true, "Include guest memory in a core dump"),
        flag("mem-merge", true, "Enable/disable memory merge support"),
        flag("suppress-vmdesc", false, "Set on to disable self-describing migration"),
        number("phandle-start", "int", 0, "The first phandle ID we may generate dynamically")));
  }

  static Map<String, Property<QomObject>> ofX86Machines() {
    return ObjectTypes.table(List.of(
        auto("smm", "auto", "Enable SMM"),
        auto("acpi", "auto", "Enable ACPI"),
        auto("pit", "auto", "Enable i8254 PIT"),
        auto("pic", "auto", "Enable i8259 PIC"),
        text("x-oem-id", "BOCHS ", "Override the default value of field OEMID in ACPI table header."
            + "The string may be up to 6 bytes in size"),
        text("x-oem-table-id", "BXPC    ", "Override the default value of field OEM Table ID in ACPI table header."
            + "The string may be up to 8 bytes in size"),
        number("bus-lock-ratelimit", "uint64_t", 0, "Set the ratelimit for the bus locks acquired in VMs"),
        fixed("sgx-epc", "SgxEPC", List.of(), "SGX EPC device")));
  }

  static Map<String, Property<QomObject>> ofPcs() {
    return ObjectTypes.table(List.of(
        number("max-ram-below-4g", "size", 0xE0000000L, "Maximum ram below the 4G boundary (32bit boundary)"),
        number("max-fw-size", "size", 8 << 20, "Maximum combined firmware size"),
        flag("default-bus-bypass-iommu", false, null),
        fixed("device-memory-region-size", "int", 0L, null),
        flag("sata", true, "Enable/disable Serial ATA bus"),
        flag("smbus", true, "Enable/disable system management bus"),
        flag("i8042", true, null),
        flag("hpet", true, "Enable/disable high precision event timer emulation"),
        auto("vmport", "on", "Enable vmport (pc & q35)"),
        row("smbios-entry-point-type", "str", "32", "SMBIOS Entry Point type [32, 64]",
            Property.oneOf(List.of("32", "64"), keep("smbios-entry-point-type"))),
        flag("hmat", false, "Set on/off to enable/disable ACPI Heterogeneous Memory Attribute Table (HMAT)").asMember(),
        flag("cxl", false, "Set on/off to enable/disable CXL instantiation").asMember(),
        fixed("cxl-fmw", "CXLFixedMemoryWindow", List.of(), "CXL Fixed Memory Windows (array)").asMember(),
        flag("nvdimm", false, "Set on/off to enable/disable NVDIMM instantiation").asMember(),
        text("nvdimm-persistence", "", "Set NVDIMM persistenceValid values are cpu, mem-ctrl").asMember(),
        row("pcspk-audiodev", "str", "", "ID of an audiodev to use as a backend",
            (o, n, in) -> settings(o).put(n, in.string(n))).asMember()));
  }

  private static MachineSettings settings(QomObject machine) {
    return machine.state(MachineSettings.class);
  }

  private static <V> BiConsumer<QomObject, V> keep(String name) {
    return (machine, value) -> settings(machine).put(name, value);
  }

  private static Property<QomObject> text(String name, String initial, String about) {
    return row(name, "string", initial, about, (o, n, in) -> settings(o).put(name, in.string(n)));
  }

  private static Property<QomObject> flag(String name, boolean initial, String about) {
    return row(name, "bool", initial, about, (o, n, in) -> settings(o).put(name, in.bool(n)));
  }

  private static Property<QomObject> auto(String name, String initial, String about) {
    return row(name, "OnOffAuto", initial, about, Property.oneOf(List.of("on", "off", "auto"), keep(name)));
  }

  private static Property<QomObject> number(String name, String type, long initial, String about) {
    Function<Input, Long> read = type.equals("int") ? in -> in.int64(name) : in -> in.uint64(name);
    return row(name, type, initial, about, (o, n, in) -> settings(o).put(name, read.apply(in)));
  }

  private static Property<QomObject> fixed(String name, String type, Object initial, String about) {
    return Property.<QomObject>readOnly(name, type, o -> settings(o).get(name, initial)).described(about);
  }

  private static Property<QomObject> row(
      String name, String type, Object initial, String about, Property.Writer<QomObject> writer) {
    return Property.<QomObject>of(name, type, o -> settings(o).get(name, initial), writer).always().described(about);
  }
}
