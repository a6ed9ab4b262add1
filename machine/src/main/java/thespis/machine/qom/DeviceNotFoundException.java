package thespis.machine.qom;

/// A path or type name leads nowhere: QMP's error class DeviceNotFound. The message is QEMU's.
public final class DeviceNotFoundException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeviceNotFoundException(String message) {
    super(message);
  }

  public static DeviceNotFoundException device(String name) {
    return new DeviceNotFoundException("Device '" + name + "' not found");
  }
}
