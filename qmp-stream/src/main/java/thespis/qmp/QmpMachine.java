package thespis.qmp;

import akka.actor.typed.ActorRef;
import java.util.function.BooleanSupplier;
import thespis.hotplug.BoardProtocol;
import thespis.qmp.command.MonitorCommands.VersionInfo;

/// The machine that monitors talk to.
///
/// @param board understands {@link QmpMessage}
/// @param version what the greeting and `query-version` say
/// @param initialized false until the machine is made (`--preconfig`)
public record QmpMachine(ActorRef<BoardProtocol.Message> board, VersionInfo version, BooleanSupplier initialized) {}
