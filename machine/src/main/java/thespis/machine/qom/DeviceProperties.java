package thespis.machine.qom;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;
import thespis.cpu.prop.Property.Writer;

/// The property tables of the boards' chips, as QEMU's `qom-list-properties` and `device-list-properties` tell of them.
/// A line below a type is a property: name, type, value where nobody said otherwise, description. The value is in
/// parentheses where introspection does not tell it. `=` before the type: it can't be written; `~`: it can be written
/// at any time; else until the device is realized. The order is that in which `info qtree` shows them. Values are kept
/// in the device's {@link MachineSettings}.
final class DeviceProperties {
  private static final String TABLE = """
      acpi-ged
        ged-event                      uint32          0
      cpu-cluster
        cluster-id                     uint32          0
      i2c-slave
        address                        uint8           0
      i8042
        extended-state                 bool            true
        kbd-throttle                   bool            false
        kbd-irq                        uint8           1
        mouse-irq                      uint8           12
      i8257
        base                           int32           0
        page-base                      int32           128
        pageh-base                     int32           1152
        dshift                         int32           0
      isa-debug-exit
        iobase                         uint32          1281
        iosize                         uint32          2
      isa-debugcon
        iobase                         uint32          233
        chardev                        str             ()           ID of a chardev to use as a backend
        readback                       uint32          233
      isa-fdc
        iobase                         uint32          1008
        irq                            uint32          6
        dma                            uint32          2
        fdtypeA                        FdcDriveType    auto         FDC drive type, 144/288/120/none/auto
        fdtypeB                        FdcDriveType    auto         FDC drive type, 144/288/120/none/auto
        fallback                       FdcDriveType    288          FDC drive type, 144/288/120/none/auto
        bootindexA                     ~int32          (-1)
        bootindexB                     ~int32          (-1)
      isa-parallel
        index                          uint32          4294967295
        iobase                         uint32          4294967295
        irq                            uint32          7
        chardev                        str             ()           ID of a chardev to use as a backend
      isa-pcspk
        audiodev                       str             ()           ID of an audiodev to use as a backend
        iobase                         uint32          97
        migrate                        bool            true
        pit                            link<pit-common> ()
      isa-serial
        index                          uint32          4294967295
        iobase                         uint32          4294967295
        irq                            uint32          4294967295
      mc146818rtc
        base_year                      int32           1980
        iobase                         uint16          112
        irq                            uint8           8
        lost_tick_policy               LostTickPolicy  discard
      pic-common
        iobase                         uint32          4294967295
        elcr_addr                      uint32          4294967295
        elcr_mask                      uint8           255
        master                         bool            false        on/off
      isa-pit
        iobase                         uint32          4294967295
      kvm-pit
        iobase                         uint32          4294967295
        lost_tick_policy               LostTickPolicy  delay
      vmmouse
        i8042                          link<i8042>     ()
        legacy-i8042                   #str            ()
      vmport
        x-read-set-eax                 bool            true         on/off
        x-signal-unsupported-cmd       bool            true         on/off
        x-report-vmx-type              bool            true         on/off
        x-cmds-v2                      bool            true         on/off
        vmware-vmx-version             uint32          6
        vmware-vmx-type                uint8           2
      pci-device
        addr                           int32           -1           Slot and optional function number, example: 06.0 or 06
        romfile                        str             ()
        romsize                        uint32          4294967295
        rombar                         uint32          1
        multifunction                  bool            false        on/off
        x-pcie-lnksta-dllla            bool            true         on/off
        x-pcie-extcap-init             bool            true         on/off
        failover_pair_id               str             ()
        acpi-index                     uint32          0
        legacy-addr                    =str            ()
      pcie-port
        port                           uint8           0
        aer_log_max                    uint16          8
      pcie-slot
        chassis                        uint8           0
        slot                           uint16          0
        hotplug                        bool            true
        x-native-hotplug               bool            true
      pcie-root-port-base
        power_controller_present       bool            true         on/off
        disable-acs                    bool            false
      pcie-root-port
        x-migrate-msix                 bool            true
        bus-reserve                    uint32          4294967295
        io-reserve                     size            -1
        mem-reserve                    size            -1
        pref32-reserve                 size            -1
        pref64-reserve                 size            -1
        x-speed                        PCIELinkSpeed   16           2_5/5/8/16
        x-width                        PCIELinkWidth   32           1/2/4/8/12/16/32
      ICH9-LPC
        noreboot                       bool            true
        smm-compat                     bool            false
        x-smi-broadcast                bool            true         on/off
        x-smi-cpu-hotplug              bool            true         on/off
        x-smi-cpu-hotunplug            bool            true         on/off
      PIIX4_PM
        smb_io_base                    uint32          0
        disable_s3                     uint8           0
        disable_s4                     uint8           0
        s4_val                         uint8           2
        acpi-pci-hotplug-with-bridge-support bool      true
        acpi-root-pci-hotplug          bool            true
        memory-hotplug-support         bool            true
        smm-compat                     bool            false
        smm-enabled                    bool            false
        x-not-migrate-acpi-index       bool            false
      mch
        extended-tseg-mbytes           uint16          16
        smbase-smram                   bool            true
      fw_cfg
        acpi-mr-restore                bool            true
      fw_cfg_io
        dma_enabled                    bool            true
        x-file-slots                   uint16          32
      hpet
        timers                         uint8           3
        msi                            bool            false        on/off
        hpet-intcap                    uint32          0
        hpet-offset-saved              bool            true
      ioapic
        version                        uint8           32
      kvm-ioapic
        gsi_base                       uint32          0
      pci-host-bridge
        x-config-reg-migration-enabled bool            true
        bypass-iommu                   bool            false
      q35-pcihost
        MCFG                           uint64          2952790016
        pci-hole64-size                size            34359738368
        short_root_bus                 uint32          0
        below-4g-mem-size              size            0
        above-4g-mem-size              size            0
        x-pci-hole64-fix               bool            true
        io-mem                         link<memory-region> ()
        pci-mem                        link<memory-region> ()
        ram-mem                        link<memory-region> ()
        system-mem                     link<memory-region> ()
      i440FX-pcihost
        pci-hole64-size                size            2147483648
        short_root_bus                 uint32          0
        x-pci-hole64-fix               bool            true
      serial
        baudbase                       uint32          115200
        chardev                        str             ()           ID of a chardev to use as a backend
        wakeup                         bool            false
      chardev-socket
        addr                           =SocketAddress  ()
        connected                      =bool           (false)
      kvm-accel
        dirty-ring-size    ~uint32            (0)        Size of KVM dirty page ring buffer (default: 0, i.e. use bitmap)
        kernel-irqchip     ~on|off|split      ()         Configure KVM in-kernel irqchip
        kvm-shadow-mem     ~int               (-1)       KVM shadow MMU size
        notify-vmexit      ~NotifyVMexitOption (run)     Enable notify VM exit
        notify-window      ~uint32 (0)  Clock cycles without an event window after which a notification VM exit occurs
      tcg-accel
        split-wx           ~bool              (false)    Map jit pages into separate RW and RX regions
        tb-size            ~int               (0)        TCG translation block cache size
        thread             ~string            (multi)
      """;

  private static final Map<String, Map<String, Property<QomObject>>> BY_TYPE = parse();

  private DeviceProperties() {}

  /// A type's own; empty if it has none.
  static Map<String, Property<QomObject>> of(String type) {
    return BY_TYPE.getOrDefault(type, Map.of());
  }

  private static Map<String, Map<String, Property<QomObject>>> parse() {
    Map<String, Map<String, Property<QomObject>>> all = new HashMap<>();
    Map<String, Property<QomObject>> table = null;
    for (String line : (TABLE + VirtioProperties.TABLE + UsbProperties.TABLE).lines().toList()) {
      if (!line.startsWith(" ")) {
        table = new LinkedHashMap<>();
        all.put(line, table);
      } else {
        Property<QomObject> row = row(line.strip().split(" +", 4));
        table.put(row.name(), row);
      }
    }
    return all;
  }

  private static Property<QomObject> row(String[] columns) {
    String name = columns[0];
    char access = columns[1].charAt(0);
    String type = Character.isLetter(access) ? columns[1] : columns[1].substring(1);
    boolean told = !columns[2].startsWith("(");
    Object initial = value(type, told ? columns[2] : columns[2].substring(1, columns[2].length() - 1));
    Property<QomObject> row = switch (access) {
      case '=' -> Property.readOnly(name, type, o -> read(o, name, initial));
      case '#' -> Property.readOnly(name, type, null);
      case '~' -> Property.<QomObject>of(name, type, o -> read(o, name, initial), writer(name, type)).always();
      default -> type.startsWith("link<")
          ? Property.<QomObject>of(name, type, o -> read(o, name, initial), DeviceProperties::refuseLink).always()
          : Property.of(name, type, o -> read(o, name, initial), writer(name, type));
    };
    row = told ? row.withDefault(initial) : row;
    return columns.length > 3 ? row.described(columns[3]) : row;
  }

  private static Object value(String type, String text) {
    return switch (type) {
      case "bool" -> Boolean.valueOf(text);
      case "int", "int32", "uint8", "uint16", "uint32" -> Long.valueOf(text);
      case "uint64", "size" -> unsigned(Long.parseLong(text));
      default -> text;
    };
  }

  private static Object read(QomObject device, String name, Object initial) {
    MachineSettings settings = device.state(MachineSettings.class);
    return settings == null ? initial : settings.get(name, initial);
  }

  private static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  private static Writer<QomObject> writer(String name, String type) {
    return (device, called, in) -> device.state(MachineSettings.class).put(name, switch (type) {
      case "bool" -> in.bool(called);
      case "int", "int32" -> in.int64(called);
      case "uint8", "uint16", "uint32" -> bounded(in.uint64(called), Integer.parseInt(type.substring(4)), called);
      case "uint64", "size" -> unsigned(in.uint64(called));
      case "LostTickPolicy" -> oneOf(List.of("discard", "delay", "slew"), in.string(called), called);
      case "PCIELinkSpeed" -> oneOf(List.of("2_5", "5", "8", "16"), in.string(called), called);
      case "PCIELinkWidth" -> oneOf(List.of("1", "2", "4", "8", "12", "16", "32"), in.string(called), called);
      case "OnOffAuto" -> oneOf(List.of("auto", "on", "off"), in.string(called), called);
      default -> in.string(called);
    });
  }

  private static long bounded(long value, int bits, String name) {
    if (value >>> bits != 0) {
      throw new ConfigException("Parameter '" + name + "' expects uint" + bits + "_t");
    }
    return value;
  }

  private static String oneOf(List<String> words, String value, String name) {
    if (!words.contains(value)) {
      throw new ConfigException("Parameter '" + name + "' does not accept value '" + value + "'");
    }
    return value;
  }

  private static void refuseLink(QomObject device, String name, Input value) {
    throw new ConfigException("Attempt to set link property '" + name + "' on device '"
        + (device.id() == null ? "(null)" : device.id()) + "' (type '" + device.type() + "') after it was realized");
  }
}
