package thespis.qmp.command;

/// Marks a command that may also be given before the machine is made (`--preconfig`).
interface Preconfig {}
