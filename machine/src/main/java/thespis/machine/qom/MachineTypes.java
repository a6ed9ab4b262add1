package thespis.machine.qom;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;

/// The property tables of machine types: a row each with type, what it is about, and its value where the machine did
/// not say otherwise. Values are kept in the machine's {@link MachineSettings}; what is written here after the start
/// has no further effect, as with QEMU.
final class MachineTypes {
  private static final long LARGEST_FIRMWARE = 16L << 20;
  private static final long FOUR_GIB = 4L << 30;
  private static final Map<String, String> TOPOLOGY = Map.of(
      "cpus", "integer", "sockets", "integer", "dies", "integer", "clusters", "integer", "cores", "integer", "threads",
      "integer", "maxcpus", "integer");

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
        row("boot", "BootConfiguration", Map.of("order", ""), "Boot configuration",
            (o, n, in) -> settings(o).put("boot", BootSettings.read(n, in))),
        row("memory", "MemorySizeConfiguration", Map.of(), "Memory size configuration", (o, n, in) ->
            refuse(o, n, Structures.members(n, in, Map.of("size", "size", "max-size", "size", "slots", "size")))),
        row("smp", "SMPConfiguration", Map.of(), "CPU topology",
            (o, n, in) -> refuse(o, n, Structures.members(n, in, TOPOLOGY))),
        link("memory-backend", "link<memory-backend>", "Set RAM backendValid value is ID of hostmem based backend"),
        row("memory-encryption", "string", "", "Set memory encryption object to use", (o, n, in) -> {
          throw new ConfigException("No such memory encryption object '" + in.string(n) + "'");
        }),
        link("confidential-guest-support", "link<confidential-guest-support>",
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
        atMost(6, "x-oem-id", "BOCHS ", "Override the default value of field OEMID in ACPI table header."
            + "The string may be up to 6 bytes in size"),
        atMost(8, "x-oem-table-id", "BXPC    ", "Override the default value of field OEM Table ID in ACPI table header."
            + "The string may be up to 8 bytes in size"),
        number("bus-lock-ratelimit", "uint64_t", 0, "Set the ratelimit for the bus locks acquired in VMs"),
        row("sgx-epc", "SgxEPC", List.of(), "SGX EPC device", (o, n, in) -> empty(o, n, in, "memdev"))));
  }

  static Map<String, Property<QomObject>> ofPcs() {
    return ObjectTypes.table(List.of(
        row("max-ram-below-4g", "size", 0xE0000000L, "Maximum ram below the 4G boundary (32bit boundary)",
            (o, n, in) -> settings(o).put(n, split(in.uint64(n)))),
        row("max-fw-size", "size", 8L << 20, "Maximum combined firmware size",
            (o, n, in) -> settings(o).put(n, firmwareSize(in.uint64(n)))),
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
        row("cxl-fmw", "CXLFixedMemoryWindow", List.of(), "CXL Fixed Memory Windows (array)",
            (o, n, in) -> empty(o, n, in, "size")).asMember(),
        flag("nvdimm", false, "Set on/off to enable/disable NVDIMM instantiation").asMember(),
        row("nvdimm-persistence", "string", "", "Set NVDIMM persistenceValid values are cpu, mem-ctrl",
            (o, n, in) -> settings(o).put(n, persistence(in.string(n)))).asMember(),
        row("pcspk-audiodev", "str", "", "ID of an audiodev to use as a backend", (o, n, in) -> {
          throw new ConfigException(
              "Attempt to set property 'audiodev' on anonymous device (type 'isa-pcspk') after it was realized");
        }).asMember()));
  }

  private static long firmwareSize(long bytes) {
    if (Long.compareUnsigned(bytes, LARGEST_FIRMWARE) > 0) {
      throw new ConfigException("User specified max allowed firmware size " + Long.toUnsignedString(bytes)
          + " is greater than 16MiB. If combined firwmare size exceeds 16MiB the system may not boot, or experience"
          + " intermittentstability issues.");
    }
    return bytes;
  }

  private static long split(long bytes) {
    if (Long.compareUnsigned(bytes, FOUR_GIB) > 0) {
      throw new ConfigException("Machine option 'max-ram-below-4g=" + Long.toUnsignedString(bytes)
          + "' expects size less than or equal to 4G");
    }
    return bytes;
  }

  private static String persistence(String domain) {
    if (!List.of("cpu", "mem-ctrl").contains(domain)) {
      throw new ConfigException("-machine nvdimm-persistence=" + domain + ": unsupported option");
    }
    return domain;
  }

  /// A text of so many bytes.
  private static Property<QomObject> atMost(int bytes, String name, String initial, String about) {
    return row(name, "string", initial, about, (o, n, in) -> {
      String text = in.string(n);
      if (text.getBytes(StandardCharsets.UTF_8).length > bytes) {
        throw new ConfigException("User specified " + n + " value is bigger than " + bytes + " bytes in size");
      }
      settings(o).put(name, text);
    });
  }

  /// To another object. QEMU differs: it lets a machine lose what it stands on.
  private static Property<QomObject> link(String name, String type, String about) {
    return row(name, type, "", about, (o, n, in) -> {
      String path = in.string(n);
      if (!path.isEmpty()) {
        ObjectTree.find(o.root(), path);
      }
      refuse(o, n, path);
    });
  }

  /// What the machine is made of can't be changed when it is there. QEMU differs: it takes it, and is the same.
  private static void refuse(QomObject machine, String name, Object value) {
    throw new ConfigException("Property '" + machine.type() + "." + name + "' is not writable");
  }

  /// A list of things that there are none of.
  private static void empty(QomObject machine, String name, Input value, String firstMember) {
    for (Object element : Structures.array(name, value)) {
      boolean there = Structures.object(name + "[0]", Input.ofJson(element)).containsKey(firstMember);
      if (!there) {
        throw new ConfigException("Parameter '" + name + "[0]." + firstMember + "' is missing");
      }
      refuse(machine, name, value);
    }
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
