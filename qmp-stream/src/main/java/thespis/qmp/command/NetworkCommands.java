package thespis.qmp.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;

/// Network cards and what they are plugged into. QEMU QMP reference "Net devices", "Rocker switch device".
public sealed interface NetworkCommands<R> extends BoardCommand<R> {

  record QueryRxFilter(Optional<String> name) implements NetworkCommands<List<RxFilterInfo>> {}

  record SetLink(String name, boolean up) implements NetworkCommands<QmpCommand.Nothing>, Underscored {}

  record NetdevAdd(@Boxed Netdev netdev) implements NetworkCommands<QmpCommand.Nothing>, Underscored, Preconfig {}

  record NetdevDel(String id) implements NetworkCommands<QmpCommand.Nothing>, Underscored, Preconfig {}

  record QueryRocker(String name) implements NetworkCommands<RockerSwitch> {}

  record QueryRockerPorts(String name) implements NetworkCommands<List<RockerPort>> {}

  record QueryRockerOfDpaFlows(String name, @Unsigned(32) Optional<Long> tblId)
      implements NetworkCommands<List<RockerFlow>> {}

  record QueryRockerOfDpaGroups(String name, @Unsigned(8) Optional<Long> type)
      implements NetworkCommands<List<RockerGroup>> {}

  /// What `info network` says.
  record XThespisQueryNetwork() implements NetworkCommands<StatusCommands.HumanReadableText>, Extension {}

  /// Tells the network where this machine is now.
  record AnnounceSelf(
      long initial, long max, long rounds, long step, Optional<List<String>> interfaces, Optional<String> id)
      implements NetworkCommands<QmpCommand.Nothing> {}

  /// What a network card may be plugged into, of the kinds that we have.
  @Union(value = "type", after = "id")
  sealed interface Netdev {
    String id();

    /// From text.
    static Netdev of(Map<String, List<String>> values) throws ArgumentException {
      return (Netdev) KeyvalDecoder.decode(UnionSpec.of(Netdev.class), values);
    }

    record None(String id) implements Netdev {}

    record Nic(
        String id,
        Optional<String> netdev,
        Optional<String> macaddr,
        Optional<String> model,
        Optional<String> addr,
        @Unsigned(32) Optional<Long> vectors)
        implements Netdev {}

    /// @param netdev what the port leads to
    record Hubport(String id, long hubid, Optional<String> netdev) implements Netdev {}
  }

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

  record RockerFlow(long cookie, long hits, FlowKey key, FlowMask mask, FlowAction action) {}

  record FlowKey(
      long priority,
      long tblId,
      Optional<Long> inPport,
      Optional<Long> tunnelId,
      Optional<Long> vlanId,
      Optional<Long> ethType,
      Optional<String> ethSrc,
      Optional<String> ethDst,
      Optional<Long> ipProto,
      Optional<Long> ipTos,
      Optional<String> ipDst) {}

  record FlowMask(
      Optional<Long> inPport,
      Optional<Long> tunnelId,
      Optional<Long> vlanId,
      Optional<String> ethSrc,
      Optional<String> ethDst,
      Optional<Long> ipProto,
      Optional<Long> ipTos) {}

  record FlowAction(
      Optional<Long> gotoTbl,
      Optional<Long> groupId,
      Optional<Long> tunnelLport,
      Optional<Long> vlanId,
      Optional<Long> newVlanId,
      Optional<Long> outPport) {}

  record RockerGroup(
      long id,
      long type,
      Optional<Long> vlanId,
      Optional<Long> pport,
      Optional<Long> index,
      Optional<Long> outPport,
      Optional<Long> groupId,
      Optional<Long> setVlanId,
      Optional<Long> popVlan,
      Optional<List<Long>> groupIds,
      Optional<String> setEthSrc,
      Optional<String> setEthDst,
      Optional<Long> ttlCheck) {}
}
