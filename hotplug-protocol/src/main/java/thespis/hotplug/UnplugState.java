package thespis.hotplug;

/// How far a request to remove a CPU has come. Removal is the guest's doing: what a client gives is a request, and each
/// of these is an answer to "what has become of it".
public enum UnplugState {
  /// The remove flag is set; the guest has not looked yet.
  REQUESTED(false),
  /// The guest's scan has taken the flag.
  SEEN(false),
  /// The guest said by `_OST` that it is at work.
  IN_PROGRESS(false),
  /// The guest said by `_OST` that it will not.
  REJECTED(true),
  /// Withdrawn before the guest had seen it.
  CANCELLED(true),
  /// The guest had seen it and was reset: it knows nothing of it any more.
  FORGOTTEN(true),
  /// The CPU is gone.
  DONE(true);

  private final boolean settled;

  UnplugState(boolean settled) {
    this.settled = settled;
  }

  /// Nothing more will come of it unless it is asked for again.
  public boolean settled() {
    return settled;
  }
}
