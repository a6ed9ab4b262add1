package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;
import thespis.qmp.wire.WireName;

/// Chips and processor features that keep secrets: TPM, SEV, SGX. QEMU QMP reference "TPM (trusted platform module)
/// devices", "Machines".
public sealed interface SecurityCommands<R> extends BoardCommand<R> {

  record QueryTpm() implements SecurityCommands<List<TpmInfo>> {}

  record QueryTpmModels() implements SecurityCommands<List<TpmModel>> {}

  record QueryTpmTypes() implements SecurityCommands<List<TpmType>> {}

  record QuerySev() implements SecurityCommands<SevInfo> {}

  record QuerySevCapabilities() implements SecurityCommands<SevCapability> {}

  record QuerySevLaunchMeasure() implements SecurityCommands<SevData> {}

  record QuerySevAttestationReport(String mnonce) implements SecurityCommands<SevData> {}

  record SevInjectLaunchSecret(String packetHeader, String secret, @Unsigned(64) Optional<Long> gpa)
      implements SecurityCommands<QmpCommand.Nothing> {}

  record QuerySgx() implements SecurityCommands<SgxInfo> {}

  record QuerySgxCapabilities() implements SecurityCommands<SgxInfo> {}

  record TpmInfo(String id, TpmModel model, TpmOptions options) {}

  enum TpmModel {
    TPM_TIS,
    TPM_CRB
  }

  enum TpmType {
    PASSTHROUGH,
    EMULATOR
  }

  @Union("type")
  sealed interface TpmOptions {
    record Emulator(Chardev data) implements TpmOptions {}

    record Chardev(String chardev) {}
  }

  record SevInfo(
      boolean enabled, long apiMajor, long apiMinor, long buildId, long policy, SevState state, long handle) {}

  enum SevState {
    UNINIT,
    LAUNCH_UPDATE,
    LAUNCH_SECRET,
    RUNNING,
    SEND_UPDATE,
    RECEIVE_UPDATE
  }

  record SevCapability(
      String pdh,
      String certChain,
      @WireName("cpu0-id") String cpu0Id,
      long cbitpos,
      long reducedPhysBits) {}

  record SevData(String data) {}

  record SgxInfo(
      boolean sgx,
      boolean sgx1,
      boolean sgx2,
      boolean flc,
      @Features(Features.DEPRECATED) long sectionSize,
      List<SgxSection> sections) {}

  record SgxSection(long node, long size) {}
}
