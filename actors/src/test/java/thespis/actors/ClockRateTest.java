package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.model.ConfigException;
import thespis.machine.time.TimeRate;

/// What `-machine x-thespis-clock-rate` may say.
class ClockRateTest {
  private static TimeRate rate(String said) {
    return ClockRate.of(Machine.builder().boardOption(ClockRate.OPTION, said).config());
  }

  @Test
  void timeGoesWithTheHostsUnlessARateIsSaid() {
    assertEquals(TimeRate.AS_HOST, ClockRate.of(Machine.builder().config()));
    assertEquals(TimeRate.of(12.5), rate("12.5"));
    assertEquals(TimeRate.of(0.01), rate("0.01"));
    assertEquals(TimeRate.of(100), ClockRate.of(Machine.builder().clockRate(100).config()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1e1", "0x10", "fast", "0.009", "101", "100.1", "4x", "NaN"})
  void whatIsNoRateIsRefused(String said) {
    ConfigException e = assertThrows(ConfigException.class, () -> rate(said));
    assertEquals("x-thespis-clock-rate should be between 0.01 and 100", e.getMessage());
  }
}
