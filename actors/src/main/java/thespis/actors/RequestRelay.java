package thespis.actors;

import thespis.hotplug.Cause;
import thespis.machine.acpi.WakeReason;
import thespis.machine.board.BoardRequests;

/// What the guest asks its board for, told to whoever decides about the machine.
record RequestRelay(Hardware.GuestRequests listener) implements BoardRequests {
  @Override
  public void reset() {
    listener.asked(Cause.GUEST_RESET, 0);
  }

  @Override
  public void powerOff() {
    listener.asked(Cause.GUEST_SHUTDOWN, 0);
  }

  @Override
  public void suspend() {
    listener.slept();
  }

  @Override
  public void wake(WakeReason reason) {
    listener.woken(reason);
  }

  @Override
  public void hibernated() {
    listener.hibernated();
  }

  @Override
  public void watchdogExpired() {
    listener.watchdogExpired();
  }

  @Override
  public void debugExit(int status) {
    listener.asked(Cause.HOST_ERROR, status);
  }
}
