package thespis.actors.block;

import thespis.hotplug.ErrorClass;
import thespis.qmp.QmpReply;

/// Something with disks and images is not possible; the message is QEMU's text.
final class BlockException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorClass errorClass;

  BlockException(String text) {
    this(ErrorClass.GENERIC_ERROR, text);
  }

  BlockException(ErrorClass errorClass, String text) {
    super(text, null, false, false);
    this.errorClass = errorClass;
  }

  QmpReply reply() {
    return new QmpReply.Fail(errorClass, getMessage());
  }
}
