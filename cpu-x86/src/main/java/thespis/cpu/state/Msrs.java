package thespis.cpu.state;

/// Model-specific registers that hold plain values. What has side effects is in {@link thespis.cpu.exec.MsrOps}. SDM
/// Vol. 4 "Model-Specific Registers (MSRs)", AMD64 APM Vol. 2 "MSR Cross-Reference".
public final class Msrs {
  public long star;
  public long lstar;
  public long cstar;
  public long fmask;
  public long sysenterCs;
  public long sysenterEsp;
  public long sysenterEip;
  public long tscAdjust;
  public long tscDeadline;
  public long pat;
  public long miscEnable;
  public long mtrrDefType;
  public final long[] mtrrPhys = new long[16];
  public final long[] mtrrFix = new long[11];
  public long mcgStatus;
  public long mcgCtl;
  public final long[] mcBanks = new long[40];
  public long microcode;
  public long vmHsavePa;
  public long vmCr;
  public long specCtrl;
  public long featureControl;
  public long xss;

  /// IA32_PKRS.
  public int pkrs;

  public long debugCtl;

  void state(StateIo io) {
    star = io.u64("star", star);
    lstar = io.u64("lstar", lstar);
    cstar = io.u64("cstar", cstar);
    fmask = io.u64("fmask", fmask);
    sysenterCs = io.u64("sysenter-cs", sysenterCs);
    sysenterEsp = io.u64("sysenter-esp", sysenterEsp);
    sysenterEip = io.u64("sysenter-eip", sysenterEip);
    tscAdjust = io.u64("tsc-adjust", tscAdjust);
    pat = io.u64("pat", pat);
    miscEnable = io.u64("misc-enable", miscEnable);
    mtrrDefType = io.u64("mtrr-def-type", mtrrDefType);
    io.longs("mtrr-phys", mtrrPhys);
    io.longs("mtrr-fix", mtrrFix);
    mcgStatus = io.u64("mcg-status", mcgStatus);
    mcgCtl = io.u64("mcg-ctl", mcgCtl);
    io.longs("mc-banks", mcBanks);
    microcode = io.u64("microcode", microcode);
    vmHsavePa = io.u64("vm-hsave-pa", vmHsavePa);
    vmCr = io.u64("vm-cr", vmCr);
    specCtrl = io.u64("spec-ctrl", specCtrl);
    featureControl = io.u64("feature-control", featureControl);
    xss = io.u64("xss", xss);
    pkrs = io.u32("pkrs", pkrs);
    debugCtl = io.u64("debug-ctl", debugCtl);
  }

  /// SDM Vol. 3A "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT".
  public void reset() {
    star = lstar = cstar = fmask = 0;
    sysenterCs = sysenterEsp = sysenterEip = tscAdjust = tscDeadline = 0;
    pat = 0x0007_0406_0007_0406L;
    miscEnable = 1;
    mtrrDefType = 0;
    java.util.Arrays.fill(mtrrPhys, 0);
    java.util.Arrays.fill(mtrrFix, 0);
    mcgStatus = 0;
    mcgCtl = -1;
    java.util.Arrays.fill(mcBanks, 0);
    for (int i = 0; i < mcBanks.length; i += 4) {
      mcBanks[i] = -1;
    }
    vmHsavePa = vmCr = specCtrl = featureControl = xss = debugCtl = 0;
    pkrs = 0;
    microcode = 0x1_0000_0000L;
  }
}
