package thespis.actors.hmp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.hotplug.WatchdogAction;
import thespis.qmp.command.BlockCommands;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.CpuCommands;
import thespis.qmp.command.DisplayCommands;
import thespis.qmp.command.MachineCommands;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.command.NetworkCommands;
import thespis.qmp.command.StatusCommands;
import thespis.qmp.command.ReplicationCommands;
import thespis.qmp.wire.WireNames;

/// Commands for devices and services that no machine here has: they are QMP's, and say what QMP says.
final class AbsentCommands {
  private static final String NO_SNAPSHOTS = "Error: no block device can store vmstate for snapshot\n";

  static final List<HmpCommand> ALL = List.of(
      same("balloon", "value:M", "target", "request VM to change its memory allocation (in MB)",
          a -> new MemoryCommands.Balloon(a.number("value"))),
      same("block_job_cancel", "force:-f,device:B", "[-f] device",
          "stop an active background block operation (use -f if you want to abort the operation immediately instead of"
              + " keep running until data is in sync)",
          a -> new BlockCommands.BlockJobCancel(a.text("device"), Optional.of(a.has("force")))),
      same("block_job_complete", "device:B", "device", "stop an active background block operation",
          a -> new BlockCommands.BlockJobComplete(a.text("device"))),
      same("block_job_pause", "device:B", "device", "pause an active background block operation",
          a -> new BlockCommands.BlockJobPause(a.text("device"))),
      same("block_job_resume", "device:B", "device", "resume a paused background block operation",
          a -> new BlockCommands.BlockJobResume(a.text("device"))),
      new HmpCommand("announce_self", "interfaces:s?,id:s?", "[interfaces] [id]", "Trigger GARP/RARP announcements",
          (s, a) -> HmpCommand.text("")),
      new HmpCommand("cancel_vcpu_dirty_limit", "cpu_index:l?", "[cpu_index]",
          "cancel dirty page rate limit, use cpu_index to cancel limit on a specified virtual cpu",
          (s, a) -> HmpCommand.text(
              "[Please use 'info vcpu_dirty_limit' to query dirty limit for virtual CPU]\n")),
      same("set_vcpu_dirty_limit", "dirty_rate:l,cpu_index:l?", "dirty_rate [cpu_index]",
          "set dirty page rate limit, use cpu_index to set limit on a specified virtual cpu",
          a -> new CpuCommands.SetVcpuDirtyLimit(Optional.empty(), a.number("dirty_rate"))),
      same("dumpdtb", "filename:F", "filename", "dump the FDT in dtb format to 'filename'",
          a -> new MachineCommands.Dumpdtb(a.text("filename"))),
      same("exit_preconfig", "", "", "exit the preconfig state", a -> new MachineCommands.XExitPreconfig()),
      same("client_migrate_info", "protocol:s,hostname:s,port:i?,tls-port:i?,cert-subject:s?",
          "protocol hostname port tls-port cert-subject", "set migration information for remote display",
          a -> new DisplayCommands.ClientMigrateInfo(a.text("protocol"), a.text("hostname"), Optional.empty(),
              Optional.empty(), Optional.empty())),
      new HmpCommand("expire_password", "protocol:s,time:s", "protocol time [-d display]",
          "set spice/vnc password expire-time",
          (s, a) -> screen(a.text("protocol"), "Could not set password expire time")),
      new HmpCommand("set_password", "protocol:s,password:s,connected:s?",
          "protocol password [-d display] [action-if-connected]", "set spice/vnc password",
          (s, a) -> screen(a.text("protocol"), "Could not set password")),
      HmpCommand.fixed("hostfwd_add", "[netdev_id] [tcp|udp]:[hostaddr]:hostport-[guestaddr]:guestport",
          "arg1:s,arg2:s?", "redirect TCP or UDP connections from host to guest (requires -net user)",
          "user mode network stack not in use\n"),
      HmpCommand.fixed("hostfwd_remove", "[netdev_id] [tcp|udp]:[hostaddr]:hostport", "arg1:s,arg2:s?",
          "remove host-to-guest TCP or UDP redirection", "user mode network stack not in use\n"),
      new HmpCommand("pcie_aer_inject_error", "advisory_non_fatal:-a,correctable:-c,id:s,error_status:s",
          "[-a] [-c] id <error_status>", "inject pcie aer error",
          (s, a) -> HmpCommand.text(
              "id or pci device path is invalid or device not found. " + a.text("id") + "\n")),
      new HmpCommand("stopcapture", "n:i", "capture index", "stop capture", (s, a) -> HmpCommand.text("")),
      new HmpCommand("wavcapture", "path:F,audiodev:s,freq:i?,bits:i?,nchannels:i?",
          "path audiodev [frequency [bits [channels]]]", "capture audio to a wave file",
          (s, a) -> HmpCommand.text("Audiodev '" + a.text("audiodev") + "' not found\n")),
      same("x_colo_lost_heartbeat", "", "",
          "Tell COLO that heartbeat is lost,\n\t\t\ta failover or takeover is needed.",
          a -> new ReplicationCommands.XColoLostHeartbeat()),
      same("set_link", "name:s,up:b", "name on|off", "change the link status of a network adapter",
          a -> new NetworkCommands.SetLink(a.text("name"), a.isOn("up"))),
      HmpCommand.fixed("savevm", "tag", "name:s?",
          "save a VM snapshot. If no tag is provided, a new snapshot is created", NO_SNAPSHOTS),
      HmpCommand.fixed("loadvm", "tag", "name:s", "restore a VM snapshot from its tag", NO_SNAPSHOTS),
      HmpCommand.fixed("delvm", "tag", "name:s", "delete a VM snapshot from its tag", ""),
      HmpCommand.fixed("screendump", "filename [-f format] [device [head]]", "filename:F,format:-f,device:s?,head:i?",
          "save screen from head 'head' of display device 'device'in specified format 'format' as image 'filename'."
              + "Currently only 'png' and 'ppm' formats are supported.",
          "Error: There is no console to take a screendump from\n"),
      HmpCommand.fixed("replay_break", "icount", "icount:l", "set breakpoint at the specified instruction count",
          "setting the breakpoint is allowed only in play mode\n"),
      HmpCommand.fixed("replay_delete_break", "", "", "remove replay breakpoint",
          "replay breakpoints are allowed only in play mode\n"),
      HmpCommand.fixed("replay_seek", "icount", "icount:l",
          "replay execution to the specified instruction count", "replay must be enabled to seek\n"),
      new HmpCommand("trace-event", "name:s,option:b,vcpu:i?", "name on|off [vcpu]",
          "changes status of a specific trace event (vcpu: vCPU to set, default is all)",
          (s, a) -> unknownEvent(a.text("name"))),
      new HmpCommand("watchdog_action", "action:s", "[reset|shutdown|poweroff|pause|debug|none]",
          "change watchdog action", AbsentCommands::watchdog));

  static final List<HmpCommand> INFO = List.of(
      HmpCommand.fixed("vcpu_dirty_limit", "", "", "show dirty page limit information of all vCPU",
          "Dirty page limit not enabled!\n"),
      new HmpCommand("stats", "target:s,names:s?,provider:s?", "target [names] [provider]",
          "show statistics for the given target (vm or vcpu); optionally filter by"
              + "name (comma-separated list, or * for all) and provider", AbsentCommands::stats),
      new HmpCommand("trace-events", "name:s?,vcpu:i?", "[name] [vcpu]",
          "show available trace-events & their state (name: event name pattern; vcpu: vCPU to query, default is any)",
          (s, a) -> a.has("name") ? unknownEvent(a.text("name")) : HmpCommand.text("")),
      rocker("rocker", "name:s", "name", "Show rocker switch"),
      rocker("rocker-ports", "name:s", "name", "Show rocker ports"),
      rocker("rocker-of-dpa-flows", "name:s,tbl_id:i?", "name [tbl_id]", "Show rocker OF-DPA flow tables"),
      rocker("rocker-of-dpa-groups", "name:s,type:i?", "name [type]", "Show rocker OF-DPA groups"),
      virtio("virtio-status", "path:s", "path", "Display status of a given virtio device"),
      virtio("virtio-queue-status", "path:s,queue:i", "path queue", "Display status of a given virtio queue"),
      virtio("virtio-vhost-queue-status", "path:s,queue:i", "path queue", "Display status of a given vhost queue"),
      virtio("virtio-queue-element", "path:s,queue:i,index:i?", "path queue [index]",
          "Display element of a given virtio queue"));

  private AbsentCommands() {}

  private static HmpCommand same(
      String name, String arguments, String parameters, String about, Function<Arguments, BoardCommand<?>> command) {
    return new HmpCommand(name, arguments, parameters, about, (s, a) -> Qmp.done(s, command.apply(a)));
  }

  private static HmpCommand rocker(String name, String arguments, String parameters, String about) {
    return new HmpCommand(name, arguments, parameters, about,
        (s, a) -> HmpCommand.text("Error: rocker " + a.text("name") + " not found\n"));
  }

  private static HmpCommand virtio(String name, String arguments, String parameters, String about) {
    String kind = name.endsWith("element") ? "VirtIO device" : "VirtIODevice";
    return new HmpCommand(name, arguments, parameters, about,
        (s, a) -> HmpCommand.text("Error: Path " + a.text("path") + " is not a " + kind + "\n"));
  }

  private static CompletionStage<String> screen(String protocol, String problem) {
    return HmpCommand.text("Error: " + switch (protocol) {
      case "vnc" -> problem;
      case "spice" -> "SPICE is not in use";
      default -> "invalid parameter value: " + protocol;
    } + "\n");
  }

  private static CompletionStage<String> unknownEvent(String name) {
    return HmpCommand.text(name.contains("*") || name.contains("?") ? "" : "unknown event \"" + name + "\"\n");
  }

  private static CompletionStage<String> stats(Session session, Arguments arguments) {
    String target = arguments.text("target");
    String provider = arguments.has("provider") ? arguments.text("provider") : "kvm";
    if (!target.equals("vm") && !target.equals("vcpu")) {
      return HmpCommand.text("invalid stats target " + target + "\n");
    }
    return HmpCommand.text(provider.equals("kvm") ? "" : "invalid stats provider " + provider + "\n");
  }

  private static CompletionStage<String> watchdog(Session session, Arguments arguments) {
    String word = arguments.text("action").toLowerCase(Locale.ROOT);
    for (WatchdogAction action : WatchdogAction.values()) {
      if (WireNames.of(action).equals(word)) {
        return Qmp.done(session, new StatusCommands.WatchdogSetAction(action));
      }
    }
    return HmpCommand.text("Error: invalid parameter value: " + arguments.text("action") + "\n");
  }
}
