package thespis.qmp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.WireName;

/// Processor models, and what they stand for on this machine. QEMU QMP reference "query-cpu-definitions",
/// "query-cpu-model-expansion"; its comparison and baseline are not there on x86.
public sealed interface CpuModelCommands<R> extends BoardCommand<R> {

  record QueryCpuDefinitions() implements CpuModelCommands<List<CpuDefinitionInfo>> {}

  record QueryCpuModelExpansion(CpuModelExpansionType type, CpuModelInfo model)
      implements CpuModelCommands<CpuModelExpansionInfo> {}

  record CpuDefinitionInfo(
      String name,
      Optional<Boolean> migrationSafe,
      @WireName("static") boolean isStatic,
      Optional<List<String>> unavailableFeatures,
      String typename,
      Optional<String> aliasOf,
      boolean deprecated) {}

  enum CpuModelExpansionType {
    STATIC,
    FULL
  }

  /// @param props an object; anything else counts as none
  record CpuModelInfo(String name, Optional<JsonNode> props) {}

  record CpuModelExpansionInfo(ExpandedModel model) {}

  /// What is told of a model: as {@link CpuModelInfo}, with the values that properties have here.
  record ExpandedModel(String name, Optional<Object> props) {}
}
