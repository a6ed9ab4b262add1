package thespis.hotplug;

/// What the machine's board can be told. The board owns the machine's run state, its slots and the life of its vCPUs.
public interface BoardProtocol {
  /// Open: the board adds its own private messages, and QMP its requests.
  interface Message {}
}
