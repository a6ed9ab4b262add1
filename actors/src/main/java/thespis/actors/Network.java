package thespis.actors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.hotplug.ErrorClass;
import thespis.qmp.QmpReply;
import thespis.qmp.command.NetworkCommands.Netdev;
import thespis.qmp.command.NetworkCommands;
import thespis.qmp.command.StatusCommands.HumanReadableText;
import thespis.qmp.wire.WireNames;

/// What network cards may be plugged into: ports of hubs, which pass every frame on to all their other ports. There is no
/// card, and nothing that leads out of the host. QEMU QMP reference "Net devices"; QEMU's invocation, "-netdev hubport".
final class Network {
  private static final class Port {
    final String id;
    final int hub;
    boolean up = true;

    /// Takes the place of a card.
    Optional<Port> peer = Optional.empty();

    Port(String id, int hub) {
      this.id = id;
      this.hub = hub;
    }
  }

  private final Map<String, Port> ports = new LinkedHashMap<>();
  private final List<Integer> hubs = new ArrayList<>();

  QmpReply answer(NetworkCommands<?> command) {
    return switch (command) {
      case NetworkCommands.NetdevAdd(var netdev) -> add(netdev);
      case NetworkCommands.NetdevDel(String id) -> remove(id);
      case NetworkCommands.SetLink(String name, boolean up) -> setLink(name, up);
      case NetworkCommands.QueryRxFilter(var name) -> filters(name);
      case NetworkCommands.QueryRocker(String name) -> noRocker(name);
      case NetworkCommands.QueryRockerPorts(String name) -> noRocker(name);
      case NetworkCommands.QueryRockerOfDpaFlows(String name, var _) -> noRocker(name);
      case NetworkCommands.QueryRockerOfDpaGroups(String name, var _) -> noRocker(name);
      case NetworkCommands.AnnounceSelf _ -> QmpReply.done();
      case NetworkCommands.XThespisQueryNetwork() -> new QmpReply.Ok(new HumanReadableText(text()));
    };
  }

  private QmpReply add(Netdev netdev) {
    if (!netdev.id().matches("[A-Za-z][A-Za-z0-9._-]*")) {
      return QmpReply.fail("Parameter 'id' expects an identifier");
    }
    return switch (netdev) {
      case Netdev.Hubport port -> add(port);
      case Netdev.None _, Netdev.Nic _ -> QmpReply.fail(
          "network backend '" + WireNames.of(netdev.getClass()) + "' is not compiled into this binary");
    };
  }

  private QmpReply add(Netdev.Hubport wanted) {
    if (wanted.hubid() != (int) wanted.hubid()) {
      return QmpReply.fail("Parameter 'hubid' expects int32_t");
    }
    if (ports.containsKey(wanted.id())) {
      return QmpReply.fail("Duplicate ID '" + wanted.id() + "'");
    }
    Optional<Port> peer = wanted.netdev().map(ports::get);
    if (wanted.netdev().isPresent() && peer.isEmpty()) {
      return QmpReply.fail("netdev '" + wanted.netdev().get() + "' not found");
    }
    if (peer.isPresent() && peer.get().peer.isPresent()) {
      // QEMU differs: it ends with an assertion.
      return QmpReply.fail("netdev '" + peer.get().id + "' is in use");
    }
    Port port = new Port(wanted.id(), (int) wanted.hubid());
    if (!hubs.contains(port.hub)) {
      hubs.add(port.hub);
    }
    port.peer = peer;
    peer.ifPresent(other -> other.peer = Optional.of(port));
    ports.put(port.id, port);
    return QmpReply.done();
  }

  private QmpReply remove(String id) {
    Port port = ports.remove(id);
    if (port == null) {
      return noDevice(id);
    }
    port.peer.ifPresent(other -> other.peer = Optional.empty());
    return QmpReply.done();
  }

  private QmpReply setLink(String id, boolean up) {
    Port port = ports.get(id);
    if (port == null) {
      return noDevice(id);
    }
    port.up = up;
    return QmpReply.done();
  }

  /// Only cards filter.
  private QmpReply filters(Optional<String> id) {
    return id.map(name -> QmpReply.fail(
            ports.containsKey(name) ? "net client(" + name + ") isn't a NIC" : "invalid net client name: " + name))
        .orElse(new QmpReply.Ok(List.of()));
  }

  /// As `info network` has it: hubs stay when their last port goes, and what is newest comes first.
  private String text() {
    StringBuilder out = new StringBuilder();
    for (int hub : hubs.reversed()) {
      out.append("hub ").append(hub).append('\n');
      List.copyOf(ports.values()).reversed().stream().filter(port -> port.hub == hub).forEach(port -> {
        out.append(" \\ ").append(port.id);
        port.peer.ifPresent(peer -> out.append(": ").append(peer.id).append(": index=0,type=hubport,"));
        out.append('\n');
      });
    }
    return out.toString();
  }

  private static QmpReply noRocker(String name) {
    return QmpReply.fail("rocker " + name + " not found");
  }

  private static QmpReply noDevice(String name) {
    return new QmpReply.Fail(ErrorClass.DEVICE_NOT_FOUND, "Device '" + name + "' not found");
  }
}
