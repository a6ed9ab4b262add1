package thespis.machine.device.virtio;

/// The driver has put something into a queue that no device can make sense of. VIRTIO 1.1 "Device Status Field":
/// the device needs to be reset.
final class BrokenQueue extends RuntimeException {
  private static final long serialVersionUID = 1;

  BrokenQueue(String what) {
    super(what, null, false, false);
  }
}
