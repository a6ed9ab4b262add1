package thespis.cpu.run;

import thespis.cpu.jit.NativeEngine;

/// How the processors of a machine execute guest code.
///
/// @param translated to host code, else interpreted
/// @param verified each run of translated code is compared with the interpreter
public record Execution(boolean translated, boolean verified) {
  public static final Execution INTERPRETED = new Execution(false, false);
  public static final Execution TRANSLATED = new Execution(true, false);
  public static final Execution VERIFIED = new Execution(true, true);

  public Execution {
    if (verified && !translated) {
      throw new IllegalArgumentException("what is interpreted cannot be compared with the interpreter");
    }
  }

  /// What the host is best at.
  public static Execution byDefault() {
    return NativeEngine.available() ? TRANSLATED : INTERPRETED;
  }
}
