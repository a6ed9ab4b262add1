package thespis.cpu.jit;

/// Translations by number.
interface Translations {
  /// The next translation of code at an address.
  ///
  /// @param behind the number of the one before, or -1
  /// @return its number, or -1
  int find(long rip, int mode, int behind);

  /// Where it is.
  long address(int n);

  /// Is there one of the same code?
  default boolean has(long t) {
    int n = find(Translation.rip(t), Translation.mode(t), -1);
    while (n >= 0 && !Translation.same(address(n), t)) {
      n = find(Translation.rip(t), Translation.mode(t), n);
    }
    return n >= 0;
  }
}
