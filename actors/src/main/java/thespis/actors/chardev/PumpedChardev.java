package thespis.actors.chardev;

import java.io.IOException;

/// A device whose output waits in an {@link OutputPump} for whoever is to take it.
abstract class PumpedChardev extends Chardev {
  private final OutputPump pump;

  PumpedChardev(ChardevSpec spec) {
    super(spec);
    pump = new OutputPump("chardev-" + spec.id(), this::send);
  }

  /// Sends the first `count` bytes; may wait for the other end.
  protected abstract void send(byte[] bytes, int count) throws IOException;

  @Override
  protected void start() {
    happened(Frontend.Event.OPENED);
  }

  @Override
  protected final void output(byte[] bytes, int from, int length) {
    pump.write(bytes, from, length);
  }

  @Override
  public void close() {
    pump.close();
    super.close();
  }
}
