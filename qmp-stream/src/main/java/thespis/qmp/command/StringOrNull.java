package thespis.qmp.command;

/// A string, or null for "none from now on": QAPI's alternate `StrOrNull`.
///
/// @param text null for null
public record StringOrNull(String text) {}
