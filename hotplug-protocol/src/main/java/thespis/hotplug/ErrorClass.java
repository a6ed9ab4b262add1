package thespis.hotplug;

/// The error classes clients may key on. QEMU QMP reference "QapiErrorClass".
public enum ErrorClass {
  GENERIC_ERROR("GenericError"),
  COMMAND_NOT_FOUND("CommandNotFound"),
  DEVICE_NOT_ACTIVE("DeviceNotActive"),
  DEVICE_NOT_FOUND("DeviceNotFound"),
  KVM_MISSING_CAP("KVMMissingCap");

  private final String wire;

  ErrorClass(String wire) {
    this.wire = wire;
  }

  public String wire() {
    return wire;
  }
}
