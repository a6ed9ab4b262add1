package thespis.machine.qom;

import java.util.LinkedHashMap;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;

/// What `-boot` says, as a machine's property. QEMU QMP reference "BootConfiguration".
final class BootSettings {
  private static final String USUAL_ORDER = "cad";
  private static final String DEVICES = "abcdefghijklmnop";

  private static final Map<String, String> MEMBERS = Map.of(
      "order", "string", "once", "string", "menu", "boolean", "splash", "string", "splash-time", "integer",
      "reboot-timeout", "integer", "strict", "boolean");

  private BootSettings() {}

  /// All members anew; the order is the usual one where it is not given.
  ///
  /// @throws ConfigException with QEMU's text
  static Map<String, Object> read(String name, Input value) {
    Map<String, Object> given = Structures.members(name, value, MEMBERS);
    for (String list : new String[] {"order", "once"}) {
      check((String) given.getOrDefault(list, ""));
    }
    Map<String, Object> all = new LinkedHashMap<>(given);
    all.putIfAbsent("order", USUAL_ORDER);
    return all;
  }

  /// Letters of a DOS, each once.
  private static void check(String order) {
    for (int i = 0; i < order.length(); i++) {
      char device = order.charAt(i);
      if (DEVICES.indexOf(device) < 0) {
        throw new ConfigException("Invalid boot device '" + device + "'");
      }
      if (order.indexOf(device) < i) {
        throw new ConfigException("Boot device '" + device + "' was given twice");
      }
    }
  }
}
