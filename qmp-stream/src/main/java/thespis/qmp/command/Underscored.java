package thespis.qmp.command;

/// Marks a command of the days when names had underscores: `device_add`. Newer ones have hyphens.
interface Underscored {}
