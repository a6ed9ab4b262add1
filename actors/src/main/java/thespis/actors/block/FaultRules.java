package thespis.actors.block;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import thespis.actors.ConfigText;
import thespis.cpu.model.Numbers;
import thespis.qmp.command.BlkdebugEvent;
import thespis.qmp.command.BlockdevOptions.FaultyAccess;
import thespis.qmp.command.BlockdevOptions.InjectError;
import thespis.qmp.command.BlockdevOptions.SetState;

/// When an image's accesses fail, as QEMU's blkdebug has it: events change its state and put rules into force, which then
/// make accesses fail. QEMU documentation "Block I/O error injection using blkdebug". Any thread.
final class FaultRules {
  private static final Set<FaultyAccess> USUAL = EnumSet.complementOf(EnumSet.of(FaultyAccess.BLOCK_STATUS));
  private static final String INJECT = "inject-error";
  private static final String CHANGE = "set-state";
  private static final Map<String, Set<String>> KEYS = Map.of(
      INJECT, Set.of("event", "state", "iotype", "errno", "sector", "once", "immediately", "id"),
      CHANGE, Set.of("event", "state", "new_state", "id"));
  private static final long EIO = 5;
  private static final Map<Long, String> REASONS = Map.of(
      1L, "Operation not permitted", EIO, "Input/output error", 13L, "Permission denied", 28L, "No space left on device");

  private final List<InjectError> faults = new ArrayList<>();
  private final List<SetState> changes = new ArrayList<>();
  private final List<InjectError> inForce = new ArrayList<>();
  private long state = 1;

  /// A configuration file. It may take its time.
  static List<String> lines(String file) {
    try {
      return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1).lines().toList();
    } catch (IOException | InvalidPathException e) {
      if (Files.isDirectory(Path.of(file))) {
        throw new BlockException("Cannot read config file: Is a directory");
      }
      String why = e instanceof IOException failed ? FileNode.reason(failed) : "No such file or directory";
      throw new BlockException("Could not read blkdebug config file: " + why);
    }
  }

  /// @throws BlockException if the file's text is none, in QEMU's words
  static FaultRules of(
      Optional<List<String>> file, Optional<List<InjectError>> faults, Optional<List<SetState>> changes) {
    FaultRules rules = new FaultRules();
    file.ifPresent(lines -> new File(rules).read(lines));
    faults.ifPresent(rules.faults::addAll);
    changes.ifPresent(rules.changes::addAll);
    return rules;
  }

  /// All rules are judged by the state before.
  synchronized void happened(BlkdebugEvent event) {
    long before = state;
    List<InjectError> now = faults.stream()
        .filter(rule -> rule.event() == event && applies(rule.state(), before)).toList();
    if (!now.isEmpty()) {
      inForce.clear();
      inForce.addAll(now.reversed());
    }
    changes.stream()
        .filter(rule -> rule.event() == event && applies(rule.state(), before))
        .forEach(rule -> state = rule.newState());
  }

  private static boolean applies(Optional<Long> wanted, long state) {
    return wanted.orElse(0L) == 0 || wanted.get() == state;
  }

  /// @throws IOException if this access is to fail
  synchronized void check(FaultyAccess access, long at, long bytes) throws IOException {
    for (InjectError rule : inForce) {
      boolean kind = rule.iotype().map(access::equals).orElseGet(() -> USUAL.contains(access));
      long sector = rule.sector().orElse(-1L);
      long place = sector * BlockNode.SECTOR;
      if (kind && (sector == -1 || place >= at && place < at + bytes)) {
        if (rule.once().orElse(false)) {
          inForce.remove(rule);
          faults.remove(rule);
        }
        long errno = rule.errno().orElse(EIO);
        if (errno != 0) {
          throw new IOException(REASONS.getOrDefault(errno, "error " + errno));
        }
        return;
      }
    }
  }

  /// The groups of a configuration file, each a rule.
  private static final class File implements ConfigText.Reader {
    private final FaultRules rules;
    private String group;
    private final Map<String, String> values = new LinkedHashMap<>();

    File(FaultRules rules) {
      this.rules = rules;
    }

    void read(List<String> lines) {
      ConfigText.read(lines, this);
      end();
    }

    @Override
    public void group(String name, int line) {
      end();
      group = name;
      if (!KEYS.containsKey(name)) {
        throw new BlockException("There is no option group '" + name + "'");
      }
    }

    @Override
    public void pair(String key, String value, int line) {
      if (!KEYS.get(group).contains(key)) {
        throw new BlockException("Invalid parameter '" + key + "'");
      }
      values.put(key, value);
    }

    @Override
    public RuntimeException wrong(String what, int line) {
      return new BlockException(what);
    }

    private void end() {
      if (group == null) {
        return;
      }
      String name = values.get("event");
      if (name == null) {
        throw new BlockException("Missing event name for rule");
      }
      BlkdebugEvent event = one(BlkdebugEvent.values(), name);
      if (group.equals(INJECT)) {
        rules.faults.add(new InjectError(
            event, number("state"), Optional.ofNullable(values.get("iotype")).map(v -> one(FaultyAccess.values(), v)),
            number("errno"), number("sector"), flag("once"), flag("immediately")));
      } else {
        rules.changes.add(new SetState(event, number("state"), number("new_state").orElse(0L)));
      }
      values.clear();
    }

    private static <E extends Enum<E>> E one(E[] all, String name) {
      for (E each : all) {
        String lower = each.name().toLowerCase(Locale.ROOT);
        if (name.equals(each instanceof BlkdebugEvent ? lower : lower.replace('_', '-'))) {
          return each;
        }
      }
      throw new BlockException("invalid parameter value: " + name);
    }

    private Optional<Long> number(String key) {
      return Optional.ofNullable(values.get(key)).map(text -> Numbers.uint64(text)
          .orElseThrow(() -> new BlockException("Parameter '" + key + "' expects a number")));
    }

    private Optional<Boolean> flag(String key) {
      return Optional.ofNullable(values.get(key)).map(text -> switch (text) {
        case "on", "yes", "true", "y" -> true;
        case "off", "no", "false", "n" -> false;
        default -> throw new BlockException("Parameter '" + key + "' expects 'on' or 'off'");
      });
    }
  }
}
