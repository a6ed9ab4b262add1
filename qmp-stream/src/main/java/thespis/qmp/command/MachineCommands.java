package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import thespis.qmp.wire.WireName;

/// What machine this is, and what machines there could be. QEMU QMP reference "Machines".
public sealed interface MachineCommands<R> extends BoardCommand<R> {

  record QueryName() implements MachineCommands<NameInfo>, Preconfig {}

  record QueryUuid() implements MachineCommands<UuidInfo>, Preconfig {}

  record QueryKvm() implements MachineCommands<KvmInfo> {}

  record QueryMachines() implements MachineCommands<List<MachineInfo>> {}

  record QueryCurrentMachine() implements MachineCommands<CurrentMachineParams> {}

  record QueryTarget() implements MachineCommands<TargetInfo> {}

  record QueryIothreads() implements MachineCommands<List<IoThreadInfo>>, Preconfig {}

  /// Interrupts of the clock that the guest has missed are forgotten.
  record RtcResetReinjection() implements MachineCommands<QmpCommand.Nothing> {}

  record Dumpdtb(String filename) implements MachineCommands<QmpCommand.Nothing> {}

  /// Before there is a machine.
  record SetNumaNode(@Boxed NumaOptions options) implements MachineCommands<QmpCommand.Nothing>, Preconfig {}

  /// Makes the machine.
  @Features(Features.UNSTABLE)
  record XExitPreconfig() implements MachineCommands<QmpCommand.Nothing>, Preconfig {}

  record NameInfo(Optional<String> name) {}

  record UuidInfo(@WireName("UUID") String uuid) {
    /// A machine without one has the one of zeros.
    public static UuidInfo of(Optional<UUID> uuid) {
      return new UuidInfo(uuid.orElse(new UUID(0, 0)).toString());
    }
  }

  record KvmInfo(boolean enabled, boolean present) {}

  record MachineInfo(
      String name,
      Optional<String> alias,
      Optional<Boolean> isDefault,
      long cpuMax,
      boolean hotpluggableCpus,
      boolean numaMemSupported,
      boolean deprecated,
      Optional<String> defaultCpuType,
      Optional<String> defaultRamId) {}

  record CurrentMachineParams(boolean wakeupSuspendSupport) {}

  record TargetInfo(TargetArch arch) {}

  enum TargetArch {
    @WireName("x86_64")
    X86_64
  }

  record IoThreadInfo(
      String id, long threadId, long pollMaxNs, long pollGrow, long pollShrink, long aioMaxBatch) {}
}
