package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import thespis.actors.ClockChip.Source;

class ClockChipTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Optional<LocalDateTime> DATE = Optional.of(LocalDateTime.parse("2006-06-17T16:01:21"));
  private static final long START = 1_150_560_081L;

  private long guestNanos = 5;
  private final LongSupplier guest = () -> guestNanos;

  @Test
  void itStartsAtTheDateThatIsAskedFor() {
    for (Source source : Source.values()) {
      long shown = new ClockChip(false, DATE, source).start(guest).nanos().getAsLong();
      assertTrue(shown >= START * SECOND && shown < (START + 3600) * SECOND, source + " " + shown);
    }
  }

  @Test
  void drivenByTheGuestsTimeItStandsWithTheGuest() {
    LongSupplier chip = new ClockChip(false, DATE, Source.VM).start(guest).nanos();
    assertEquals(START * SECOND, chip.getAsLong());
    guestNanos += 7 * SECOND;
    assertEquals((START + 7) * SECOND, chip.getAsLong());
  }

  @Test
  void withoutADateItShowsTheHosts() {
    long before = Instant.now().getEpochSecond();
    long shown = ClockChip.UTC.start(guest).nanos().getAsLong() / SECOND;
    assertTrue(shown >= before - 1 && shown <= Instant.now().getEpochSecond() + 1);
  }
}
