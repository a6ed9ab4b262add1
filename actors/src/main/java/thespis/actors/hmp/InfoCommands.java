package thespis.actors.hmp;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import thespis.actors.ChipTexts;
import thespis.actors.Version;
import thespis.actors.chardev.Chardevs;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.RunState;
import thespis.hotplug.SlotInfo;
import thespis.machine.board.CpuAddress;
import thespis.machine.board.CpuSlot;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.command.VirtioCommands;

/// What `info` can show of the machine as a whole and of the process.
final class InfoCommands {
  static final List<HmpCommand> ALL = List.of(
      HmpCommand.plain("version", "show the version of QEMU",
          s -> HmpCommand.text(Version.NUMBER + Version.own() + "\n")),
      HmpCommand.plain("status", "show the current VM status (running|paused)",
          s -> s.machine().status().thenApply(state -> status(state, s.context().singleStep().get()))),
      HmpCommand.plain("cpus", "show infos for each CPU", InfoCommands::cpus),
      HmpCommand.plain("hotpluggable-cpus", "Show information about hotpluggable CPUs",
          s -> s.machine().slots().thenApply(InfoCommands::slots)),
      HmpCommand.plain("name", "show the current VM name",
          s -> HmpCommand.text(s.context().name().isEmpty() ? "" : s.context().name() + "\n")),
      HmpCommand.plain("uuid", "show the current VM UUID", s -> HmpCommand.text(s.context().uuid() + "\n")),
      HmpCommand.plain("chardev", "show the character devices", s -> HmpCommand.text(chardevs(s.context()))),
      HmpCommand.plain("history", "show the command line history", s -> HmpCommand.text(history(s.history()))),
      HmpCommand.fixed("kvm", "", "", "show KVM information", "kvm support: disabled\n"),
      HmpCommand.plain("memory_size_summary",
          "show the amount of initially allocated and present hotpluggable (if enabled) memory in bytes.",
          s -> Qmp.shown(s, new MemoryCommands.QueryMemorySizeSummary(), InfoCommands::size)),
      HmpCommand.plain("balloon", "show balloon information",
          s -> Qmp.shown(s, new MemoryCommands.QueryBalloon(), InfoCommands::balloon)),
      HmpCommand.plain("virtio", "List all available virtio devices",
          s -> Qmp.shown(s, new VirtioCommands.XQueryVirtio(), InfoCommands::virtio)),
      HmpCommand.plain("numa", "show NUMA information", InfoCommands::nodes),
      new HmpCommand("qom-tree", "path:s?", "[path]", "show QOM composition tree",
          (s, a) -> s.machine().lookAtObjects(tree -> ObjectTreeText.of(tree, a.text("path")))));

  private InfoCommands() {}

  private static CompletionStage<String> nodes(Session session) {
    return session.machine().cpus().thenApply(cpus -> ChipTexts.nodes(session.machine().chips(), cpus));
  }

  private static String size(Object answer) {
    return answer instanceof MemoryCommands.MemoryInfo(long base, Optional<Long> plugged)
        ? "base memory: " + base + "\nplugged memory: " + plugged.orElse(0L) + "\n"
        : "";
  }

  private static String status(RunState state, boolean singleStep) {
    String detail = state == RunState.PAUSED || state == RunState.RUNNING ? "" : " (" + state.wire() + ")";
    return "VM status: " + (state.running() ? "running" : "paused") + (singleStep ? " (single step mode)" : "") + detail
        + "\n";
  }

  private static CompletionStage<String> cpus(Session session) {
    return session.current().thenCombine(session.machine().cpus(), InfoCommands::cpus);
  }

  private static String cpus(int current, List<CpuInfo> cpus) {
    StringBuilder out = new StringBuilder();
    for (CpuInfo cpu : cpus) {
      int index = cpu.slot().index();
      long thread = cpu.threadId() != 0 ? cpu.threadId() : ProcessHandle.current().pid();
      out.append(index == current ? "* " : "  ").append("CPU #").append(index)
          .append(": thread_id=").append(thread).append('\n');
    }
    return out.toString();
  }

  private static String balloon(Object info) {
    return "balloon: actual=" + (((MemoryCommands.BalloonInfo) info).actual() >> 20) + "\n";
  }

  private static String virtio(Object devices) {
    List<?> all = (List<?>) devices;
    StringBuilder out = new StringBuilder(all.isEmpty() ? "No VirtIO devices\n" : "");
    for (Object each : all) {
      VirtioCommands.VirtioInfo device = (VirtioCommands.VirtioInfo) each;
      out.append(device.path()).append(" [").append(device.name()).append("]\n");
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
    if (value != CpuAddress.UNSET) {
      out.append("    ").append(name).append(": \"").append(value).append("\"\n");
    }
  }

  private static String chardevs(MonitorContext context) {
    StringBuilder out = new StringBuilder();
    for (Chardevs.Info info : context.chardevs().get()) {
      out.append(info.label()).append(": filename=").append(info.filename()).append('\n');
    }
    return out.toString();
  }

  private static String history(List<String> lines) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      out.append(i).append(": '").append(lines.get(i)).append("'\n");
    }
    return out.toString();
  }
}
