package thespis.cpu.decode;

/// Operation numbers of MMX and the SSE extensions, 64 a family as in {@link Ops}. A lane operation has one number for
/// its MMX and XMM forms: {@link Op#PREFIX_MMX} tells them apart. Floating-point operations have four numbers in the
/// order PS PD SS SD.
public final class SseOps {
  // ---- lane operations: each 64-bit half for itself
  public static final int PACKED_FAMILY = 0x480 >>> 6;
  public static final int PADDB = 0x480;
  public static final int PADDW = 0x481;
  public static final int PADDD = 0x482;
  public static final int PADDQ = 0x483;
  public static final int PSUBB = 0x484;
  public static final int PSUBW = 0x485;
  public static final int PSUBD = 0x486;
  public static final int PSUBQ = 0x487;
  public static final int PADDSB = 0x488;
  public static final int PADDSW = 0x489;
  public static final int PADDUSB = 0x48A;
  public static final int PADDUSW = 0x48B;
  public static final int PSUBSB = 0x48C;
  public static final int PSUBSW = 0x48D;
  public static final int PSUBUSB = 0x48E;
  public static final int PSUBUSW = 0x48F;
  public static final int PMULLW = 0x490;
  public static final int PMULHW = 0x491;
  public static final int PMULHUW = 0x492;
  public static final int PMADDWD = 0x493;
  public static final int PMULUDQ = 0x494;
  public static final int PAVGB = 0x495;
  public static final int PAVGW = 0x496;
  public static final int PMINUB = 0x497;
  public static final int PMAXUB = 0x498;
  public static final int PMINSW = 0x499;
  public static final int PMAXSW = 0x49A;
  public static final int PSADBW = 0x49B;
  public static final int PCMPEQB = 0x49C;
  public static final int PCMPEQW = 0x49D;
  public static final int PCMPEQD = 0x49E;
  public static final int PCMPGTB = 0x49F;
  public static final int PCMPGTW = 0x4A0;
  public static final int PCMPGTD = 0x4A1;
  public static final int PAND = 0x4A2;
  public static final int PANDN = 0x4A3;
  public static final int POR = 0x4A4;
  public static final int PXOR = 0x4A5;
  public static final int PSIGNB = 0x4A6;
  public static final int PSIGNW = 0x4A7;
  public static final int PSIGND = 0x4A8;
  public static final int PABSB = 0x4A9;
  public static final int PABSW = 0x4AA;
  public static final int PABSD = 0x4AB;
  public static final int PMULHRSW = 0x4AC;
  public static final int PMADDUBSW = 0x4AD;
  public static final int PMINSB = 0x4AE;
  public static final int PMAXSB = 0x4AF;
  public static final int PMINUW = 0x4B0;
  public static final int PMAXUW = 0x4B1;
  public static final int PMINSD = 0x4B2;
  public static final int PMAXSD = 0x4B3;
  public static final int PMINUD = 0x4B4;
  public static final int PMAXUD = 0x4B5;
  public static final int PMULLD = 0x4B6;
  public static final int PMULDQ = 0x4B7;
  public static final int PCMPEQQ = 0x4B8;
  public static final int PCMPGTQ = 0x4B9;

  // ---- operations over the whole register: pack, unpack, shuffle, shift
  public static final int SHUFFLE_FAMILY = 0x4C0 >>> 6;
  public static final int PUNPCKLBW = 0x4C0;
  public static final int PUNPCKLWD = 0x4C1;
  public static final int PUNPCKLDQ = 0x4C2;
  public static final int PUNPCKLQDQ = 0x4C3;
  public static final int PUNPCKHBW = 0x4C4;
  public static final int PUNPCKHWD = 0x4C5;
  public static final int PUNPCKHDQ = 0x4C6;
  public static final int PUNPCKHQDQ = 0x4C7;
  public static final int PACKSSWB = 0x4C8;
  public static final int PACKSSDW = 0x4C9;
  public static final int PACKUSWB = 0x4CA;
  public static final int PACKUSDW = 0x4CB;
  public static final int PSHUFB = 0x4CC;
  public static final int PHADDW = 0x4CD;
  public static final int PHADDD = 0x4CE;
  public static final int PHADDSW = 0x4CF;
  public static final int PHSUBW = 0x4D0;
  public static final int PHSUBD = 0x4D1;
  public static final int PHSUBSW = 0x4D2;
  public static final int PALIGNR = 0x4D3;
  public static final int PSHUFW = 0x4D4;
  public static final int PSHUFD = 0x4D5;
  public static final int PSHUFHW = 0x4D6;
  public static final int PSHUFLW = 0x4D7;
  public static final int SHUFPS = 0x4D8;
  public static final int SHUFPD = 0x4D9;
  public static final int PSLLW = 0x4DA;
  public static final int PSLLD = 0x4DB;
  public static final int PSLLQ = 0x4DC;
  public static final int PSRLW = 0x4DD;
  public static final int PSRLD = 0x4DE;
  public static final int PSRLQ = 0x4DF;
  public static final int PSRAW = 0x4E0;
  public static final int PSRAD = 0x4E1;
  public static final int PSLLW_IMM = 0x4E2;
  public static final int PSLLD_IMM = 0x4E3;
  public static final int PSLLQ_IMM = 0x4E4;
  public static final int PSRLW_IMM = 0x4E5;
  public static final int PSRLD_IMM = 0x4E6;
  public static final int PSRLQ_IMM = 0x4E7;
  public static final int PSRAW_IMM = 0x4E8;
  public static final int PSRAD_IMM = 0x4E9;
  public static final int PSLLDQ = 0x4EA;
  public static final int PSRLDQ = 0x4EB;

  // ---- moves
  public static final int SIMD_MOVE_FAMILY = 0x500 >>> 6;
  public static final int MOVA = 0x500;
  public static final int MOVU = 0x501;
  public static final int MOVSS = 0x502;
  public static final int MOVSD = 0x503;
  public static final int MOVL = 0x504;
  public static final int MOVH = 0x505;
  public static final int MOVLHPS = 0x506;
  public static final int MOVHLPS = 0x507;
  public static final int MOVSLDUP = 0x508;
  public static final int MOVSHDUP = 0x509;
  public static final int MOVDDUP = 0x50A;
  public static final int MOVD_TO = 0x50B;
  public static final int MOVD_FROM = 0x50C;
  public static final int MOVQ = 0x50D;
  public static final int MOVQ2DQ = 0x50E;
  public static final int MOVDQ2Q = 0x50F;
  public static final int MOVMSKPS = 0x510;
  public static final int MOVMSKPD = 0x511;
  public static final int PMOVMSKB = 0x512;
  public static final int PINSRW = 0x513;
  public static final int PEXTRW = 0x514;
  public static final int MASKMOV = 0x515;

  // ---- floating-point arithmetic: PS PD SS SD
  public static final int SSE_ARITH_FAMILY = 0x540 >>> 6;
  public static final int ADDPS = 0x540;
  public static final int MULPS = 0x544;
  public static final int SUBPS = 0x548;
  public static final int MINPS = 0x54C;
  public static final int DIVPS = 0x550;
  public static final int MAXPS = 0x554;
  public static final int SQRTPS = 0x558;
  public static final int CMPPS = 0x55C;
  public static final int ROUNDPS = 0x560;
  public static final int RCPPS = 0x564;
  public static final int RSQRTPS = 0x568;
  public static final int ADDSUBPS = 0x56C;
  public static final int ADDSUBPD = 0x56D;
  public static final int HADDPS = 0x56E;
  public static final int HADDPD = 0x56F;
  public static final int HSUBPS = 0x570;
  public static final int HSUBPD = 0x571;
  public static final int DPPS = 0x572;
  public static final int DPPD = 0x573;

  // ---- conversions and scalar comparisons
  public static final int SSE_CONVERT_FAMILY = 0x580 >>> 6;
  public static final int CVTPI2PS = 0x580;
  public static final int CVTPI2PD = 0x581;
  public static final int CVTSI2SS = 0x582;
  public static final int CVTSI2SD = 0x583;
  public static final int CVTTPS2PI = 0x584;
  public static final int CVTTPD2PI = 0x585;
  public static final int CVTTSS2SI = 0x586;
  public static final int CVTTSD2SI = 0x587;
  public static final int CVTPS2PI = 0x588;
  public static final int CVTPD2PI = 0x589;
  public static final int CVTSS2SI = 0x58A;
  public static final int CVTSD2SI = 0x58B;
  public static final int CVTPS2PD = 0x58C;
  public static final int CVTPD2PS = 0x58D;
  public static final int CVTSS2SD = 0x58E;
  public static final int CVTSD2SS = 0x58F;
  public static final int CVTDQ2PS = 0x590;
  public static final int CVTPS2DQ = 0x591;
  public static final int CVTTPS2DQ = 0x592;
  public static final int CVTDQ2PD = 0x593;
  public static final int CVTPD2DQ = 0x594;
  public static final int CVTTPD2DQ = 0x595;
  public static final int UCOMISS = 0x596;
  public static final int UCOMISD = 0x597;
  public static final int COMISS = 0x598;
  public static final int COMISD = 0x599;

  // ---- SSE4.1 and SSE4A
  public static final int SSE41_FAMILY = 0x5C0 >>> 6;
  public static final int PBLENDVB = 0x5C0;
  public static final int BLENDVPS = 0x5C1;
  public static final int BLENDVPD = 0x5C2;
  public static final int PTEST = 0x5C3;
  public static final int PMOVSXBW = 0x5C4;
  public static final int PMOVSXBD = 0x5C5;
  public static final int PMOVSXBQ = 0x5C6;
  public static final int PMOVSXWD = 0x5C7;
  public static final int PMOVSXWQ = 0x5C8;
  public static final int PMOVSXDQ = 0x5C9;
  public static final int PMOVZXBW = 0x5CA;
  public static final int PMOVZXBD = 0x5CB;
  public static final int PMOVZXBQ = 0x5CC;
  public static final int PMOVZXWD = 0x5CD;
  public static final int PMOVZXWQ = 0x5CE;
  public static final int PMOVZXDQ = 0x5CF;
  public static final int PHMINPOSUW = 0x5D0;
  public static final int BLENDPS = 0x5D1;
  public static final int BLENDPD = 0x5D2;
  public static final int PBLENDW = 0x5D3;
  public static final int PEXTRB = 0x5D4;
  public static final int PEXTRW_MEM = 0x5D5;
  public static final int PEXTRD = 0x5D6;
  public static final int EXTRACTPS = 0x5D7;
  public static final int PINSRB = 0x5D8;
  public static final int INSERTPS = 0x5D9;
  public static final int PINSRD = 0x5DA;
  public static final int MPSADBW = 0x5DB;
  public static final int MOVNTDQA = 0x5DC;
  public static final int EXTRQ_IMM = 0x5DD;
  public static final int EXTRQ = 0x5DE;
  public static final int INSERTQ_IMM = 0x5DF;
  public static final int INSERTQ = 0x5E0;

  // ---- SSE4.2 strings, AES, carry-less multiplication, SHA, GFNI
  public static final int SSE42_FAMILY = 0x600 >>> 6;
  public static final int PCMPESTRM = 0x600;
  public static final int PCMPESTRI = 0x601;
  public static final int PCMPISTRM = 0x602;
  public static final int PCMPISTRI = 0x603;
  public static final int AESIMC = 0x604;
  public static final int AESENC = 0x605;
  public static final int AESENCLAST = 0x606;
  public static final int AESDEC = 0x607;
  public static final int AESDECLAST = 0x608;
  public static final int AESKEYGENASSIST = 0x609;
  public static final int PCLMULQDQ = 0x60A;
  public static final int SHA1RNDS4 = 0x60B;
  public static final int SHA1NEXTE = 0x60C;
  public static final int SHA1MSG1 = 0x60D;
  public static final int SHA1MSG2 = 0x60E;
  public static final int SHA256RNDS2 = 0x60F;
  public static final int SHA256MSG1 = 0x610;
  public static final int SHA256MSG2 = 0x611;
  public static final int GF2P8MULB = 0x612;
  public static final int GF2P8AFFINEQB = 0x613;
  public static final int GF2P8AFFINEINVQB = 0x614;

  // ---- 3DNow!: one operation, told apart by its immediate. The numbers before are those of AvxOps
  public static final int THREE_D_NOW_FAMILY = 0x700 >>> 6;
  public static final int THREE_D_NOW = 0x700;

  private SseOps() {}

  /// Scalar comparisons, PTEST and its kin, and the string comparisons; all others leave EFLAGS alone.
  static boolean setsFlags(int op) {
    return (op >= UCOMISS && op <= COMISD) || op == PTEST || (op >= PCMPESTRM && op <= PCMPISTRI)
        || op == AvxOps.VTESTPS || op == AvxOps.VTESTPD;
  }
}
