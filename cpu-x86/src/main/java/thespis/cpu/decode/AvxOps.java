package thespis.cpu.decode;

/// Operation numbers of AVX, AVX2, FMA and F16C that have no SSE instruction of the same kind; they go on behind those of
/// {@link SseOps}, whose numbers the VEX-coded forms of SSE instructions share.
public final class AvxOps {
  // ---- fused multiply and add: PS PD SS SD; the opcode says which operands are multiplied
  public static final int FMA_FAMILY = 0x640 >>> 6;
  public static final int FMADDSUBPS = 0x640;
  public static final int FMSUBADDPS = 0x644;
  public static final int FMADDPS = 0x648;
  public static final int FMSUBPS = 0x64C;
  public static final int FNMADDPS = 0x650;
  public static final int FNMSUBPS = 0x654;

  // ---- what moves data in and between the lanes of a register
  public static final int AVX_FAMILY = 0x680 >>> 6;
  public static final int VBROADCASTB = 0x680;
  public static final int VBROADCASTW = 0x681;
  public static final int VBROADCASTD = 0x682;
  public static final int VBROADCASTQ = 0x683;
  public static final int VBROADCAST128 = 0x684;
  public static final int VINSERT128 = 0x685;
  public static final int VEXTRACT128 = 0x686;
  public static final int VPERM2X128 = 0x687;
  public static final int VPERMILPS = 0x688;
  public static final int VPERMILPD = 0x689;
  public static final int VPERMILPS_IMM = 0x68A;
  public static final int VPERMILPD_IMM = 0x68B;
  public static final int VPERMD = 0x68C;
  public static final int VPERMQ = 0x68D;
  public static final int VPBLENDD = 0x68E;
  public static final int VPSLLVD = 0x68F;
  public static final int VPSLLVQ = 0x690;
  public static final int VPSRLVD = 0x691;
  public static final int VPSRLVQ = 0x692;
  public static final int VPSRAVD = 0x693;
  public static final int VTESTPS = 0x694;
  public static final int VTESTPD = 0x695;
  public static final int VZEROUPPER = 0x696;
  public static final int VZEROALL = 0x697;
  public static final int CVTPH2PS = 0x698;
  public static final int CVTPS2PH = 0x699;

  // ---- loads and stores under a mask
  public static final int MASKED_FAMILY = 0x6C0 >>> 6;
  public static final int VMASKMOVD = 0x6C0;
  public static final int VMASKMOVQ = 0x6C1;
  public static final int VMASKSTORED = 0x6C2;
  public static final int VMASKSTOREQ = 0x6C3;
  public static final int VGATHERDD = 0x6C4;
  public static final int VGATHERDQ = 0x6C5;
  public static final int VGATHERQD = 0x6C6;
  public static final int VGATHERQQ = 0x6C7;

  private AvxOps() {}
}
