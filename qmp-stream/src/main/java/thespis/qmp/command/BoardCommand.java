package thespis.qmp.command;

/// The commands that concern a machine and go to its board. The others are answered where the client is.
public sealed interface BoardCommand<R> extends QmpCommand<R>
    permits StatusCommands, CpuCommands, CpuModelCommands, DeviceCommands, UnplugCommands, MachineCommands,
        ObjectCommands, MemoryCommands, MigrationCommands, PciCommands, BlockCommands, NetworkCommands, DisplayCommands,
        SecurityCommands, ReplayCommands, InspectCommands, TraceCommands, InputCommands, JobCommands, NodeCommands,
        BitmapCommands, DriveCommands, ExportCommands, TransactionCommands, ReplicationCommands, VirtioCommands,
        DirtyRateCommands, SnapshotCommands {}
