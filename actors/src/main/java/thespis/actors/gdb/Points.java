package thespis.actors.gdb;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import thespis.cpu.state.DebugPoints.Access;
import thespis.cpu.state.DebugPoints.Watch;

/// The breakpoints and watchpoints of one debugger. GDB manual "Packets", `z` and `Z`: those in memory and those in
/// registers are the same here.
final class Points {
  private static final char MEMORY = '0';
  private static final char HARDWARE = '1';

  private final Set<Long> code = new TreeSet<>();
  private final List<Watch> data = new ArrayList<>();

  /// @param arguments `type,address,kind`
  /// @return whether there is such a type
  boolean insert(String arguments) {
    Long address = instruction(arguments);
    Watch watch = address == null ? watch(arguments) : null;
    if (address != null) {
      code.add(address);
    } else if (watch != null && !data.contains(watch)) {
      data.add(watch);
    }
    return address != null || watch != null;
  }

  boolean remove(String arguments) {
    Long address = instruction(arguments);
    Watch watch = address == null ? watch(arguments) : null;
    if (address != null) {
      code.remove(address);
    } else if (watch != null) {
      data.remove(watch);
    }
    return address != null || watch != null;
  }

  void clear() {
    code.clear();
    data.clear();
  }

  void tell(Target target) {
    target.points(Set.copyOf(code), List.copyOf(data));
  }

  private static Long instruction(String arguments) {
    char type = arguments.isEmpty() ? ' ' : arguments.charAt(0);
    return type == MEMORY || type == HARDWARE ? (Long) Hex.number(parts(arguments)[1]) : null;
  }

  private static Watch watch(String arguments) {
    Access access = switch (arguments.isEmpty() ? ' ' : arguments.charAt(0)) {
      case '2' -> Access.WRITE;
      case '3' -> Access.READ;
      case '4' -> Access.ANY;
      default -> null;
    };
    if (access == null) {
      return null;
    }
    String[] parts = parts(arguments);
    return new Watch(Hex.number(parts[1]), Math.max(1, Hex.number(parts[2])), access);
  }

  private static String[] parts(String arguments) {
    String[] parts = arguments.split("[,;]");
    if (parts.length < 3) {
      throw new BadPacket();
    }
    return parts;
  }
}
