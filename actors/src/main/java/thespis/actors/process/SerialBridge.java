package thespis.actors.process;

import thespis.actors.SerialLine;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.Frontend;

/// A cable between a character device and a serial port of the machine. Input that comes faster than the guest takes it
/// waits on the device's thread, so that a large paste or a pipe does not pile up here.
final class SerialBridge implements SerialLine, Frontend {
  private static final int ENOUGH = 4096;
  private static final int POLL_MILLIS = 2;

  private final String label;
  private volatile Chardevs.Output output = (bytes, from, length) -> { };
  private volatile Port port;

  SerialBridge(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }

  void attach(Chardevs.Output output) {
    this.output = output;
  }

  @Override
  public synchronized void attached(Port port) {
    this.port = port;
    notifyAll();
  }

  @Override
  public void sent(byte[] bytes, int offset, int length) {
    output.write(bytes, offset, length);
  }

  @Override
  public void receive(byte[] bytes) {
    try {
      Port to = await();
      while (to.queued() > ENOUGH) {
        Thread.sleep(POLL_MILLIS);
      }
      to.receive(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void event(Event event) {
    Port to = port;
    if (event == Event.BREAK && to != null) {
      to.receiveBreak();
    }
  }

  @Override
  public boolean movable() {
    return true;
  }

  private synchronized Port await() throws InterruptedException {
    while (port == null) {
      wait();
    }
    return port;
  }
}
