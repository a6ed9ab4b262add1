package thespis.qmp.command;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All commands by name, as the sealed {@link QmpCommand} lists them.
public final class CommandTable {
  private static final Map<String, CommandSpec> COMMANDS = new LinkedHashMap<>();

  static {
    collect(QmpCommand.class);
  }

  private CommandTable() {}

  private static void collect(Class<?> type) {
    if (type.isRecord()) {
      CommandSpec spec = new CommandSpec(type);
      COMMANDS.put(spec.name(), spec);
    } else {
      for (Class<?> sub : type.getPermittedSubclasses()) {
        collect(sub);
      }
    }
  }

  /// Null if there is none of that name.
  public static CommandSpec find(String name) {
    return COMMANDS.get(name);
  }

  public static Collection<CommandSpec> all() {
    return Collections.unmodifiableCollection(COMMANDS.values());
  }

  /// Those that QEMU has too.
  public static List<CommandSpec> qemus() {
    return COMMANDS.values().stream().filter(spec -> !spec.extension()).toList();
  }
}
