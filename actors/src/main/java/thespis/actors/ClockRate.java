package thespis.actors;

import java.util.regex.Pattern;
import thespis.cpu.model.ConfigException;
import thespis.machine.time.TimeRate;

/// How fast a machine's time passes: with the host's, unless `-machine x-thespis-clock-rate=RATE` says otherwise.
final class ClockRate {
  static final String OPTION = "x-thespis-clock-rate";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}([.][0-9]{1,9})?");

  private ClockRate() {}

  /// @throws ConfigException if the rate is none
  static TimeRate of(MachineConfig config) {
    String said = config.boardOptions().get(OPTION);
    if (said == null) {
      return TimeRate.AS_HOST;
    }
    try {
      return TimeRate.of(NUMBER.matcher(said).matches() ? Double.parseDouble(said) : 0);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(OPTION + " should be between " + TimeRate.LEAST + " and " + (int) TimeRate.MOST);
    }
  }
}
