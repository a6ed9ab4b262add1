package thespis.machine.bus;

/// An interrupt wire. Level semantics: set(true) raises, set(false) lowers; edges are the receiver's business.
@FunctionalInterface
public interface IrqLine {
  IrqLine NONE = level -> {};

  void set(boolean level);

  default void pulse() {
    set(true);
    set(false);
  }
}
