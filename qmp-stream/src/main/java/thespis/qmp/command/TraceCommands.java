package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Union;

/// Events that an emulator can be told to trace, and counters of accelerators. QEMU QMP reference "Tracing",
/// "Statistics".
public sealed interface TraceCommands<R> extends BoardCommand<R> {

  record TraceEventGetState(String name, Optional<Long> vcpu) implements TraceCommands<List<TraceEventInfo>> {}

  record TraceEventSetState(String name, boolean enable, Optional<Boolean> ignoreUnavailable, Optional<Long> vcpu)
      implements TraceCommands<QmpCommand.Nothing> {}

  record QueryStats(@Boxed StatsFilter filter) implements TraceCommands<List<StatsResult>> {}

  record QueryStatsSchemas(Optional<StatsProvider> provider) implements TraceCommands<List<StatsSchema>> {}

  record TraceEventInfo(String name, TraceEventState state, boolean vcpu) {}

  enum TraceEventState {
    UNAVAILABLE,
    DISABLED,
    ENABLED
  }

  enum StatsProvider {
    KVM
  }

  enum StatsTarget {
    VM,
    VCPU
  }

  record StatsRequest(StatsProvider provider, Optional<List<String>> names) {}

  @Union("target")
  sealed interface StatsFilter {
    Optional<List<StatsRequest>> providers();

    record Vm(Optional<List<StatsRequest>> providers) implements StatsFilter {}

    record Vcpu(Optional<List<StatsRequest>> providers, Optional<List<String>> vcpus) implements StatsFilter {}
  }

  record StatsResult(StatsProvider provider, Optional<String> qomPath, List<Stats> stats) {}

  record Stats(String name, StatsValue value) {}

  /// A number, yes or no, or the numbers of a histogram: QAPI's alternate of that name.
  record StatsValue(Object value) {}

  record StatsSchema(StatsProvider provider, StatsTarget target, List<StatsSchemaValue> stats) {}

  record StatsSchemaValue(
      String name,
      StatsType type,
      Optional<StatsUnit> unit,
      Optional<Long> base,
      long exponent,
      Optional<Long> bucketSize) {}

  enum StatsType {
    CUMULATIVE,
    INSTANT,
    PEAK,
    LINEAR_HISTOGRAM,
    LOG2_HISTOGRAM
  }

  enum StatsUnit {
    BYTES,
    SECONDS,
    CYCLES,
    BOOLEAN
  }
}
