package thespis.machine.board;

import thespis.machine.qom.QomObject;

/// The object of a PCI device that the user asked for, with its id and its settings.
///
/// @param port the root port that it is behind, by its name; null for bus 0
public record UserDevice(QomObject object, String port) {}
