package thespis.cpu.prop;

/// A property that every object of a type, and of the types below it, gets when it is made: `-global
/// TYPE.NAME=VALUE`, or `-cpu MODEL,NAME=VALUE`.
public record GlobalProperty(String type, String property, String value) {
  /// As in messages.
  @Override
  public String toString() {
    return type + "." + property + "=" + value;
  }
}
