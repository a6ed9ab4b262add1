package thespis.machine.board;

/// Where a new processor is asked to go: the properties `socket-id`, `die-id`, `core-id`, `thread-id`, `node-id` and
/// `apic-id` as they stand before it is plugged. Negative ids count as not set.
public record CpuAddress(int socketId, int dieId, int coreId, int threadId, int nodeId, int apicId) {
  /// Default of all of them; for `apic-id`, a uint32, it reads 4294967295.
  public static final int UNSET = -1;

  public static final CpuAddress ANYWHERE = new CpuAddress(UNSET, UNSET, UNSET, UNSET, UNSET, UNSET);

  public static CpuAddress ofApicId(int apicId) {
    return new CpuAddress(UNSET, UNSET, UNSET, UNSET, UNSET, apicId);
  }

  /// The same with the APIC ID that the board gives it.
  public CpuAddress at(int givenApicId) {
    return new CpuAddress(socketId, dieId, coreId, threadId, nodeId, givenApicId);
  }

  public static CpuAddress of(int socketId, int dieId, int coreId, int threadId) {
    return new CpuAddress(socketId, dieId, coreId, threadId, UNSET, UNSET);
  }
}
