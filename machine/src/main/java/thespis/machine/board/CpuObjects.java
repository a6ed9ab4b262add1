package thespis.machine.board;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuModel;
import thespis.cpu.model.CpuOption;
import thespis.cpu.model.CpuTopology;
import thespis.cpu.prop.GlobalProperty;
import thespis.cpu.prop.Input;
import thespis.machine.qom.ApicType;
import thespis.machine.qom.CpuTypes;
import thespis.machine.qom.MemoryRegion;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// Makes a machine's processor objects, in QEMU's order of effects: the model, the accelerator's defaults, global
/// properties (of the machine type, of `-global`, of `-cpu`), properties of this one processor, and when it is realized
/// the `+` and `-` of `-cpu`. So hot-added processors come out as those of the start.
public final class CpuObjects {
  private final CpuOption option;
  private final List<GlobalProperty> globals;
  private final Accelerator accelerator;
  private final CpuTopology topology;

  /// @param globals of the machine type and of `-global`, in order; those of `-cpu` come after them
  public CpuObjects(
      CpuOption option, List<GlobalProperty> globals, Accelerator accelerator, CpuTopology topology) {
    this.option = option;
    this.globals = Stream.concat(globals.stream(), option.globals().stream()).toList();
    this.accelerator = accelerator;
    this.topology = topology;
  }

  /// Type of the processors of this machine.
  public String typeName() {
    return option.model().typeName();
  }

  /// A processor of this type, still without a place. A global that can't be applied ends a machine that is starting.
  ///
  /// @throws ConfigException with QEMU's text
  public QomObject create(String type) {
    return create(type, Globals::refuse);
  }

  /// The same once the machine is up: bad globals are only warned about.
  public QomObject create(String type, Consumer<String> warnings) {
    CpuModel model = CpuTypes.model(type);
    QomObject cpu = new QomObject(ObjectTypes.find(type), new CpuConfig(model, accelerator));
    Globals.apply(globals, cpu, warnings);
    return cpu;
  }


  /// Sets what device_add or `-device` says of a processor, in QEMU's order. JSON values count as the text they are
  /// written as; objects, lists and null are passed over.
  ///
  /// @throws ConfigException with QEMU's text
  public static void setAll(QomObject cpu, Map<String, ?> properties) {
    ArgumentOrder.of(properties.keySet()).forEach(name -> {
      Object value = properties.get(name);
      if (value instanceof Input typed) {
        cpu.set(name, typed);
        return;
      }
      String text = switch (value) {
        case Boolean on -> on ? "on" : "off";
        case Number number -> number.toString();
        case String s -> s;
        case null, default -> null;
      };
      if (text != null) {
        cpu.set(name, Input.ofOption(text));
      }
    });
  }

  /// Where its properties ask it to go.
  public static CpuAddress address(QomObject cpu) {
    CpuConfig c = config(cpu);
    return new CpuAddress(c.socketId(), c.dieId(), c.coreId(), c.threadId(), c.nodeId(), c.apicId());
  }

  /// Completes a processor for its slot. It then has a local APIC below it. If this fails the object is of no more use.
  ///
  /// @param warnings texts for the user
  /// @throws ConfigException with QEMU's text
  public CpuConfig realize(QomObject cpu, CpuSlot slot, Consumer<String> warnings) {
    CpuConfig config = config(cpu);
    int node = slot.nodeId() == CpuAddress.UNSET ? config.nodeId() : slot.nodeId();
    config.place(slot.apicId(), slot.socketId(), slot.dieId(), slot.coreId(), slot.threadId(), node);
    applySigns(cpu);
    if (cpu.get("hv-vpindex").equals(true)) {
      throw new ConfigException("kernel doesn't allow setting HyperV VP_INDEX");
    }
    config.realize(topology, warnings);
    QomObject apic = cpu.add("lapic", new QomObject(ObjectTypes.find("apic"), new ApicType(slot.apicId())));
    Globals.apply(globals, apic, cpu.isHotplugged() ? warnings : Globals::refuse);
    addRegions(cpu, apic, slot.index() == 0);
    apic.setHotplugged(cpu.isHotplugged());
    apic.setRealized(true);
    cpu.setRealized(true);
    return config;
  }

  /// Said once per machine, with its first processor; null if there is nothing to say.
  public String hyperthreadingWarning(CpuConfig config) {
    return config.hyperthreadingWarning(topology);
  }

  /// The settings behind a processor object.
  public static CpuConfig config(QomObject cpu) {
    return cpu.state(CpuConfig.class);
  }

  /// First every `+`, then every `-`, whatever the order they were given in.
  void applySigns(QomObject cpu) {
    option.plus().forEach(flag -> cpu.set(flag, Input.ofGlobal("on")));
    option.minus().forEach(flag -> cpu.set(flag, Input.ofGlobal("off")));
  }

  /// Each processor sees all memory, below it its own system management RAM. All local APICs are at one address.
  private static void addRegions(QomObject cpu, QomObject apic, boolean first) {
    QomObject messages = MemoryRegion.add(apic, "apic-msi[0]", 0x10_0000);
    if (first && cpu.sibling("system[0]") != null) {
      MemoryRegion.map(messages, cpu.sibling("system[0]"), () -> 0xFEE0_0000L, 0x1000);
    }
    QomObject all = MemoryRegion.add(cpu, "memory[0]", MemoryRegion.EVERYTHING);
    MemoryRegion.map(MemoryRegion.add(cpu, "memory[1]", MemoryRegion.EVERYTHING), all, 0);
    MemoryRegion.map(MemoryRegion.add(cpu, "smram[0]", 4L << 30), all, () -> 0, 1);
  }
}
