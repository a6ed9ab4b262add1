package thespis.cpu.run;

import java.util.Optional;
import thespis.cpu.jit.TranslationWatch;
import thespis.cpu.state.DebugPoints;

/// Who watches the processors of a machine.
///
/// @param log what is written about them
/// @param translations who hears of translated code
/// @param debug where they are to stop
public record Observation(EngineLog log, Optional<TranslationWatch> translations, DebugPoints debug) {
  /// Without a debugger.
  public Observation(EngineLog log, Optional<TranslationWatch> translations) {
    this(log, translations, new DebugPoints());
  }

  /// Nobody.
  public static Observation none() {
    return new Observation(new EngineLog(), Optional.empty());
  }
}
