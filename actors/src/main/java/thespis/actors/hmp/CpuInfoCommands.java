package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import thespis.cpu.run.Inspector;

/// What `info` can show of processors.
final class CpuInfoCommands {
  private static final String NO_CPU = "No CPU available\n";

  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("registers", "cpustate_all:-a,vcpu:i?", "[-a|vcpu]",
          "show the cpu registers (-a: show register info for all cpus; vcpu: specific vCPU to query;"
              + " show the current CPU's registers if no argument is specified)",
          CpuInfoCommands::registers),
      HmpCommand.plain("mem", "show the active virtual memory mappings", s -> s.look(NO_CPU, Inspector::ranges)),
      HmpCommand.plain("tlb", "show virtual to physical memory mappings", s -> s.look(NO_CPU, Inspector::pages)),
      new HmpCommand("lapic", "apic-id:i?", "[apic-id]",
          "show local apic state (apic-id: local apic to read, default is which of current CPU)",
          CpuInfoCommands::localApic),
      HmpCommand.plain("jit", "show dynamic compiler info", s -> s.machine().translation()));

  private CpuInfoCommands() {}

  private static CompletionStage<String> registers(Session session, Arguments arguments) {
    if (arguments.has("cpustate_all")) {
      return all(session, CpuInfoCommands::registersOf).thenApply(texts -> String.join("", texts));
    }
    if (!arguments.has("vcpu")) {
      return session.current().thenCompose(cpu -> cpu < 0 ? HmpCommand.text(NO_CPU) : registersOf(session, cpu));
    }
    int slot = (int) arguments.number("vcpu");
    return session.machine().cpus().thenCompose(cpus -> cpus.stream().anyMatch(c -> c.slot().index() == slot)
        ? registersOf(session, slot)
        : HmpCommand.text("CPU#" + slot + " not available\n"));
  }

  private static CompletionStage<String> registersOf(Session session, int slot) {
    return session.machine().look(slot, Inspector::registers).thenApply(text -> "\nCPU#" + slot + "\n" + text);
  }

  private interface Look {
    CompletionStage<String> at(Session session, int slot);
  }

  /// The same of every CPU, in the order in which they were made.
  private static CompletionStage<List<String>> all(Session session, Look look) {
    return session.machine().cpus().thenCompose(cpus -> {
      CompletionStage<List<String>> texts = CompletableFuture.completedFuture(new ArrayList<>());
      for (var cpu : cpus) {
        texts = texts.thenCombine(look.at(session, cpu.slot().index()), (list, text) -> {
          list.add(text);
          return list;
        });
      }
      return texts;
    });
  }

  private static CompletionStage<String> localApic(Session session, Arguments arguments) {
    if (!arguments.has("apic-id")) {
      return session.look(NO_CPU, Inspector::localApic);
    }
    long id = arguments.number("apic-id");
    return session.machine().cpus().thenCompose(cpus -> cpus.stream()
        .filter(c -> c.slot().apicId() == id)
        .findFirst()
        .map(c -> session.machine().look(c.slot().index(), Inspector::localApic))
        .orElse(HmpCommand.text(NO_CPU)));
  }
}
