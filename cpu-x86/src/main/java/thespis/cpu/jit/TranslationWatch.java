package thespis.cpu.jit;

/// Hears of each translation that a core can run from now on. Called on that core's thread.
public interface TranslationWatch {
  /// @param rip address of the guest's first instruction
  /// @param length of the guest's code
  /// @param code host address of the translation
  /// @param bytes of the translation
  void translated(int processor, long rip, int length, long code, long bytes);
}
