package thespis.qmp.command;

/// Marks a command that may be given by `exec-oob`.
interface OutOfBand {}
