package thespis.actors.hmp;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import thespis.qmp.QmpReply;
import thespis.qmp.command.BoardCommand;

/// Commands that are QMP's in another dress.
final class Qmp {
  private Qmp() {}

  /// Says nothing if it succeeds.
  static CompletionStage<String> done(Session session, BoardCommand<?> command) {
    return shown(session, command, nothing -> "");
  }

  static CompletionStage<String> shown(Session session, BoardCommand<?> command, Function<Object, String> text) {
    return session.machine().qmp(command).thenApply(reply -> switch (reply) {
      case QmpReply.Ok(var value) -> text.apply(value);
      case QmpReply.Fail(var errorClass, var desc) -> "Error: " + desc + "\n";
    });
  }
}
