package thespis.machine.board;

import java.util.List;
import java.util.function.Consumer;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.GlobalProperty;
import thespis.cpu.prop.Input;
import thespis.machine.qom.QomObject;

/// What `-global` says, on its way to the devices that are made.
final class Globals {
  private Globals() {}

  /// @param refused told of each that does not fit
  static void apply(List<GlobalProperty> globals, QomObject device, Consumer<String> refused) {
    for (GlobalProperty global : globals) {
      if (device.type().isA(global.type())) {
        try {
          device.set(global.property(), Input.ofGlobal(global.value()));
        } catch (RuntimeException e) {
          refused.accept("can't apply global " + global + ": " + e.getMessage());
        }
      }
    }
  }

  /// Ends a machine that is starting.
  static void refuse(String badGlobal) {
    throw new ConfigException(badGlobal);
  }
}
