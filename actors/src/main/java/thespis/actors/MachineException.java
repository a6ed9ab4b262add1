package thespis.actors;

import thespis.hotplug.Failure;

/// A machine refused a request. The message is what a QMP client would read.
public final class MachineException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Failure failure;

  MachineException(Failure failure) {
    super(failure.desc());
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }
}
