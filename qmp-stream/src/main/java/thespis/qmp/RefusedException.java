package thespis.qmp;

import thespis.hotplug.ErrorClass;

/// A request that is answered with an error before anybody was asked. Without stack trace: clients cause it.
final class RefusedException extends Exception {
  private final transient QmpReply.Fail reply;

  private RefusedException(ErrorClass errorClass, String desc) {
    super(desc, null, false, false);
    reply = new QmpReply.Fail(errorClass, desc);
  }

  static RefusedException notFound(String desc) {
    return new RefusedException(ErrorClass.COMMAND_NOT_FOUND, desc);
  }

  static RefusedException generic(String desc) {
    return new RefusedException(ErrorClass.GENERIC_ERROR, desc);
  }

  QmpReply.Fail reply() {
    return reply;
  }
}
