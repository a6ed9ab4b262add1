package thespis.actors.process;

import thespis.actors.chardev.Frontend;

/// A device that only sends: nothing that comes in has anywhere to go.
final class WriteOnly implements Frontend {
  @Override
  public void receive(byte[] bytes) {}
}
