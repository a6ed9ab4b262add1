package thespis.hotplug;

/// The steps of a slot's life, in the order of a hot-add and then of a removal. Published for those who watch.
public enum HotplugStep {
  REALIZING("realizing"),
  REALIZED("realized"),
  /// The insert flag is set in the hotplug registers.
  INSERTING("inserting"),
  /// The general-purpose event that makes the guest look is pending.
  GPE_RAISED("GPE 2"),
  /// The guest's `_OST` for the device check said success.
  OST_OK("_OST ok"),
  OST_FAILED("_OST failed"),
  /// The guest has started the processor.
  ONLINE("online"),
  /// The remove flag is set and the guest was told.
  UNPLUG_REQUESTED("unplug requested"),
  /// The guest's scan has taken the request.
  UNPLUG_SEEN("unplug seen"),
  /// The request was taken back before the guest had seen it.
  UNPLUG_CANCELLED("unplug cancelled"),
  /// The guest's `_OST` for the eject request said that it will not do it.
  UNPLUG_REJECTED("unplug rejected"),
  /// The guest wrote the eject bit; the vCPU is being stopped.
  EJECTING("ejecting"),
  EJECTED("ejected"),
  /// The hot-add came to nothing and was unwound.
  FAILED("failed");

  private final String label;

  HotplugStep(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
