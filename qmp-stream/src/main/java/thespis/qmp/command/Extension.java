package thespis.qmp.command;

/// Marks a command or an event that QEMU 7.2 does not have. Whoever knows of it may use it, but it is on no list that a
/// client made for QEMU reads: see docs/adr/0031.
public interface Extension {}
