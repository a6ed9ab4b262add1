package thespis.actors.hmp;

import java.util.List;
import java.util.concurrent.CompletionStage;
import thespis.actors.Machine;
import thespis.actors.Version;
import thespis.actors.chardev.Chardevs;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.RunState;
import thespis.hotplug.SlotInfo;
import thespis.machine.board.CpuAddress;
import thespis.machine.board.CpuSlot;

/// What `info` can show.
final class InfoCommands {
  private InfoCommands() {}

  static List<HmpCommand> of(MonitorContext context) {
    Machine machine = context.machine();
    return List.of(
        new HmpCommand("version", "", "show the version of QEMU",
            a -> HmpCommand.text(Version.NUMBER + Version.own() + "\n")),
        new HmpCommand("status", "", "show the current VM status",
            a -> machine.status().thenApply(InfoCommands::status)),
        new HmpCommand("cpus", "", "show infos for each CPU", a -> machine.cpus().thenApply(InfoCommands::cpus)),
        new HmpCommand("hotpluggable-cpus", "", "Show information about hotpluggable CPUs",
            a -> machine.slots().thenApply(InfoCommands::slots)),
        new HmpCommand("registers", "", "show the cpu registers", a -> registers(machine)),
        new HmpCommand("name", "", "show the current VM name",
            a -> HmpCommand.text(context.name().isEmpty() ? "" : context.name() + "\n")),
        new HmpCommand("uuid", "", "show the current VM UUID", a -> HmpCommand.text(context.uuid() + "\n")),
        new HmpCommand("kvm", "", "show KVM information", a -> HmpCommand.text("kvm support: disabled\n")),
        new HmpCommand("chardev", "", "show the character devices", a -> HmpCommand.text(chardevs(context))));
  }

  private static String status(RunState state) {
    String detail = state == RunState.PAUSED || state == RunState.RUNNING ? "" : " (" + state.wire() + ")";
    return "VM status: " + (state.running() ? "running" : "paused") + detail + "\n";
  }

  private static String cpus(List<CpuInfo> cpus) {
    StringBuilder out = new StringBuilder();
    for (CpuInfo cpu : cpus) {
      out.append(out.isEmpty() ? "* " : "  ").append("CPU #").append(cpu.slot().index())
          .append(": thread_id=").append(ProcessHandle.current().pid()).append('\n');
    }
    return out.toString();
  }

  private static String slots(List<SlotInfo> slots) {
    StringBuilder out = new StringBuilder("Hotpluggable CPUs:\n");
    boolean dies = slots.stream().anyMatch(s -> s.slot().dieId() > 0);
    for (SlotInfo slot : slots.reversed()) {
      CpuSlot place = slot.slot();
      out.append("  type: \"").append(slot.type()).append("\"\n  vcpus_count: \"1\"\n");
      slot.cpu().ifPresent(cpu -> out.append("  qom_path: \"").append(cpu.qomPath()).append("\"\n"));
      out.append("  CPUInstance Properties:\n");
      id(out, "node-id", place.nodeId());
      id(out, "socket-id", place.socketId());
      id(out, "die-id", dies ? place.dieId() : CpuAddress.UNSET);
      id(out, "core-id", place.coreId());
      id(out, "thread-id", place.threadId());
    }
    return out.toString();
  }

  private static void id(StringBuilder out, String name, int value) {
    if (value == CpuAddress.UNSET) {
      return;
    }
    out.append("    ").append(name).append(": \"").append(value).append("\"\n");
  }

  private static CompletionStage<String> registers(Machine machine) {
    return machine.dumpCpu(0).thenApply(text -> "\nCPU#0\n" + text + (text.endsWith("\n") ? "" : "\n"));
  }

  private static String chardevs(MonitorContext context) {
    StringBuilder out = new StringBuilder();
    for (Chardevs.Info info : context.chardevs().get()) {
      out.append(info.label()).append(": filename=").append(info.filename()).append('\n');
    }
    return out.toString();
  }
}
