package thespis.machine.acpi;

import java.util.Arrays;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.device.misc.FwCfg;

/// How firmware and a Q35 board agree on what is done by system management interrupt: firmware reads what is supported,
/// writes what it wants, and reads whether that is accepted, which settles it until the next reset. QEMU "SMI feature
/// negotiation", the fw_cfg files `etc/smi/*`.
public final class SmiNegotiation implements Device {
  private static final int REQUEST_LENGTH = 8;
  private final long supported;
  private final byte[] requested = new byte[REQUEST_LENGTH];
  private boolean settled;
  private long features;

  public SmiNegotiation(FwCfg fwCfg, SmiFeatures supported) {
    this.supported = supported.bits();
    byte[] offer = Table.bare().u64(this.supported).raw();
    fwCfg.addFile("etc/smi/supported-features", () -> offer);
    fwCfg.addWritableFile("etc/smi/requested-features", requested);
    fwCfg.addFile("etc/smi/features-ok", this::answer);
  }

  @Override
  public String name() {
    return "smi-negotiation";
  }

  @Override
  public synchronized void reset() {
    Arrays.fill(requested, (byte) 0);
    settled = false;
    features = 0;
  }

  @Override
  public synchronized void state(StateIo io) {
    io.bytes("smi-requested", requested);
    settled = io.bool("smi-settled", settled);
    features = io.u64("smi-features", features);
  }

  /// What has been agreed on.
  public synchronized SmiFeatures features() {
    return new SmiFeatures(features);
  }

  private synchronized byte[] answer() {
    long wanted = 0;
    for (int i = 0; i < REQUEST_LENGTH; i++) {
      wanted |= (requested[i] & 0xFFL) << 8 * i;
    }
    if (!settled && acceptable(wanted)) {
      settled = true;
      features = wanted;
    }
    return new byte[] {(byte) (settled ? 1 : 0)};
  }

  /// Hotplug needs all processors in system management mode, and unplug needs hotplug.
  private boolean acceptable(long wanted) {
    boolean plug = (wanted & SmiFeatures.CPU_HOTPLUG) != 0;
    boolean unplug = (wanted & SmiFeatures.CPU_HOT_UNPLUG) != 0;
    boolean broadcast = (wanted & SmiFeatures.BROADCAST) != 0;
    return (wanted & ~supported) == 0 && (!plug && !unplug || broadcast) && (!unplug || plug);
  }
}
