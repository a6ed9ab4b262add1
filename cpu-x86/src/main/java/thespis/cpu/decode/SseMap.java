package thespis.cpu.decode;

import static thespis.cpu.decode.OpcodeMap.MAP_0F;
import static thespis.cpu.decode.OpcodeMap.MAP_0F38;
import static thespis.cpu.decode.OpcodeMap.MAP_0F3A;
import static thespis.cpu.decode.Operand.*;
import static thespis.cpu.decode.Row.*;
import static thespis.cpu.decode.SimdFeatures.*;
import static thespis.cpu.decode.SseOps.*;

/// Opcodes of MMX and the SSE extensions. SDM Vol. 2D "Two-Byte Opcode Map", "Three-byte Opcode Map". What MMX and SSE2
/// share stands in one line; stores name their memory operand first.
final class SseMap {
  /// The register that an immediate shift works on: MMX or XMM, from ModRM.rm.
  private static final int Nq = Qq;

  private static final int Ux = Wx;

  private final OpcodeMap map;

  private SseMap(OpcodeMap map) {
    this.map = map;
  }

  static void fill(OpcodeMap map) {
    SseMap m = new SseMap(map);
    map.add(MAP_0F, 0x77, row(Ops.EMMS).prefix(NP).feature(MMX));
    map.add(MAP_0F, 0x0E, row(Ops.EMMS).feature(HAS_3DNOW)); // FEMMS
    map.add(MAP_0F, 0x0F, row(THREE_D_NOW, Pq, Qq, Ib, 0).feature(HAS_3DNOW));
    m.moves();
    m.lanes();
    m.shuffles();
    m.shifts();
    m.arithmetic();
    m.conversions();
    m.threeByte38();
    m.threeByte3A();
    m.sse4a();
  }

  private void two(int opcode, Row row) {
    map.add(MAP_0F, opcode, row);
  }

  /// MMX form without prefix, XMM form with 66.
  private void pair(int opcode, int op, int mmxFeature) {
    two(opcode, row(op, Pq, Qq).prefix(NP).feature(mmxFeature));
    two(opcode, row(op, Vx, Wx).prefix(P66).feature(SSE2));
  }

  private void moves() {
    int[] wide = {NP, P66};
    for (int p : wide) {
      int f = p == NP ? SSE : SSE2;
      two(0x10, row(MOVU, Vx, Wx).prefix(p).feature(f));
      two(0x11, row(MOVU, Wx, Vx).prefix(p).feature(f));
      two(0x12, row(MOVL, Vx, M).mem().prefix(p).feature(f));
      two(0x13, row(MOVL, M, Vx).mem().prefix(p).feature(f));
      two(0x16, row(MOVH, Vx, M).mem().prefix(p).feature(f));
      two(0x17, row(MOVH, M, Vx).mem().prefix(p).feature(f));
      two(0x28, row(MOVA, Vx, Wx).prefix(p).feature(f));
      two(0x29, row(MOVA, Wx, Vx).prefix(p).feature(f));
      two(0x2B, row(MOVA, M, Vx).mem().prefix(p).feature(f));
      two(0x50, row(p == NP ? MOVMSKPS : MOVMSKPD, Gd, Ux).register().prefix(p).feature(f));
    }
    two(0x10, row(MOVSS, Vx, Wx).prefix(PF3).feature(SSE));
    two(0x11, row(MOVSS, Wx, Vx).prefix(PF3).feature(SSE));
    two(0x10, row(MOVSD, Vx, Wx).prefix(PF2).feature(SSE2));
    two(0x11, row(MOVSD, Wx, Vx).prefix(PF2).feature(SSE2));
    two(0x12, row(MOVHLPS, Vx, Ux).register().prefix(NP).feature(SSE));
    two(0x12, row(MOVSLDUP, Vx, Wx).prefix(PF3).feature(SSE3));
    two(0x12, row(MOVDDUP, Vx, Wx).prefix(PF2).feature(SSE3));
    two(0x16, row(MOVLHPS, Vx, Ux).register().prefix(NP).feature(SSE));
    two(0x16, row(MOVSHDUP, Vx, Wx).prefix(PF3).feature(SSE3));
    two(0x6E, row(MOVD_TO, Pq, Ey).prefix(NP).feature(MMX));
    two(0x6E, row(MOVD_TO, Vx, Ey).prefix(P66).feature(SSE2));
    two(0x7E, row(MOVD_FROM, Ey, Pq).prefix(NP).feature(MMX));
    two(0x7E, row(MOVD_FROM, Ey, Vx).prefix(P66).feature(SSE2));
    two(0x7E, row(MOVQ, Vx, Wx).prefix(PF3).feature(SSE2));
    two(0xD6, row(MOVQ, Wx, Vx).prefix(P66).feature(SSE2));
    two(0xD6, row(MOVQ2DQ, Vx, Nq).register().prefix(PF3).feature(SSE2));
    two(0xD6, row(MOVDQ2Q, Pq, Ux).register().prefix(PF2).feature(SSE2));
    two(0x6F, row(MOVQ, Pq, Qq).prefix(NP).feature(MMX));
    two(0x6F, row(MOVA, Vx, Wx).prefix(P66).feature(SSE2));
    two(0x6F, row(MOVU, Vx, Wx).prefix(PF3).feature(SSE2));
    two(0x7F, row(MOVQ, Qq, Pq).prefix(NP).feature(MMX));
    two(0x7F, row(MOVA, Wx, Vx).prefix(P66).feature(SSE2));
    two(0x7F, row(MOVU, Wx, Vx).prefix(PF3).feature(SSE2));
    two(0xE7, row(MOVQ, Qq, Pq).mem().prefix(NP).feature(SSE));
    two(0xE7, row(MOVA, Wx, Vx).mem().prefix(P66).feature(SSE2));
    two(0xF0, row(MOVU, Vx, Wx).mem().prefix(PF2).feature(SSE3));
    two(0xC4, row(PINSRW, Pq, E_ | D, Ib, 0).register().prefix(NP).feature(SSE));
    two(0xC4, row(PINSRW, Pq, Ew, Ib, 0).mem().prefix(NP).feature(SSE));
    two(0xC4, row(PINSRW, Vx, E_ | D, Ib, 0).register().prefix(P66).feature(SSE2));
    two(0xC4, row(PINSRW, Vx, Ew, Ib, 0).mem().prefix(P66).feature(SSE2));
    two(0xC5, row(PEXTRW, Gd, Nq, Ib, 0).register().prefix(NP).feature(SSE));
    two(0xC5, row(PEXTRW, Gd, Ux, Ib, 0).register().prefix(P66).feature(SSE2));
    two(0xD7, row(PMOVMSKB, Gd, Nq).register().prefix(NP).feature(SSE));
    two(0xD7, row(PMOVMSKB, Gd, Ux).register().prefix(P66).feature(SSE2));
    two(0xF7, row(MASKMOV, Pq, Nq).register().prefix(NP).feature(SSE));
    two(0xF7, row(MASKMOV, Vx, Ux).register().prefix(P66).feature(SSE2));
  }

  private void lanes() {
    pair(0x64, PCMPGTB, MMX);
    pair(0x65, PCMPGTW, MMX);
    pair(0x66, PCMPGTD, MMX);
    pair(0x74, PCMPEQB, MMX);
    pair(0x75, PCMPEQW, MMX);
    pair(0x76, PCMPEQD, MMX);
    pair(0xD4, PADDQ, SSE2);
    pair(0xD5, PMULLW, MMX);
    pair(0xD8, PSUBUSB, MMX);
    pair(0xD9, PSUBUSW, MMX);
    pair(0xDA, PMINUB, SSE);
    pair(0xDB, PAND, MMX);
    pair(0xDC, PADDUSB, MMX);
    pair(0xDD, PADDUSW, MMX);
    pair(0xDE, PMAXUB, SSE);
    pair(0xDF, PANDN, MMX);
    pair(0xE0, PAVGB, SSE);
    pair(0xE3, PAVGW, SSE);
    pair(0xE4, PMULHUW, SSE);
    pair(0xE5, PMULHW, MMX);
    pair(0xE8, PSUBSB, MMX);
    pair(0xE9, PSUBSW, MMX);
    pair(0xEA, PMINSW, SSE);
    pair(0xEB, POR, MMX);
    pair(0xEC, PADDSB, MMX);
    pair(0xED, PADDSW, MMX);
    pair(0xEE, PMAXSW, SSE);
    pair(0xEF, PXOR, MMX);
    pair(0xF4, PMULUDQ, SSE2);
    pair(0xF5, PMADDWD, MMX);
    pair(0xF6, PSADBW, SSE);
    pair(0xF8, PSUBB, MMX);
    pair(0xF9, PSUBW, MMX);
    pair(0xFA, PSUBD, MMX);
    pair(0xFB, PSUBQ, SSE2);
    pair(0xFC, PADDB, MMX);
    pair(0xFD, PADDW, MMX);
    pair(0xFE, PADDD, MMX);
    int[] logic = {PAND, PANDN, POR, PXOR}; // ANDPS ANDNPS ORPS XORPS and their PD forms
    for (int i = 0; i < 4; i++) {
      two(0x54 + i, row(logic[i], Vx, Wx).prefix(NP).feature(SSE));
      two(0x54 + i, row(logic[i], Vx, Wx).prefix(P66).feature(SSE2));
    }
  }

  private void shuffles() {
    pair(0x60, PUNPCKLBW, MMX);
    pair(0x61, PUNPCKLWD, MMX);
    pair(0x62, PUNPCKLDQ, MMX);
    pair(0x63, PACKSSWB, MMX);
    pair(0x67, PACKUSWB, MMX);
    pair(0x68, PUNPCKHBW, MMX);
    pair(0x69, PUNPCKHWD, MMX);
    pair(0x6A, PUNPCKHDQ, MMX);
    pair(0x6B, PACKSSDW, MMX);
    two(0x6C, row(PUNPCKLQDQ, Vx, Wx).prefix(P66).feature(SSE2));
    two(0x6D, row(PUNPCKHQDQ, Vx, Wx).prefix(P66).feature(SSE2));
    two(0x14, row(PUNPCKLDQ, Vx, Wx).prefix(NP).feature(SSE)); // UNPCKLPS
    two(0x14, row(PUNPCKLQDQ, Vx, Wx).prefix(P66).feature(SSE2)); // UNPCKLPD
    two(0x15, row(PUNPCKHDQ, Vx, Wx).prefix(NP).feature(SSE)); // UNPCKHPS
    two(0x15, row(PUNPCKHQDQ, Vx, Wx).prefix(P66).feature(SSE2)); // UNPCKHPD
    two(0x70, row(PSHUFW, Pq, Qq, Ib, 0).prefix(NP).feature(SSE));
    two(0x70, row(PSHUFD, Vx, Wx, Ib, 0).prefix(P66).feature(SSE2));
    two(0x70, row(PSHUFHW, Vx, Wx, Ib, 0).prefix(PF3).feature(SSE2));
    two(0x70, row(PSHUFLW, Vx, Wx, Ib, 0).prefix(PF2).feature(SSE2));
    two(0xC6, row(SHUFPS, Vx, Wx, Ib, 0).prefix(NP).feature(SSE));
    two(0xC6, row(SHUFPD, Vx, Wx, Ib, 0).prefix(P66).feature(SSE2));
  }

  private void shifts() {
    pair(0xD1, PSRLW, MMX);
    pair(0xD2, PSRLD, MMX);
    pair(0xD3, PSRLQ, MMX);
    pair(0xE1, PSRAW, MMX);
    pair(0xE2, PSRAD, MMX);
    pair(0xF1, PSLLW, MMX);
    pair(0xF2, PSLLD, MMX);
    pair(0xF3, PSLLQ, MMX);
    immediate(0x71, 2, PSRLW_IMM);
    immediate(0x71, 4, PSRAW_IMM);
    immediate(0x71, 6, PSLLW_IMM);
    immediate(0x72, 2, PSRLD_IMM);
    immediate(0x72, 4, PSRAD_IMM);
    immediate(0x72, 6, PSLLD_IMM);
    immediate(0x73, 2, PSRLQ_IMM);
    immediate(0x73, 6, PSLLQ_IMM);
    two(0x73, row(PSRLDQ, Ux, Ib).reg(3).register().prefix(P66).feature(SSE2));
    two(0x73, row(PSLLDQ, Ux, Ib).reg(7).register().prefix(P66).feature(SSE2));
  }

  private void immediate(int opcode, int reg, int op) {
    two(opcode, row(op, Nq, Ib).reg(reg).register().prefix(NP).feature(MMX));
    two(opcode, row(op, Ux, Ib).reg(reg).register().prefix(P66).feature(SSE2));
  }

  private void arithmetic() {
    four(0x51, SQRTPS);
    four(0x58, ADDPS);
    four(0x59, MULPS);
    four(0x5C, SUBPS);
    four(0x5D, MINPS);
    four(0x5E, DIVPS);
    four(0x5F, MAXPS);
    two(0x52, row(RSQRTPS, Vx, Wx).prefix(NP).feature(SSE));
    two(0x52, row(RSQRTPS + 2, Vx, Wx).prefix(PF3).feature(SSE));
    two(0x53, row(RCPPS, Vx, Wx).prefix(NP).feature(SSE));
    two(0x53, row(RCPPS + 2, Vx, Wx).prefix(PF3).feature(SSE));
    for (int form = 0; form < 4; form++) {
      two(0xC2, row(CMPPS + form, Vx, Wx, Ib, 0).prefix(form).feature((form & 1) == 0 ? SSE : SSE2));
    }
    two(0x7C, row(HADDPD, Vx, Wx).prefix(P66).feature(SSE3));
    two(0x7C, row(HADDPS, Vx, Wx).prefix(PF2).feature(SSE3));
    two(0x7D, row(HSUBPD, Vx, Wx).prefix(P66).feature(SSE3));
    two(0x7D, row(HSUBPS, Vx, Wx).prefix(PF2).feature(SSE3));
    two(0xD0, row(ADDSUBPD, Vx, Wx).prefix(P66).feature(SSE3));
    two(0xD0, row(ADDSUBPS, Vx, Wx).prefix(PF2).feature(SSE3));
  }

  /// PS PD SS SD by prefix: none, 66, F3, F2 are numbered in this order.
  private void four(int opcode, int op) {
    for (int form = 0; form < 4; form++) {
      two(opcode, row(op + form, Vx, Wx).prefix(form).feature((form & 1) == 0 ? SSE : SSE2));
    }
  }

  private void conversions() {
    two(0x2A, row(CVTPI2PS, Vx, Qq).prefix(NP).feature(SSE));
    two(0x2A, row(CVTPI2PD, Vx, Qq).prefix(P66).feature(SSE2));
    two(0x2A, row(CVTSI2SS, Vx, Ey).prefix(PF3).feature(SSE));
    two(0x2A, row(CVTSI2SD, Vx, Ey).prefix(PF2).feature(SSE2));
    for (int i = 0; i < 2; i++) {
      int more = i * (CVTPS2PI - CVTTPS2PI);
      two(0x2C + i, row(CVTTPS2PI + more, Pq, Wx).prefix(NP).feature(SSE));
      two(0x2C + i, row(CVTTPD2PI + more, Pq, Wx).prefix(P66).feature(SSE2));
      two(0x2C + i, row(CVTTSS2SI + more, Gy, Wx).prefix(PF3).feature(SSE));
      two(0x2C + i, row(CVTTSD2SI + more, Gy, Wx).prefix(PF2).feature(SSE2));
    }
    two(0x2E, row(UCOMISS, Vx, Wx).prefix(NP).feature(SSE));
    two(0x2E, row(UCOMISD, Vx, Wx).prefix(P66).feature(SSE2));
    two(0x2F, row(COMISS, Vx, Wx).prefix(NP).feature(SSE));
    two(0x2F, row(COMISD, Vx, Wx).prefix(P66).feature(SSE2));
    for (int form = 0; form < 4; form++) {
      two(0x5A, row(CVTPS2PD + form, Vx, Wx).prefix(form).feature(SSE2));
    }
    two(0x5B, row(CVTDQ2PS, Vx, Wx).prefix(NP).feature(SSE2));
    two(0x5B, row(CVTPS2DQ, Vx, Wx).prefix(P66).feature(SSE2));
    two(0x5B, row(CVTTPS2DQ, Vx, Wx).prefix(PF3).feature(SSE2));
    two(0xE6, row(CVTTPD2DQ, Vx, Wx).prefix(P66).feature(SSE2));
    two(0xE6, row(CVTDQ2PD, Vx, Wx).prefix(PF3).feature(SSE2));
    two(0xE6, row(CVTPD2DQ, Vx, Wx).prefix(PF2).feature(SSE2));
  }

  private void threeByte38() {
    int[] ssse3 = {
      PSHUFB, PHADDW, PHADDD, PHADDSW, PMADDUBSW, PHSUBW, PHSUBD, PHSUBSW, PSIGNB, PSIGNW, PSIGND, PMULHRSW
    };
    for (int i = 0; i < ssse3.length; i++) {
      pair38(i, ssse3[i]);
    }
    pair38(0x1C, PABSB);
    pair38(0x1D, PABSW);
    pair38(0x1E, PABSD);
    xmm38(0x10, PBLENDVB, SSE41);
    xmm38(0x14, BLENDVPS, SSE41);
    xmm38(0x15, BLENDVPD, SSE41);
    xmm38(0x17, PTEST, SSE41);
    for (int i = 0; i < 6; i++) {
      xmm38(0x20 + i, PMOVSXBW + i, SSE41);
      xmm38(0x30 + i, PMOVZXBW + i, SSE41);
    }
    xmm38(0x28, PMULDQ, SSE41);
    xmm38(0x29, PCMPEQQ, SSE41);
    map.add(MAP_0F38, 0x2A, row(MOVNTDQA, Vx, Wx).mem().prefix(P66).feature(SSE41));
    xmm38(0x2B, PACKUSDW, SSE41);
    xmm38(0x37, PCMPGTQ, SSE42);
    int[] minMax = {PMINSB, PMINSD, PMINUW, PMINUD, PMAXSB, PMAXSD, PMAXUW, PMAXUD};
    for (int i = 0; i < minMax.length; i++) {
      xmm38(0x38 + i, minMax[i], SSE41);
    }
    xmm38(0x40, PMULLD, SSE41);
    xmm38(0x41, PHMINPOSUW, SSE41);
    for (int i = 0; i < 5; i++) {
      xmm38(0xDB + i, AESIMC + i, AES);
    }
    for (int i = 0; i < 6; i++) {
      map.add(MAP_0F38, 0xC8 + i, row(SHA1NEXTE + i, Vx, Wx).prefix(NP).feature(SHA));
    }
    xmm38(0xCF, GF2P8MULB, GFNI);
  }

  private void pair38(int opcode, int op) {
    map.add(MAP_0F38, opcode, row(op, Pq, Qq).prefix(NP).feature(SSSE3));
    xmm38(opcode, op, SSSE3);
  }

  private void xmm38(int opcode, int op, int feature) {
    map.add(MAP_0F38, opcode, row(op, Vx, Wx).prefix(P66).feature(feature));
  }

  private void threeByte3A() {
    int[] round = {ROUNDPS, ROUNDPS + 1, ROUNDPS + 2, ROUNDPS + 3, BLENDPS, BLENDPD, PBLENDW};
    for (int i = 0; i < round.length; i++) {
      xmm3A(0x08 + i, round[i], SSE41);
    }
    map.add(MAP_0F3A, 0x0F, row(PALIGNR, Pq, Qq, Ib, 0).prefix(NP).feature(SSSE3));
    xmm3A(0x0F, PALIGNR, SSSE3);
    row3A(0x14, row(PEXTRB, Ed, Vx, Ib, 0).register());
    row3A(0x14, row(PEXTRB, Eb, Vx, Ib, 0).mem());
    row3A(0x15, row(PEXTRW_MEM, Ed, Vx, Ib, 0).register());
    row3A(0x15, row(PEXTRW_MEM, Ew, Vx, Ib, 0).mem());
    row3A(0x16, row(PEXTRD, Ey, Vx, Ib, 0));
    row3A(0x17, row(EXTRACTPS, Ed, Vx, Ib, 0));
    row3A(0x20, row(PINSRB, Vx, E_ | D, Ib, 0).register());
    row3A(0x20, row(PINSRB, Vx, Eb, Ib, 0).mem());
    row3A(0x21, row(INSERTPS, Vx, Wx, Ib, 0));
    row3A(0x22, row(PINSRD, Vx, Ey, Ib, 0));
    xmm3A(0x40, DPPS, SSE41);
    xmm3A(0x41, DPPD, SSE41);
    xmm3A(0x42, MPSADBW, SSE41);
    xmm3A(0x44, PCLMULQDQ, PCLMUL);
    xmm3A(0x60, PCMPESTRM, SSE42);
    xmm3A(0x61, PCMPESTRI, SSE42);
    xmm3A(0x62, PCMPISTRM, SSE42);
    xmm3A(0x63, PCMPISTRI, SSE42);
    map.add(MAP_0F3A, 0xCC, row(SHA1RNDS4, Vx, Wx, Ib, 0).prefix(NP).feature(SHA));
    xmm3A(0xCE, GF2P8AFFINEQB, GFNI);
    xmm3A(0xCF, GF2P8AFFINEINVQB, GFNI);
    xmm3A(0xDF, AESKEYGENASSIST, AES);
  }

  private void xmm3A(int opcode, int op, int feature) {
    map.add(MAP_0F3A, opcode, row(op, Vx, Wx, Ib, 0).prefix(P66).feature(feature));
  }

  private void row3A(int opcode, Row row) {
    map.add(MAP_0F3A, opcode, row.prefix(P66).feature(SSE41));
  }

  /// AMD64 APM Vol. 4 "EXTRQ", "INSERTQ", "MOVNTSS", "MOVNTSD". The immediate forms have two bytes.
  private void sse4a() {
    two(0x2B, row(MOVSS, M, Vx).mem().prefix(PF3).feature(SSE4A));
    two(0x2B, row(MOVSD, M, Vx).mem().prefix(PF2).feature(SSE4A));
    two(0x78, row(EXTRQ_IMM, Ux, Ib, Ib, 0).reg(0).register().prefix(P66).feature(SSE4A));
    two(0x78, row(INSERTQ_IMM, Vx, Ux, Iw, 0).register().prefix(PF2).feature(SSE4A));
    two(0x79, row(EXTRQ, Vx, Ux).register().prefix(P66).feature(SSE4A));
    two(0x79, row(INSERTQ, Vx, Ux).register().prefix(PF2).feature(SSE4A));
  }
}
