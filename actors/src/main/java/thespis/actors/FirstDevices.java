package thespis.actors;

import java.util.List;
import java.util.function.Consumer;
import thespis.hotplug.Answer;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.Failure;
import thespis.machine.board.CpuSlot;
import thespis.machine.qom.ObjectType;
import thespis.machine.qom.ObjectTypes;

/// What a machine has before its first reset: boot CPUs, then what `-device` adds. One failure and the machine is not to
/// be.
record FirstDevices(
    MachineConfig config, Hardware hardware, Plugging plugging, Requests requests, Consumer<Failure> failed) {
  void add() {
    List<CpuSlot> bootCpus = hardware.slots().all().subList(0, hardware.bootCpus());
    config.frozen().ifPresentOrElse(
        from -> addProcessors(from, bootCpus),
        () -> bootCpus.forEach(slot -> plugging.addBootCpu(slot, added -> needed("", added))));
    requests.submit(() -> {
      hardware.bootCpusAdded();
      requests.done();
    });
    boolean express = hardware.busType("pcie.0").isPresent();
    boolean pci = express || hardware.busType("pci.0").isPresent();
    for (MachineConfig.Device device : config.devices()) {
      if (pci && UserPciDevices.knows(device, express) || config.frozen().isPresent() && isProcessor(device)) {
        continue; // the board came with it, or it went with the machine that this one goes on from
      }
      plugging.addColdPlugged(device, added -> needed(device.where(), added));
    }
  }

  /// Those that another machine had, whatever this one would have.
  private void addProcessors(FrozenMachine from, List<CpuSlot> bootCpus) {
    for (FrozenMachine.Processor had : from.processors()) {
      had.device().ifPresentOrElse(
          device -> plugging.addColdPlugged(new MachineConfig.Device("", device), added -> needed("", added)),
          () -> plugging.addBootCpu(hardware.slots().all().get(had.slot()), added -> needed("", added)));
    }
    bootCpus.stream()
        .filter(slot -> from.processors().stream().noneMatch(had -> had.slot() == slot.index()))
        .forEach(slot -> hardware.present(slot.index(), false));
  }

  private static boolean isProcessor(MachineConfig.Device device) {
    return device.arguments().get("driver") instanceof String type
        && ObjectTypes.find(type) instanceof ObjectType known && known.isA("cpu");
  }

  private void needed(String where, Answer<CpuInfo> added) {
    if (added instanceof Answer.Failed<CpuInfo>(var failure)) {
      failed.accept(where.isEmpty()
          ? failure
          : new Failure(failure.errorClass(), where + ": " + failure.desc()));
    }
  }
}
