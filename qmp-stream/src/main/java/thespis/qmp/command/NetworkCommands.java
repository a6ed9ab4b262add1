package thespis.qmp.command;

import java.util.List;
import java.util.Optional;

/// Network cards and what they are plugged into. QEMU QMP reference "Net devices", "Rocker switch device".
public sealed interface NetworkCommands<R> extends BoardCommand<R> {

  record QueryRxFilter(Optional<String> name) implements NetworkCommands<List<RxFilterInfo>> {}

  record SetLink(String name, boolean up) implements NetworkCommands<QmpCommand.Nothing>, Underscored {}

  record NetdevDel(String id) implements NetworkCommands<QmpCommand.Nothing>, Underscored, Preconfig {}

  record QueryRocker(String name) implements NetworkCommands<RockerSwitch> {}

  record QueryRockerPorts(String name) implements NetworkCommands<List<RockerPort>> {}

  record RxFilterInfo(
      String name,
      boolean promiscuous,
      RxState multicast,
      RxState unicast,
      RxState vlan,
      boolean broadcastAllowed,
      boolean multicastOverflow,
      boolean unicastOverflow,
      String mainMac,
      List<Long> vlanTable,
      List<String> unicastTable,
      List<String> multicastTable) {}

  enum RxState {
    NORMAL,
    NONE,
    ALL
  }

  record RockerSwitch(String name, long id, long ports) {}

  record RockerPort(String name, boolean enabled, boolean linkUp, long speed, Duplex duplex, Autoneg autoneg) {}

  enum Duplex {
    HALF,
    FULL
  }

  enum Autoneg {
    OFF,
    ON
  }
}
