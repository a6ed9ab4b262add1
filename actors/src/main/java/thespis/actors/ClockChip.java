package thespis.actors;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What the battery-backed clock shows at the start, and what drives it from then on: `-rtc`.
///
/// @param local the host's local time instead of UTC
/// @param date a date and time to start from instead of the host's
public record ClockChip(boolean local, Optional<LocalDateTime> date, Source source) {
  public enum Source {
    /// The host's clock, which somebody may set.
    HOST,
    /// The host's clock that nobody sets.
    RT,
    /// The guest's time: it stands while the guest does.
    VM
  }

  public static final ClockChip UTC = new ClockChip(false, Optional.empty(), Source.HOST);

  private static final long SECOND = 1_000_000_000L;

  /// What the chip goes by.
  ///
  /// @param nanos since 1970, as the chip reads them
  /// @param ahead of a clock that another process has alike: the host's, or the guest's
  record Running(LongSupplier nanos, LongSupplier ahead) {}

  /// @param guest the guest's time
  Running start(LongSupplier guest) {
    LongSupplier driver = switch (source) {
      case HOST -> ClockChip::host;
      case RT -> System::nanoTime;
      case VM -> guest;
    };
    long ahead = start() - driver.getAsLong();
    LongSupplier nanos = () -> driver.getAsLong() + ahead;
    return new Running(nanos, source == Source.RT ? () -> nanos.getAsLong() - host() : () -> ahead);
  }

  private long start() {
    if (date.isPresent()) {
      return date.get().toEpochSecond(ZoneOffset.UTC) * SECOND;
    }
    Instant now = Instant.now();
    int offset = local ? ZoneId.systemDefault().getRules().getOffset(now).getTotalSeconds() : 0;
    return host() + offset * SECOND;
  }

  private static long host() {
    Instant now = Instant.now();
    return now.getEpochSecond() * SECOND + now.getNano();
  }
}
