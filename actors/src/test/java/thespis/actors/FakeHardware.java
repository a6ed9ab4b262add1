package thespis.actors;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuOption;
import thespis.cpu.run.VcpuCore;
import thespis.hotplug.PortAccess;
import thespis.machine.acpi.SmiFeatures;
import thespis.machine.acpi.WakeReason;
import thespis.machine.board.CpuObjects;
import thespis.machine.board.CpuSlot;
import thespis.machine.board.CpuSlots;
import thespis.machine.board.Topology;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.MemoryRegion;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;
import thespis.machine.qom.UserObjects;

/// A machine of scripted cores and of hotplug registers with one port for each thing a guest can do.
final class FakeHardware implements Hardware {
  static final String TYPE = "qemu64-x86_64-cpu";
  static final int EJECT = 1;
  static final int OST = 2;
  static final int FLAGS = 3;
  static final int SCAN = 4;

  /// The guest's scan leaves a request for the next one.
  static final int OVERLOOK = 0x99;

  final Map<Integer, ScriptedCore> cores = new ConcurrentHashMap<>();
  final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  final Set<Integer> present = ConcurrentHashMap.newKeySet();
  final FakeRegisters registers = new FakeRegisters();
  final int bootCpus;
  private final CpuSlots slots;
  private final CpuObjects cpus;
  private final ObjectTree objects = new ObjectTree();
  private final boolean acpi;
  volatile RuntimeException realizeThrows;
  volatile RuntimeException gpeThrows;
  volatile RuntimeException resetThrows;
  volatile CountDownLatch resetGate;
  volatile GuestRequests guest;
  volatile boolean closed;

  FakeHardware(int bootCpus, int maxCpus) {
    this(bootCpus, maxCpus, true);
  }

  FakeHardware(int bootCpus, int maxCpus, boolean acpi) {
    this.bootCpus = bootCpus;
    this.slots = CpuSlots.of(new Topology(bootCpus, maxCpus, 1, 1, maxCpus, 1));
    this.acpi = acpi;
    this.cpus = new CpuObjects(
        CpuOption.parse("qemu64"), List.of(), Accelerator.qemuTcg(), slots.topology().layout());
    objects.addMachine(new QomObject(ObjectTypes.find("none-machine"), new MachineSettings()));
    QomObject unattached = objects.find("/machine/unattached");
    unattached.add("sysbus", new QomObject(ObjectTypes.find("System"), new MachineSettings()));
    MemoryRegion.add(unattached, "io[0]", 1 << 16);
    objects.find("/machine/peripheral").add("disk", new QomObject(ObjectTypes.find("container"), null));
  }

  volatile SmiFeatures smi = SmiFeatures.NONE;

  final class FakeRegisters implements HotplugRegisters {
    final Map<Integer, SlotOst> ost = new ConcurrentHashMap<>();
    final Map<Integer, Boolean> occupied = new ConcurrentHashMap<>();
    volatile boolean legacy;
    final Set<Integer> removing = ConcurrentHashMap.newKeySet();
    private Listener listener;

    @Override
    public int access(PortAccess a) {
      switch (a.port()) {
        case EJECT -> listener.ejected(a.value());
        case OST -> listener.ost(a.value() & 0xF, a.value() >> 4 & 0xF, a.value() >> 8);
        case SCAN -> {
          removing.remove(a.value());
          listener.removalSeen(a.value());
        }
        case OVERLOOK -> listener.removalOverlooked();
        case FLAGS -> {
          return (int) occupied.keySet().stream().mapToInt(s -> 1 << s).sum();
        }
        default -> throw new AssertionError(a);
      }
      return 0;
    }

    @Override
    public void occupy(int slot, boolean insert) {
      occupied.put(slot, insert);
      log.add((insert ? "insert " : "occupy ") + slot);
    }

    @Override
    public void vacate(int slot) {
      occupied.remove(slot);
      log.add("vacate " + slot);
    }

    @Override
    public boolean requestRemoval(int slot) {
      if (!legacy) {
        removing.add(slot);
      }
      return !legacy;
    }

    @Override
    public boolean cancelRemoval(int slot) {
      return removing.remove(slot);
    }

    @Override
    public List<SlotOst> ospmStatus() {
      return IntStream.range(0, slots.all().size()).mapToObj(s -> new SlotOst(s, 0, 0)).toList();
    }
  }

  ScriptedCore core(int slot) {
    return cores.get(slot);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public CpuSlots slots() {
    return slots;
  }

  @Override
  public int bootCpus() {
    return bootCpus;
  }

  @Override
  public CpuObjects cpus() {
    return cpus;
  }

  @Override
  public ObjectTree objects() {
    return objects;
  }

  @Override
  public SmiFeatures smiFeatures() {
    return smi;
  }

  @Override
  public boolean hasAcpi() {
    return acpi;
  }

  @Override
  public long memory() {
    return 1 << 20;
  }

  @Override
  public List<PciDevice> pciDevices() {
    return List.of();
  }

  @Override
  public HotplugRegisters hotplugRegisters(HotplugRegisters.Listener listener) {
    registers.listener = listener;
    return registers;
  }

  @Override
  public Optional<String> busType(String bus) {
    return Optional.ofNullable(Map.of("pci.0", "PCI", "isa.0", "ISA").get(bus));
  }

  @Override
  public VcpuCore realize(CpuSlot slot, CpuConfig config) {
    if (realizeThrows != null) {
      throw realizeThrows;
    }
    ScriptedCore core = new ScriptedCore(slot.index());
    cores.put(slot.index(), core);
    return core;
  }

  @Override
  public void unrealize(int slot) {
    log.add("unrealize " + slot);
  }

  @Override
  public void present(int slot, boolean here) {
    if (here) {
      present.add(slot);
    } else {
      present.remove(slot);
    }
  }

  @Override
  public UserObjects userObjects() {
    return new UserObjects(objects, 1);
  }

  @Override
  public void bootCpusAdded() {}

  @Override
  public void reset(VcpuCore core) {
    core.reset();
  }

  @Override
  public void raiseGpe(int bit) {
    if (gpeThrows != null) {
      throw gpeThrows;
    }
    log.add("GPE " + bit);
  }

  @Override
  public void pressPowerButton() {
    log.add("power button");
  }

  @Override
  public void injectNmi() {
    log.add("NMI");
  }

  @Override
  public void resume() {
    log.add("resume");
  }

  @Override
  public void pause() {
    log.add("pause");
  }

  @Override
  public void reset() {
    log.add("reset");
    if (resetThrows != null) {
      throw resetThrows;
    }
    CountDownLatch gate = resetGate;
    if (gate != null) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void wake(WakeReason reason) {
    log.add("wake " + reason);
    if (resetThrows != null) {
      throw resetThrows;
    }
  }

  @Override
  public void onGuestRequest(GuestRequests listener) {
    guest = listener;
  }

  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException("closed twice");
    }
    closed = true;
    log.add("close");
  }
}
