package thespis.actors.hmp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.qmp.command.BlockCommands;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.DriveCommands;
import thespis.qmp.command.DriveCommands.ReadOnlyMode;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.command.ExportCommands.RemoveMode;
import thespis.qmp.command.NodeCommands;
import thespis.qmp.command.NodeCommands.NewImageMode;
import thespis.qmp.command.NodeCommands.SyncMode;
import thespis.qmp.wire.WireNames;

/// The commands about disks and images, which are QMP's in another dress.
final class BlockMonitorCommands {
  static final List<HmpCommand> ALL = List.of(
      same("block_job_set_speed", "device:B,speed:o", "device speed", "set maximum speed for a background block operation",
          a -> new BlockCommands.BlockJobSetSpeed(a.text("device"), a.number("speed"))),
      same("block_resize", "device:B,size:o", "device size", "resize a block image",
          a -> new NodeCommands.BlockResize(Optional.of(a.text("device")), Optional.empty(), a.number("size"))),
      same("block_set_io_throttle", "device:B,bps:l,bps_rd:l,bps_wr:l,iops:l,iops_rd:l,iops_wr:l",
          "device bps bps_rd bps_wr iops iops_rd iops_wr", "change I/O throttle limits for a block drive",
          BlockMonitorCommands::throttle),
      same("block_stream", "device:B,speed:o?,base:s?", "device [speed [base]]",
          "copy data from a backing file into a block device", BlockMonitorCommands::stream),
      new HmpCommand("change", "device:B,force:-f,target:F,arg:s?,read-only-mode:s?",
          "device [-f] filename [format [read-only-mode]]",
          "change a removable medium, optional format, use -f to force the operation", BlockMonitorCommands::change),
      new HmpCommand("commit", "device:B", "device|all",
          "commit changes to the disk images (if -snapshot is used) or backing files",
          (s, a) -> HmpCommand.text(a.text("device").equals("all") ? "" : "Device '" + a.text("device") + "' not found\n")),
      same("drive_backup", "reuse:-n,full:-f,compress:-c,device:B,target:s,format:s?",
          "[-n] [-f] [-c] device target [format]", "initiates a point-in-time copy for a device",
          BlockMonitorCommands::backup),
      new HmpCommand("drive_add", "node:-n,pci_addr:s,opts:s",
          "[-n] [[<domain>:]<bus>:]<slot>\n[file=file][,if=type][,bus=n]\n[,unit=m][,media=d][,index=i]\n"
              + "[,snapshot=on|off][,cache=on|off]\n[,readonly=on|off][,copy-on-read=on|off]",
          "add drive to PCI storage controller",
          (s, a) -> HmpCommand.text("Error: drives are not supported yet\n")),
      new HmpCommand("drive_del", "id:B", "device", "remove host block device",
          (s, a) -> HmpCommand.text("Device '" + a.text("id") + "' not found\n")),
      same("drive_mirror", "reuse:-n,full:-f,device:B,target:s,format:s?", "[-n] [-f] device target [format]",
          "initiates live storage migration for a device", BlockMonitorCommands::mirror),
      same("eject", "force:-f,device:B", "[-f] device", "eject a removable medium (use -f to force it)",
          a -> new DriveCommands.Eject(Optional.of(a.text("device")), Optional.empty(), Optional.of(a.has("force")))),
      same("nbd_server_add", "writable:-w,device:B,name:s?", "nbd_server_add [-w] device [name]",
          "export a block device via NBD",
          a -> new ExportCommands.NbdServerAdd(Optional.ofNullable(a.text("name")), Optional.empty(), a.text("device"),
              Optional.of(a.has("writable")), Optional.empty())),
      same("nbd_server_remove", "force:-f,name:s", "nbd_server_remove [-f] name",
          "remove an export previously exposed via NBD",
          a -> new ExportCommands.NbdServerRemove(
              a.text("name"), Optional.of(a.has("force") ? RemoveMode.HARD : RemoveMode.SAFE))),
      same("nbd_server_stop", "", "nbd_server_stop", "stop serving block devices using the NBD protocol",
          a -> new ExportCommands.NbdServerStop()),
      new HmpCommand("qemu-io", "qdev:-d,device:B,command:s", "[-d] [device] \"[command]\"",
          "run a qemu-io command on a block device",
          (s, a) -> HmpCommand.text(a.has("qdev")
              ? "Error: Device '" + a.text("device") + "' not found\n"
              : "Error: Cannot find device='' nor node-name='" + a.text("device") + "'\n")),
      new HmpCommand("snapshot_blkdev", "reuse:-n,device:B,snapshot-file:s?,format:s?",
          "[-n] device [new-image-file] [format]", "initiates a live snapshot of device",
          (s, a) -> a.has("snapshot-file")
              ? Qmp.done(s, snapshot(a))
              : HmpCommand.text("Error: Parameter 'snapshot-file' is missing\n")),
      same("snapshot_blkdev_internal", "device:B,name:s", "device name", "take an internal snapshot of device",
          a -> new NodeCommands.BlockdevSnapshotInternalSync(a.text("device"), a.text("name"))),
      same("snapshot_delete_blkdev_internal", "device:B,name:s,id:s?", "device name [id]",
          "delete an internal snapshot of device",
          a -> new NodeCommands.BlockdevSnapshotDeleteInternalSync(
              a.text("device"), Optional.ofNullable(a.text("id")), Optional.of(a.text("name")))));

  private BlockMonitorCommands() {}

  private static HmpCommand same(
      String name, String arguments, String parameters, String about, Function<Arguments, BoardCommand<?>> command) {
    return new HmpCommand(name, arguments, parameters, about, (s, a) -> Qmp.done(s, command.apply(a)));
  }

  private static BoardCommand<?> throttle(Arguments a) {
    Optional<Long> none = Optional.empty();
    return new DriveCommands.BlockSetIoThrottle(
        Optional.of(a.text("device")), Optional.empty(), a.number("bps"), a.number("bps_rd"), a.number("bps_wr"),
        a.number("iops"), a.number("iops_rd"), a.number("iops_wr"), none, none, none, none, none, none, none, none, none,
        none, none, none, none, Optional.empty());
  }

  private static BoardCommand<?> stream(Arguments a) {
    return new NodeCommands.BlockStream(Optional.of(a.text("device")), a.text("device"),
        Optional.ofNullable(a.text("base")), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static BoardCommand<?> backup(Arguments a) {
    Optional<Boolean> unsaid = Optional.empty();
    return new NodeCommands.DriveBackup(
        Optional.of(a.text("device")), a.text("device"), sync(a), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.of(a.has("compress")), Optional.empty(), Optional.empty(), unsaid, unsaid, Optional.empty(),
        Optional.empty(), a.text("target"), Optional.ofNullable(a.text("format")), Optional.of(mode(a)));
  }

  private static BoardCommand<?> mirror(Arguments a) {
    Optional<Boolean> unsaid = Optional.empty();
    return new NodeCommands.DriveMirror(
        Optional.of(a.text("device")), a.text("device"), a.text("target"), Optional.ofNullable(a.text("format")),
        Optional.empty(), Optional.empty(), sync(a), Optional.of(mode(a)), Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.empty(), unsaid, Optional.empty(), unsaid, unsaid);
  }

  private static BoardCommand<?> snapshot(Arguments a) {
    return new NodeCommands.BlockdevSnapshotSync(Optional.of(a.text("device")), Optional.empty(),
        a.text("snapshot-file"), Optional.empty(), Optional.ofNullable(a.text("format")), Optional.of(mode(a)));
  }

  private static SyncMode sync(Arguments a) {
    return a.has("full") ? SyncMode.FULL : SyncMode.TOP;
  }

  private static NewImageMode mode(Arguments a) {
    return a.has("reuse") ? NewImageMode.EXISTING : NewImageMode.ABSOLUTE_PATHS;
  }

  /// A drive that is called `vnc` is the remote screen.
  private static CompletionStage<String> change(Session session, Arguments a) {
    if (a.text("device").equals("vnc")) {
      boolean password = List.of("passwd", "password").contains(a.text("target"));
      return HmpCommand.text(!password ? "Expected 'password' after 'vnc'\n"
          : a.has("arg") ? "Error: Could not set password\n"
          : "terminal does not support password prompting\n");
    }
    Optional<ReadOnlyMode> mode = Optional.empty();
    if (a.has("read-only-mode")) {
      String word = a.text("read-only-mode").toLowerCase(Locale.ROOT);
      mode = List.of(ReadOnlyMode.values()).stream().filter(m -> WireNames.of(m).equals(word)).findFirst();
      if (mode.isEmpty()) {
        return HmpCommand.text("Error: invalid parameter value: " + a.text("read-only-mode") + "\n");
      }
    }
    return Qmp.done(session, new DriveCommands.BlockdevChangeMedium(Optional.of(a.text("device")), Optional.empty(),
        a.text("target"), Optional.ofNullable(a.text("arg")), Optional.of(a.has("force")), mode));
  }
}
