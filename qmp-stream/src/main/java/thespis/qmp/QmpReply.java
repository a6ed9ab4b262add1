package thespis.qmp;

import thespis.hotplug.ErrorClass;
import thespis.hotplug.Failure;
import thespis.qmp.command.QmpCommand.Nothing;

/// What a command comes to.
public sealed interface QmpReply extends ConnectionMessage {
  /// @param value what the command's type argument says: records, lists, strings, JSON trees
  record Ok(Object value) implements QmpReply {}

  record Fail(ErrorClass errorClass, String desc) implements QmpReply {}

  /// Done, with nothing to say.
  static QmpReply done() {
    return new Ok(Nothing.NOTHING);
  }

  static QmpReply fail(String desc) {
    return new Fail(ErrorClass.GENERIC_ERROR, desc);
  }

  static QmpReply of(Failure failure) {
    return new Fail(failure.errorClass(), failure.desc());
  }
}
