package thespis.actors.hmp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import thespis.actors.Machine;
import thespis.cpu.run.Inspector;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.SlotInfo;

/// One user's view: which CPU is looked at, what was typed before.
final class Session {
  private static final Pattern REGISTER = Pattern.compile("\\$([A-Za-z0-9_.]+)");

  private final MonitorContext context;
  private final Supplier<List<String>> history;
  private final boolean terminal;
  private int cpu;

  /// @param terminal its user can wait for what takes long
  Session(MonitorContext context, int cpu, Supplier<List<String>> history, boolean terminal) {
    this.terminal = terminal;
    this.context = context;
    this.cpu = cpu;
    this.history = history;
  }

  MonitorContext context() {
    return context;
  }

  Machine machine() {
    return context.machine();
  }

  boolean isTerminal() {
    return terminal;
  }

  List<String> history() {
    return history.get();
  }

  void choose(int slot) {
    cpu = slot;
  }

  /// Looks at the current CPU; if it is gone, the first that is there is current from now on.
  ///
  /// @param without what to show if there is no CPU at all
  CompletionStage<String> look(String without, Function<Inspector, String> look) {
    return current().thenCompose(slot -> slot < 0 ? HmpCommand.text(without) : machine().look(slot, look));
  }

  /// Index of the current CPU, or -1.
  CompletionStage<Integer> current() {
    return machine().cpus().thenApply(cpus -> {
      if (cpus.stream().noneMatch(c -> c.slot().index() == cpu)) {
        cpu = cpus.stream().map(CpuInfo::slot).mapToInt(s -> s.index()).findFirst().orElse(-1);
      }
      return cpu;
    });
  }

  /// What `device_add` takes here.
  CompletionStage<List<String>> deviceTypes() {
    return machine().slots().thenApply(slots -> slots.stream().map(SlotInfo::type).toList());
  }

  /// What `device_del` takes.
  CompletionStage<List<String>> deviceIds() {
    return machine().cpus().thenApply(cpus -> cpus.stream().flatMap(c -> c.id().stream()).toList());
  }

  /// The values of the registers that a line names.
  CompletionStage<Function<String, OptionalLong>> registers(String line) {
    List<String> names = REGISTER.matcher(line).results().map(r -> r.group(1)).distinct().toList();
    if (names.isEmpty()) {
      return CompletableFuture.completedFuture(name -> OptionalLong.empty());
    }
    return look("", cpu -> values(cpu, names)).thenApply(Session::lookup);
  }

  private static String values(Inspector cpu, List<String> names) {
    StringBuilder found = new StringBuilder();
    names.forEach(name -> cpu.register(name).ifPresent(
        value -> found.append('$').append(name).append('=').append(value).append('\n')));
    return found.toString();
  }

  private static Function<String, OptionalLong> lookup(String found) {
    Map<String, Long> values = new HashMap<>();
    Matcher line = Pattern.compile("\\$(.+)=(.+)").matcher(found);
    while (line.find()) {
      values.put(line.group(1), Long.parseLong(line.group(2)));
    }
    return name -> values.containsKey(name) ? OptionalLong.of(values.get(name)) : OptionalLong.empty();
  }
}
