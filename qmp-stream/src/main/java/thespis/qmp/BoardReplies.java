package thespis.qmp;

import java.util.List;
import java.util.Optional;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.OstInfo;
import thespis.hotplug.SlotInfo;
import thespis.machine.board.CpuAddress;
import thespis.machine.board.CpuSlot;
import thespis.qmp.command.CpuCommands.CpuInfoFast;
import thespis.qmp.command.CpuCommands.CpuInstanceProperties;
import thespis.qmp.command.CpuCommands.HotpluggableCpu;
import thespis.qmp.command.DeviceCommands.AcpiOstInfo;
import thespis.qmp.command.DeviceCommands.AcpiSlotType;
import thespis.qmp.command.MachineCommands.TargetArch;

/// The board's facts in the shape and order in which QMP has them.
///
/// @param dies the machine has more than one die in a socket, so places name theirs
/// @param processId what `thread-id` is for a vCPU that has no thread now, as a halted one has none: a client that reads a
/// thread's times finds one there, and takes equal numbers as "not known"
public record BoardReplies(boolean dies, long processId) {

  /// `query-cpus-fast`.
  ///
  /// @param cpus in order of creation
  public List<CpuInfoFast> cpus(List<CpuInfo> cpus) {
    return cpus.stream()
        .map(cpu -> new CpuInfoFast(
            cpu.threadId() == 0 ? processId : cpu.threadId(),
            props(cpu.slot()),
            cpu.qomPath(),
            cpu.slot().index(),
            TargetArch.X86_64))
        .toList();
  }

  /// `query-hotpluggable-cpus`: the last slot first.
  ///
  /// @param slots ascending
  public List<HotpluggableCpu> hotpluggable(List<SlotInfo> slots) {
    return slots.reversed().stream()
        .map(slot -> new HotpluggableCpu(props(slot.slot()), 1, slot.cpu().map(CpuInfo::qomPath), slot.type()))
        .toList();
  }

  /// `query-acpi-ospm-status`: in order of slots.
  public static List<AcpiOstInfo> ospm(List<OstInfo> infos) {
    return infos.stream().map(BoardReplies::ost).toList();
  }

  static AcpiOstInfo ost(OstInfo info) {
    return new AcpiOstInfo(
        info.device(), Integer.toString(info.slot()), AcpiSlotType.CPU, info.source(), info.status());
  }

  private CpuInstanceProperties props(CpuSlot slot) {
    return new CpuInstanceProperties(
        slot.nodeId() == CpuAddress.UNSET ? Optional.empty() : Optional.of((long) slot.nodeId()),
        Optional.of((long) slot.socketId()),
        dies ? Optional.of((long) slot.dieId()) : Optional.empty(),
        Optional.empty(),
        Optional.of((long) slot.coreId()),
        Optional.of((long) slot.threadId()));
  }
}
