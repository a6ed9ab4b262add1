package thespis.actors;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;

/// Slots and functions of one PCI bus: who is where, and where the next one goes. QEMU's order and words.
final class PciPlaces {
  private static final int SLOTS = 32;
  private static final Pattern PLACE = Pattern.compile("(?:0[xX])?([0-9a-fA-F]{1,2})(?:\\.(?:0[xX])?([0-7]))?");

  /// @param id null for none
  private record Function(String type, String id, boolean multifunction) {
    @Override
    public String toString() {
      return type + ",id=" + (id == null ? "(null)" : id);
    }
  }

  private final Map<Integer, Function> functions = new TreeMap<>();

  /// One of the board's own.
  PciPlaces with(int devfn, String type, boolean multifunction) {
    functions.put(devfn, new Function(type, null, multifunction));
    return this;
  }

  /// `slot.function` in hexadecimal, or both in one number.
  ///
  /// @return -1 for any
  static int parse(String type, Object given) {
    Object value = given instanceof Input.Json(var json) ? json : given;
    if (value instanceof Number number) {
      if (number.longValue() < -1 || number.longValue() >= SLOTS * 8) {
        throw new ConfigException("Parameter 'addr' expects a value between -1 and 255");
      }
      return number.intValue();
    }
    Matcher place = PLACE.matcher(String.valueOf(value));
    if (value instanceof String && place.matches() && Integer.parseInt(place.group(1), 16) < SLOTS) {
      int function = place.group(2) == null ? 0 : Integer.parseInt(place.group(2));
      return Integer.parseInt(place.group(1), 16) << 3 | function;
    }
    throw new ConfigException("Property '" + type + ".addr' doesn't take value '" + value + "'");
  }

  /// Puts one where it wants to be, or into the first free slot.
  int take(int wanted, String type, String id, boolean multifunction) {
    int devfn = wanted;
    if (devfn < 0) {
      devfn = 0;
      while (functions.containsKey(devfn)) {
        devfn += 8;
      }
    }
    int slot = devfn >>> 3;
    if (devfn >= SLOTS * 8) {
      throw new ConfigException("PCI: no slot/function available for " + type + ", all in use or reserved");
    }
    if (functions.containsKey(devfn)) {
      throw new ConfigException("PCI: slot " + slot + " function " + (devfn & 7) + " not available for " + type
          + ", in use by " + functions.get(devfn));
    }
    Function first = functions.get(slot << 3);
    if ((devfn & 7) != 0 && first != null && !first.multifunction) {
      throw new ConfigException(String.format(
          "PCI: single function device can't be populated in function %x.%x", slot, devfn & 7));
    }
    for (int other = devfn + 1; (devfn & 7) == 0 && !multifunction && other < devfn + 8; other++) {
      if (functions.containsKey(other)) {
        throw new ConfigException(String.format(
            "PCI: %x.0 indicates single function, but %x.%x is already populated.", slot, slot, other & 7));
      }
    }
    functions.put(devfn, new Function(type, id, multifunction));
    return devfn;
  }
}
