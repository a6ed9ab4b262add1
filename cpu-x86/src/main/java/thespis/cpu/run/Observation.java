package thespis.cpu.run;

import java.util.Optional;
import thespis.cpu.jit.TranslationWatch;

/// Who watches the processors of a machine.
///
/// @param log what is written about them
/// @param translations who hears of translated code
public record Observation(EngineLog log, Optional<TranslationWatch> translations) {
  /// Nobody.
  public static Observation none() {
    return new Observation(new EngineLog(), Optional.empty());
  }
}
