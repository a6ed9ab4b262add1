package thespis.actors;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.run.VcpuCore;
import thespis.hotplug.Cause;
import thespis.machine.acpi.SmiFeatures;
import thespis.machine.acpi.WakeReason;
import thespis.machine.board.CpuObjects;
import thespis.machine.board.CpuSlot;
import thespis.machine.board.CpuSlots;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.virtio.VirtioBalloon;
import thespis.machine.migrate.MachineImage;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.UserObjects;

/// What the actors need from the machine below them: the board's chips, memory and loaders, and the making of cores.
/// Who calls a method is noted on it; none of them waits for an actor.
interface Hardware extends AutoCloseable {
  /// The machine's name, for threads and logs.
  String name();

  /// The possible CPUs; none on `none`.
  CpuSlots slots();

  /// How many of them, from the first on, are there at power-on.
  int bootCpus();

  /// Makes processor objects; the board's from now on.
  CpuObjects cpus();

  /// The machine's objects, with those of its chips; the board's from now on.
  ObjectTree objects();

  /// What the user makes in it; the board's from now on.
  UserObjects userObjects();

  /// The passive chips, each of which guards itself; none on `none`. Any thread.
  default Optional<thespis.machine.board.Board> chips() {
    return Optional.empty();
  }

  /// False if no processor ever runs: somebody drives the chips from outside. Any thread.
  default boolean executes() {
    return true;
  }

  /// What can take memory from the guest. Any thread.
  default Optional<VirtioBalloon> balloon() {
    return Optional.empty();
  }

  /// What firmware and board have agreed to do by system management interrupt. Any thread.
  default SmiFeatures smiFeatures() {
    return SmiFeatures.NONE;
  }

  /// The kind of a bus, as error texts name it; empty if there is no such bus.
  Optional<String> busType(String bus);

  boolean hasAcpi();

  /// Bytes of RAM that are there.
  long memory();

  /// What is on PCI bus 0; none where there is no such bus.
  List<PciDevice> pciDevices();

  /// ACPI controller: its registers, once.
  HotplugRegisters hotplugRegisters(HotplugRegisters.Listener listener);

  /// vCPU: a core with its local APIC, attached to the board's buses, in its reset state.
  VcpuCore realize(CpuSlot slot, CpuConfig config);

  /// vCPU: the core of this slot is going away.
  void unrealize(int slot);

  /// Board: a CPU has come or gone, for firmware and tables to tell of.
  void present(int slot, boolean here);

  /// Board: the boot CPUs are among the objects; the chips' objects follow them.
  void bootCpusAdded();

  /// Interrupt router: sets a status bit of GPE block 0.
  void raiseGpe(int bit);

  /// Interrupt router.
  void pressPowerButton();

  /// Interrupt router.
  void injectNmi();

  /// Board: guest time goes on.
  void resume();

  /// Board: guest time stands still.
  void pause();

  /// Board, with no vCPU running, on a thread that may take its time: every chip to its reset state, images loaded.
  void reset();

  /// Board, likewise: out of sleep state S3, every chip to its reset state, memory as it is.
  void wake(WakeReason reason);

  /// vCPU, paused: its core to the state in which it starts after a {@link #reset()} or a {@link #wake} of the chips.
  void reset(VcpuCore core);

  /// Board: who hears what the guest asks for by its reset, power and debug exit registers. Called on any thread.
  void onGuestRequest(GuestRequests listener);

  /// What migrates beside the processors. Any thread.
  default MachineImage image() {
    return MachineImage.empty(name());
  }

  /// Board: another machine's state has been loaded.
  default void stateLoaded() {}

  /// With no vCPU left: frees everything.
  @Override
  void close();

  /// Makes the machine below the actors.
  ///
  /// @throws ConfigException with QEMU's text if something does not fit
  interface Factory {
    Hardware create(MachineConfig config, Consumer<String> warnings);
  }

  interface GuestRequests {
    void asked(Cause cause, int exitStatus);

    /// For sleep state S3.
    void slept();

    /// Something that the guest wanted to be woken by has happened.
    void woken(WakeReason reason);

    /// For sleep state S4.
    void hibernated();

    /// It has not fed its watchdog.
    default void watchdogExpired() {}
  }
}
