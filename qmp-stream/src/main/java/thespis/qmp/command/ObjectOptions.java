package thespis.qmp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.command.MemoryCommands.HostMemPolicy;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;

/// What a user says of an object to be made: its type, its name, and properties that depend on the type. QEMU QMP
/// reference "ObjectOptions".
@Union("qom-type")
public sealed interface ObjectOptions {
  String id();

  record MemoryBackendRam(
      String id,
      Optional<Boolean> dump,
      @Unsigned(16) Optional<List<Long>> hostNodes,
      Optional<Boolean> merge,
      Optional<HostMemPolicy> policy,
      Optional<Boolean> prealloc,
      @Unsigned(32) Optional<Long> preallocThreads,
      Optional<String> preallocContext,
      Optional<Boolean> share,
      Optional<Boolean> reserve,
      @Unsigned(64) long size,
      Optional<Boolean> xUseCanonicalPathForRamblockId)
      implements ObjectOptions {}

  record MemoryBackendFile(
      String id,
      Optional<Boolean> dump,
      @Unsigned(16) Optional<List<Long>> hostNodes,
      Optional<Boolean> merge,
      Optional<HostMemPolicy> policy,
      Optional<Boolean> prealloc,
      @Unsigned(32) Optional<Long> preallocThreads,
      Optional<String> preallocContext,
      Optional<Boolean> share,
      Optional<Boolean> reserve,
      @Unsigned(64) long size,
      Optional<Boolean> xUseCanonicalPathForRamblockId,
      @Unsigned(64) Optional<Long> align,
      Optional<Boolean> discardData,
      String memPath,
      Optional<Boolean> pmem,
      Optional<Boolean> readonly)
      implements ObjectOptions {}

  record MemoryBackendMemfd(
      String id,
      Optional<Boolean> dump,
      @Unsigned(16) Optional<List<Long>> hostNodes,
      Optional<Boolean> merge,
      Optional<HostMemPolicy> policy,
      Optional<Boolean> prealloc,
      @Unsigned(32) Optional<Long> preallocThreads,
      Optional<String> preallocContext,
      Optional<Boolean> share,
      Optional<Boolean> reserve,
      @Unsigned(64) long size,
      Optional<Boolean> xUseCanonicalPathForRamblockId,
      Optional<Boolean> hugetlb,
      @Unsigned(64) Optional<Long> hugetlbsize,
      Optional<Boolean> seal)
      implements ObjectOptions {}

  record Iothread(
      String id,
      Optional<Long> aioMaxBatch,
      Optional<Long> threadPoolMin,
      Optional<Long> threadPoolMax,
      Optional<Long> pollMaxNs,
      Optional<Long> pollGrow,
      Optional<Long> pollShrink)
      implements ObjectOptions {}

  /// The emulator's own loop, of which there is one at most.
  record MainLoop(
      String id, Optional<Long> aioMaxBatch, Optional<Long> threadPoolMin, Optional<Long> threadPoolMax)
      implements ObjectOptions {}

  record RngBuiltin(String id, @Features(Features.DEPRECATED) Optional<Boolean> opened) implements ObjectOptions {}

  record RngRandom(
      String id, @Features(Features.DEPRECATED) Optional<Boolean> opened, Optional<String> filename)
      implements ObjectOptions {}

  record Secret(
      String id,
      @Features(Features.DEPRECATED) Optional<Boolean> loaded,
      Optional<SecretFormat> format,
      Optional<String> keyid,
      Optional<String> iv,
      Optional<String> data,
      Optional<String> file)
      implements ObjectOptions {}

  record ThrottleGroup(
      String id,
      Optional<ThrottleLimits> limits,
      @Features(Features.UNSTABLE) Optional<Long> xIopsTotal,
      @Features(Features.UNSTABLE) Optional<Long> xIopsTotalMax,
      @Features(Features.UNSTABLE) Optional<Long> xIopsTotalMaxLength,
      @Features(Features.UNSTABLE) Optional<Long> xIopsRead,
      @Features(Features.UNSTABLE) Optional<Long> xIopsReadMax,
      @Features(Features.UNSTABLE) Optional<Long> xIopsReadMaxLength,
      @Features(Features.UNSTABLE) Optional<Long> xIopsWrite,
      @Features(Features.UNSTABLE) Optional<Long> xIopsWriteMax,
      @Features(Features.UNSTABLE) Optional<Long> xIopsWriteMaxLength,
      @Features(Features.UNSTABLE) Optional<Long> xBpsTotal,
      @Features(Features.UNSTABLE) Optional<Long> xBpsTotalMax,
      @Features(Features.UNSTABLE) Optional<Long> xBpsTotalMaxLength,
      @Features(Features.UNSTABLE) Optional<Long> xBpsRead,
      @Features(Features.UNSTABLE) Optional<Long> xBpsReadMax,
      @Features(Features.UNSTABLE) Optional<Long> xBpsReadMaxLength,
      @Features(Features.UNSTABLE) Optional<Long> xBpsWrite,
      @Features(Features.UNSTABLE) Optional<Long> xBpsWriteMax,
      @Features(Features.UNSTABLE) Optional<Long> xBpsWriteMaxLength,
      @Features(Features.UNSTABLE) Optional<Long> xIopsSize)
      implements ObjectOptions {}

  enum SecretFormat {
    RAW,
    BASE64
  }

  record ThrottleLimits(
      Optional<Long> iopsTotal,
      Optional<Long> iopsTotalMax,
      Optional<Long> iopsTotalMaxLength,
      Optional<Long> iopsRead,
      Optional<Long> iopsReadMax,
      Optional<Long> iopsReadMaxLength,
      Optional<Long> iopsWrite,
      Optional<Long> iopsWriteMax,
      Optional<Long> iopsWriteMaxLength,
      Optional<Long> bpsTotal,
      Optional<Long> bpsTotalMax,
      Optional<Long> bpsTotalMaxLength,
      Optional<Long> bpsRead,
      Optional<Long> bpsReadMax,
      Optional<Long> bpsReadMaxLength,
      Optional<Long> bpsWrite,
      Optional<Long> bpsWriteMax,
      Optional<Long> bpsWriteMaxLength,
      Optional<Long> iopsSize) {}

  /// The type's name.
  default String type() {
    return RecordSpec.caseName((Record) this);
  }

  /// The properties that were given, by name, as JSON has them.
  default Map<String, Object> properties() {
    Map<String, Object> given = RecordSpec.values((Record) this);
    given.remove("id");
    return given;
  }

  /// The names of all types.
  static List<String> types() {
    return List.copyOf(UnionSpec.of(ObjectOptions.class).cases().keySet());
  }

  /// Reads JSON as `-object` takes it.
  static ObjectOptions of(JsonNode json) throws ArgumentException {
    return ((ObjectCommands.ObjectAdd) CommandTable.find("object-add").decode(json)).options();
  }

  /// Reads what stands behind `-object` as text.
  static ObjectOptions of(Map<String, List<String>> values) throws ArgumentException {
    return (ObjectOptions) KeyvalDecoder.decode(UnionSpec.of(ObjectOptions.class), values);
  }
}
