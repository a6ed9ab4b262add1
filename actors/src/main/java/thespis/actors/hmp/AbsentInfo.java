package thespis.actors.hmp;

import java.util.List;

/// What `info` says of things that no machine here has.
final class AbsentInfo {
  static final List<HmpCommand> ALL = List.of(
      none("block-jobs", "show progress of ongoing block device operations", "No active jobs\n"),
      none("blockstats", "show block device statistics", ""),
      none("capture", "show capture information", ""),
      none("memory-devices", "show memory devices", ""),
      none("opcount", "show dynamic compiler opcode counters", "[TCG profiler not compiled]\n"),
      none("profile", "show profiling information", "Error: Internal profiler not compiled\n"),
      none("rdma", "show RDMA state", ""),
      none("replay", "show record/replay information", "Record/replay is not active\n"),
      none("sev", "show SEV information", "SEV is not enabled\n"),
      none("sgx", "show intel SGX information", "No EPC regions defined, SGX not available\n"),
      none("snapshots", "show the currently saved VM snapshots", "no block device can store vmstate for snapshot\n"),
      none("spice", "show the spice server status", "Server: disabled\n"),
      none("tpm", "show the TPM device", ""),
      none("usbhost", "show host USB devices", ""),
      none("usernet", "show user network stack connection states", ""),
      none("vm-generation-id", "Show Virtual Machine Generation ID", "Error: VM Generation ID device not found\n"),
      none("vnc", "show the vnc server status", "None\n"));

  private AbsentInfo() {}

  private static HmpCommand none(String name, String about, String text) {
    return HmpCommand.fixed(name, "", "", about, text);
  }
}
