package thespis.machine.board;

import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A character device of the process, as the machine's tree of objects shows it.
///
/// @param kind `socket` and so on
/// @param live properties whose values are asked for when somebody looks
public record ChardevObject(String kind, Map<String, Supplier<Object>> live) {
  public static ChardevObject of(String kind) {
    return new ChardevObject(kind, Map.of());
  }

  /// @param address members of QAPI's `SocketAddress`
  public static ChardevObject socket(Supplier<Map<String, Object>> address, BooleanSupplier connected) {
    return new ChardevObject("socket", Map.of("addr", address::get, "connected", connected::getAsBoolean));
  }
}
