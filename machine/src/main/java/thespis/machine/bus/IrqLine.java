package thespis.machine.bus;

/// An interrupt wire. Level semantics: set(true) raises, set(false) lowers; edges are the receiver's business.
@FunctionalInterface
public interface IrqLine {
  void set(boolean level);

  /// Leads nowhere.
  static IrqLine none() {
    return level -> {};
  }

  default void pulse() {
    set(true);
    set(false);
  }
}
