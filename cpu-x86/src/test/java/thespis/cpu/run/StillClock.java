package thespis.cpu.run;

/// Time stands still: no timer ever expires.
final class StillClock implements GuestClock {
  @Override
  public long nanos() {
    return 0;
  }

  @Override
  public Timer timer(String name, Runnable onExpiry) {
    return new Timer() {
      @Override
      public void arm(long deadlineNanos) {}

      @Override
      public void cancel() {}
    };
  }
}
