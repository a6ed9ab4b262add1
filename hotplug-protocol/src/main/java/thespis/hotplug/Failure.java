package thespis.hotplug;

/// Why a request was refused, in the words a client sees.
public record Failure(ErrorClass errorClass, String desc) {
  public static Failure generic(String desc) {
    return new Failure(ErrorClass.GENERIC_ERROR, desc);
  }

  public static Failure deviceNotFound(String name) {
    return new Failure(ErrorClass.DEVICE_NOT_FOUND, "Device '" + name + "' not found");
  }
}
