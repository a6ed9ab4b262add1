package thespis.actors;

import java.util.List;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuOption;
import thespis.cpu.run.VcpuCore;
import thespis.machine.acpi.WakeReason;
import thespis.machine.board.CpuAddress;
import thespis.machine.board.CpuObjects;
import thespis.machine.board.CpuSlot;
import thespis.machine.board.CpuSlots;
import thespis.machine.board.MachineObjects;
import thespis.machine.board.SmpRequest;
import thespis.machine.board.Topology;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.migrate.MachineImage;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.QomObject;
import thespis.machine.qom.UserObjects;

/// The machine type `none`: something to talk QMP to.
final class NoHardware implements Hardware {
  private static final Topology EMPTY = new Topology(0, 0, 1, 1, 1, 1);

  private final String name;
  private final CpuSlots slots = CpuSlots.of(EMPTY);
  private final CpuObjects cpus;
  private final MachineObjects objects;
  private final MachineMemory memory;
  private final boolean executes;

  NoHardware(MachineConfig config) {
    Topology topology = Topology.resolve(SmpRequest.parse(config.smp()), MachineType.NONE.smp(), warning -> {});
    executes = config.driven().isEmpty();
    name = config.name().orElse(MachineType.NONE.name());
    cpus = new CpuObjects(
        CpuOption.parse(config.cpu().orElse("qemu64")), config.globalProperties(), CpuLimit.accelerator(config, EMPTY),
        EMPTY.layout());
    objects = new MachineObjects(MachineType.NONE.name(), topology);
    config.chardevs().forEach(objects::addChardev);
    MachineMemory.addObjects(config, objects.userObjects());
    NumaSetup.of(config, topology, MachineType.NONE, objects.userObjects());
    memory = MachineMemory.of(config, objects, List.of(), 0);
    if (config.kernel().isPresent()) {
      throw new ConfigException(
          "The -kernel parameter is not supported (use the generic 'loader' device instead).");
    }
    if (!config.firmwareFiles().isEmpty()) {
      throw new ConfigException("fw_cfg device not available");
    }
    config.cpu().ifPresent(model -> addProcessor());
    BoardOptions.apply(memory.options(), memory.size(), objects.tree().find("/machine"));
  }

  /// One that is to be looked at: there is no place in which it could run.
  private void addProcessor() {
    QomObject cpu = cpus.create(cpus.typeName());
    int apicId = CpuObjects.address(cpu).apicId();
    if (apicId == CpuAddress.UNSET) {
      throw new ConfigException("apic-id property was not initialized properly");
    }
    cpus.realize(objects.tree().addUnattached(cpu), new CpuSlot(0, apicId, 0, 0, 0, 0, CpuAddress.UNSET), warning -> {});
  }

  @Override
  public MachineImage image() {
    return MachineImage.empty(MachineType.NONE.name());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean executes() {
    return executes;
  }

  @Override
  public CpuSlots slots() {
    return slots;
  }

  @Override
  public int bootCpus() {
    return 0;
  }

  @Override
  public CpuObjects cpus() {
    return cpus;
  }

  @Override
  public ObjectTree objects() {
    return objects.tree();
  }

  @Override
  public UserObjects userObjects() {
    return objects.userObjects();
  }

  @Override
  public void bootCpusAdded() {}

  @Override
  public Optional<String> busType(String bus) {
    return bus.equals("main-system-bus") ? Optional.of("System") : Optional.empty();
  }

  @Override
  public boolean hasAcpi() {
    return false;
  }

  @Override
  public long memory() {
    return memory.size();
  }

  @Override
  public List<PciDevice> pciDevices() {
    return List.of();
  }

  @Override
  public HotplugRegisters hotplugRegisters(HotplugRegisters.Listener listener) {
    throw new IllegalStateException("a machine without ACPI has no hotplug registers");
  }

  @Override
  public VcpuCore realize(CpuSlot slot, CpuConfig config) {
    throw new IllegalStateException("a machine without slots has no place for CPU " + slot);
  }

  @Override
  public void unrealize(int slot) {}

  @Override
  public void present(int slot, boolean here) {}

  @Override
  public void raiseGpe(int bit) {}

  @Override
  public void pressPowerButton() {}

  @Override
  public void injectNmi() {}

  @Override
  public void resume() {}

  @Override
  public void pause() {}

  @Override
  public void reset() {}

  @Override
  public void wake(WakeReason reason) {}

  @Override
  public void reset(VcpuCore core) {}

  @Override
  public void onGuestRequest(GuestRequests listener) {}

  @Override
  public void close() {}
}
