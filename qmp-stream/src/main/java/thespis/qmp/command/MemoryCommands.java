package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Union;

/// The guest's memory: what it is made of, and pictures of it. QEMU QMP reference "Machines", "Dump guest memory".
public sealed interface MemoryCommands<R> extends BoardCommand<R> {

  record QueryMemorySizeSummary() implements MemoryCommands<MemoryInfo> {}

  record QueryMemdev() implements MemoryCommands<List<Memdev>>, Preconfig {}

  record QueryMemoryDevices() implements MemoryCommands<List<MemoryDeviceInfo>> {}

  record QueryBalloon() implements MemoryCommands<BalloonInfo> {}

  record Balloon(long value) implements MemoryCommands<QmpCommand.Nothing> {}

  /// Memory as the processor sees it, to a file.
  record Memsave(long val, long size, String filename, Optional<Long> cpuIndex)
      implements MemoryCommands<QmpCommand.Nothing> {}

  /// Memory by its physical address, to a file.
  record Pmemsave(long val, long size, String filename) implements MemoryCommands<QmpCommand.Nothing> {}

  record QueryDump() implements MemoryCommands<DumpQueryResult> {}

  record QueryDumpGuestMemoryCapability() implements MemoryCommands<DumpGuestMemoryCapability> {}

  /// All of the memory or a part of it, with the processors' registers, to a file.
  record DumpGuestMemory(
      boolean paging,
      String protocol,
      Optional<Boolean> detach,
      Optional<Long> begin,
      Optional<Long> length,
      Optional<DumpFormat> format)
      implements MemoryCommands<QmpCommand.Nothing> {}

  record QueryVmGenerationId() implements MemoryCommands<GuidInfo> {}

  record MemoryInfo(long baseMemory, Optional<Long> pluggedMemory) {}

  record Memdev(
      Optional<String> id,
      long size,
      boolean merge,
      boolean dump,
      boolean prealloc,
      boolean share,
      Optional<Boolean> reserve,
      List<Long> hostNodes,
      HostMemPolicy policy) {}

  enum HostMemPolicy {
    DEFAULT,
    PREFERRED,
    BIND,
    INTERLEAVE
  }

  @Union("type")
  sealed interface MemoryDeviceInfo {
    record Dimm(DimmInfo data) implements MemoryDeviceInfo {}

    record DimmInfo(
        Optional<String> id,
        long addr,
        long size,
        long slot,
        long node,
        String memdev,
        boolean hotplugged,
        boolean hotpluggable) {}
  }

  record BalloonInfo(long actual) {}

  record DumpQueryResult(DumpStatus status, long completed, long total) {}

  enum DumpStatus {
    NONE,
    ACTIVE,
    COMPLETED,
    FAILED
  }

  record DumpGuestMemoryCapability(List<DumpFormat> formats) {}

  enum DumpFormat {
    ELF,
    KDUMP_ZLIB,
    KDUMP_LZO,
    KDUMP_SNAPPY,
    WIN_DMP
  }

  record GuidInfo(String guid) {}
}
