package thespis.cpu.decode;

import static thespis.cpu.decode.AvxOps.*;
import static thespis.cpu.decode.OpcodeMap.MAP_0F;
import static thespis.cpu.decode.OpcodeMap.MAP_0F38;
import static thespis.cpu.decode.OpcodeMap.MAP_0F3A;
import static thespis.cpu.decode.Operand.*;
import static thespis.cpu.decode.Row.*;
import static thespis.cpu.decode.SimdFeatures.*;
import static thespis.cpu.decode.SseOps.*;

/// VEX-coded vector instructions in the order of their opcodes. SDM Vol. 2D "Two-Byte Opcode Map", "Three-byte Opcode Map"
/// (the rows in v), Vol. 2A and 2B by name for VEX.L and VEX.W. What SSE has too keeps its operation number: there the
/// first source is the destination, here it is VEX.vvvv.
final class AvxMap {
  private static final int Ux = Wx;

  private final OpcodeMap rows;
  private int map;

  private AvxMap(OpcodeMap rows) {
    this.rows = rows;
  }

  static void fill(OpcodeMap rows) {
    AvxMap m = new AvxMap(rows);
    m.map = MAP_0F;
    m.moves();
    m.floating();
    m.conversions();
    m.integers();
    m.shifts();
    m.map = MAP_0F38;
    m.integers38();
    m.lanes38();
    m.masked();
    m.fused();
    m.map = MAP_0F3A;
    m.immediates();
    m.lanes3A();
  }

  // ---- kinds of rows. NDS is the SDM's word for a first source in VEX.vvvv

  private void add(int opcode, Row row) {
    rows.add(map, opcode, row.feature() == ANY ? row.feature(AVX) : row);
  }

  private static Row two(int op, int a, int b, int flags) {
    return row(op, a, b, VEX | flags);
  }

  private static Row three(int op, int flags) {
    return row(op, Vx, Hx, Wx, VEX | flags);
  }

  /// 128 bits came with AVX, 256 with AVX2.
  private void integer(int opcode, Row row) {
    add(opcode, row.flags(L0));
    add(opcode, row.flags(L1).feature(AVX2));
  }

  private void nds(int opcode, int op) {
    integer(opcode, three(op, 0).prefix(P66));
  }

  private void single(int opcode, int op) {
    integer(opcode, two(op, Vx, Wx, 0).prefix(P66));
  }

  private void moves() {
    int[] wide = {NP, P66};
    for (int p : wide) {
      add(0x10, two(MOVU, Vx, Wx, 0).prefix(p));
      add(0x11, two(MOVU, Wx, Vx, 0).prefix(p));
      add(0x12, row(MOVL, Vx, Hx, M, VEX | L0).mem().prefix(p));
      add(0x13, two(MOVL, M, Vx, L0).mem().prefix(p));
      add(0x16, row(MOVH, Vx, Hx, M, VEX | L0).mem().prefix(p));
      add(0x17, two(MOVH, M, Vx, L0).mem().prefix(p));
      add(0x28, two(MOVA, Vx, Wx, 0).prefix(p));
      add(0x29, two(MOVA, Wx, Vx, 0).prefix(p));
      add(0x2B, two(MOVA, M, Vx, 0).mem().prefix(p));
      add(0x50, two(p == NP ? MOVMSKPS : MOVMSKPD, Gd, Ux, 0).register().prefix(p));
    }
    int[] scalar = {PF3, PF2};
    for (int p : scalar) {
      int op = p == PF3 ? MOVSS : MOVSD;
      add(0x10, two(op, Vx, Wx, LIG).mem().prefix(p));
      add(0x10, three(op, LIG).register().prefix(p));
      add(0x11, two(op, Wx, Vx, LIG).mem().prefix(p));
      add(0x11, row(op, Wx, Hx, Vx, VEX | LIG).register().prefix(p));
    }
    add(0x12, three(MOVHLPS, L0).register().prefix(NP));
    add(0x12, two(MOVSLDUP, Vx, Wx, 0).prefix(PF3));
    add(0x12, two(MOVDDUP, Vx, Wx, 0).prefix(PF2));
    add(0x16, three(MOVLHPS, L0).register().prefix(NP));
    add(0x16, two(MOVSHDUP, Vx, Wx, 0).prefix(PF3));
    add(0x6E, two(MOVD_TO, Vx, Ey, L0).prefix(P66));
    add(0x6F, two(MOVA, Vx, Wx, 0).prefix(P66));
    add(0x6F, two(MOVU, Vx, Wx, 0).prefix(PF3));
    add(0x77, row(VZEROUPPER, NONE, NONE, VEX | L0).prefix(NP));
    add(0x77, row(VZEROALL, NONE, NONE, VEX | L1).prefix(NP));
    add(0x7E, two(MOVD_FROM, Ey, Vx, L0).prefix(P66));
    add(0x7E, two(MOVQ, Vx, Wx, L0).prefix(PF3));
    add(0x7F, two(MOVA, Wx, Vx, 0).prefix(P66));
    add(0x7F, two(MOVU, Wx, Vx, 0).prefix(PF3));
    add(0xAE, row(Ops.LDMXCSR, M, NONE, VEX | L0).reg(2).mem().prefix(NP));
    add(0xAE, row(Ops.STMXCSR, M, NONE, VEX | L0).reg(3).mem().prefix(NP));
    add(0xC4, row(PINSRW, Vx, Hx, E_ | D, VEX | L0 | IMM8).register().prefix(P66));
    add(0xC4, row(PINSRW, Vx, Hx, Ew, VEX | L0 | IMM8).mem().prefix(P66));
    add(0xC5, row(PEXTRW, Gd, Ux, Ib, VEX | L0).register().prefix(P66));
    add(0xD6, two(MOVQ, Wx, Vx, L0).prefix(P66));
    integer(0xD7, two(PMOVMSKB, Gd, Ux, 0).register().prefix(P66));
    add(0xE7, two(MOVA, M, Vx, 0).mem().prefix(P66));
    add(0xF0, two(MOVU, Vx, M, 0).mem().prefix(PF2));
    add(0xF7, two(MASKMOV, Vx, Ux, L0 | READS).register().prefix(P66));
  }

  private void floating() {
    for (int p = NP; p <= P66; p++) {
      add(0x14, three(p == NP ? PUNPCKLDQ : PUNPCKLQDQ, 0).prefix(p)); // VUNPCKLPS, VUNPCKLPD
      add(0x15, three(p == NP ? PUNPCKHDQ : PUNPCKHQDQ, 0).prefix(p));
      add(0x54, three(PAND, 0).prefix(p)); // VANDPS and so on
      add(0x55, three(PANDN, 0).prefix(p));
      add(0x56, three(POR, 0).prefix(p));
      add(0x57, three(PXOR, 0).prefix(p));
      add(0xC6, three(p == NP ? SHUFPS : SHUFPD, IMM8).prefix(p));
    }
    int[] opcodes = {0x58, 0x59, 0x5C, 0x5D, 0x5E, 0x5F};
    int[] ops = {ADDPS, MULPS, SUBPS, MINPS, DIVPS, MAXPS};
    for (int form = 0; form < 4; form++) {
      int lig = form < 2 ? 0 : LIG;
      for (int i = 0; i < ops.length; i++) {
        add(opcodes[i], three(ops[i] + form, lig).prefix(form));
      }
      add(0x51, form < 2 ? two(SQRTPS + form, Vx, Wx, 0).prefix(form) : three(SQRTPS + form, LIG).prefix(form));
      add(0xC2, three(CMPPS + form, lig | IMM8).prefix(form));
    }
    add(0x52, two(RSQRTPS, Vx, Wx, 0).prefix(NP));
    add(0x52, three(RSQRTPS + 2, LIG).prefix(PF3));
    add(0x53, two(RCPPS, Vx, Wx, 0).prefix(NP));
    add(0x53, three(RCPPS + 2, LIG).prefix(PF3));
    add(0x7C, three(HADDPD, 0).prefix(P66));
    add(0x7C, three(HADDPS, 0).prefix(PF2));
    add(0x7D, three(HSUBPD, 0).prefix(P66));
    add(0x7D, three(HSUBPS, 0).prefix(PF2));
    add(0xD0, three(ADDSUBPD, 0).prefix(P66));
    add(0xD0, three(ADDSUBPS, 0).prefix(PF2));
  }

  private void conversions() {
    add(0x2A, row(CVTSI2SS, Vx, Hx, Ey, VEX | LIG).prefix(PF3));
    add(0x2A, row(CVTSI2SD, Vx, Hx, Ey, VEX | LIG).prefix(PF2));
    for (int i = 0; i < 2; i++) {
      int more = i * (CVTSS2SI - CVTTSS2SI);
      add(0x2C + i, two(CVTTSS2SI + more, Gy, Wx, LIG).prefix(PF3));
      add(0x2C + i, two(CVTTSD2SI + more, Gy, Wx, LIG).prefix(PF2));
    }
    add(0x2E, two(UCOMISS, Vx, Wx, LIG | READS).prefix(NP));
    add(0x2E, two(UCOMISD, Vx, Wx, LIG | READS).prefix(P66));
    add(0x2F, two(COMISS, Vx, Wx, LIG | READS).prefix(NP));
    add(0x2F, two(COMISD, Vx, Wx, LIG | READS).prefix(P66));
    add(0x5A, two(CVTPS2PD, Vx, Wx, 0).prefix(NP));
    add(0x5A, two(CVTPD2PS, Vx, Wx, 0).prefix(P66));
    add(0x5A, three(CVTSS2SD, LIG).prefix(PF3));
    add(0x5A, three(CVTSD2SS, LIG).prefix(PF2));
    add(0x5B, two(CVTDQ2PS, Vx, Wx, 0).prefix(NP));
    add(0x5B, two(CVTPS2DQ, Vx, Wx, 0).prefix(P66));
    add(0x5B, two(CVTTPS2DQ, Vx, Wx, 0).prefix(PF3));
    add(0xE6, two(CVTTPD2DQ, Vx, Wx, 0).prefix(P66));
    add(0xE6, two(CVTDQ2PD, Vx, Wx, 0).prefix(PF3));
    add(0xE6, two(CVTPD2DQ, Vx, Wx, 0).prefix(PF2));
  }

  /// Operations of one block of opcodes; 0 where there is none.
  private void block(int first, int... ops) {
    for (int i = 0; i < ops.length; i++) {
      if (ops[i] != 0) {
        nds(first + i, ops[i]);
      }
    }
  }

  private void integers() {
    block(0x60, PUNPCKLBW, PUNPCKLWD, PUNPCKLDQ, PACKSSWB, PCMPGTB, PCMPGTW, PCMPGTD, PACKUSWB);
    block(0x68, PUNPCKHBW, PUNPCKHWD, PUNPCKHDQ, PACKSSDW, PUNPCKLQDQ, PUNPCKHQDQ);
    block(0x74, PCMPEQB, PCMPEQW, PCMPEQD);
    block(0xD4, PADDQ, PMULLW, 0, 0, PSUBUSB, PSUBUSW, PMINUB, PAND, PADDUSB, PADDUSW, PMAXUB, PANDN);
    block(0xE0, PAVGB, 0, 0, PAVGW, PMULHUW, PMULHW, 0, 0, PSUBSB, PSUBSW, PMINSW, POR, PADDSB, PADDSW, PMAXSW, PXOR);
    block(0xF4, PMULUDQ, PMADDWD, PSADBW, 0, PSUBB, PSUBW, PSUBD, PSUBQ, PADDB, PADDW, PADDD);
    integer(0x70, row(PSHUFD, Vx, Wx, Ib, VEX).prefix(P66));
    integer(0x70, row(PSHUFHW, Vx, Wx, Ib, VEX).prefix(PF3));
    integer(0x70, row(PSHUFLW, Vx, Wx, Ib, VEX).prefix(PF2));
  }

  private void shifts() {
    block(0xD1, PSRLW, PSRLD, PSRLQ);
    block(0xE1, PSRAW, PSRAD);
    block(0xF1, PSLLW, PSLLD, PSLLQ);
    immediate(0x71, 2, PSRLW_IMM);
    immediate(0x71, 4, PSRAW_IMM);
    immediate(0x71, 6, PSLLW_IMM);
    immediate(0x72, 2, PSRLD_IMM);
    immediate(0x72, 4, PSRAD_IMM);
    immediate(0x72, 6, PSLLD_IMM);
    immediate(0x73, 2, PSRLQ_IMM);
    immediate(0x73, 3, PSRLDQ);
    immediate(0x73, 6, PSLLQ_IMM);
    immediate(0x73, 7, PSLLDQ);
  }

  private void immediate(int opcode, int reg, int op) {
    integer(opcode, row(op, Hx, Ux, Ib, VEX).reg(reg).register().prefix(P66));
  }

  private void integers38() {
    block(0x00, PSHUFB, PHADDW, PHADDD, PHADDSW, PMADDUBSW, PHSUBW, PHSUBD, PHSUBSW, PSIGNB, PSIGNW, PSIGND, PMULHRSW);
    single(0x1C, PABSB);
    single(0x1D, PABSW);
    single(0x1E, PABSD);
    for (int i = 0; i < 6; i++) {
      single(0x20 + i, PMOVSXBW + i);
      single(0x30 + i, PMOVZXBW + i);
    }
    block(0x28, PMULDQ, PCMPEQQ, 0, PACKUSDW);
    integer(0x2A, two(MOVNTDQA, Vx, Wx, 0).mem().prefix(P66));
    block(0x37, PCMPGTQ, PMINSB, PMINSD, PMINUW, PMINUD, PMAXSB, PMAXSD, PMAXUW, PMAXUD, PMULLD);
    add(0x41, two(PHMINPOSUW, Vx, Wx, L0).prefix(P66));
    add(0x45, three(VPSRLVD, 0).w(0).prefix(P66).feature(AVX2));
    add(0x45, three(VPSRLVQ, 0).w(1).prefix(P66).feature(AVX2));
    add(0x46, three(VPSRAVD, 0).w(0).prefix(P66).feature(AVX2));
    add(0x47, three(VPSLLVD, 0).w(0).prefix(P66).feature(AVX2));
    add(0x47, three(VPSLLVQ, 0).w(1).prefix(P66).feature(AVX2));
    add(0xCF, three(GF2P8MULB, 0).w(0).prefix(P66).feature(GFNI));
    add(0xDB, two(AESIMC, Vx, Wx, L0).prefix(P66).feature(AES));
    for (int i = 0; i < 4; i++) {
      add(0xDC + i, three(AESENC + i, L0).prefix(P66).feature(AES));
      add(0xDC + i, three(AESENC + i, L1).prefix(P66).feature(VAES));
    }
  }

  private void lanes38() {
    add(0x0C, three(VPERMILPS, 0).w(0).prefix(P66));
    add(0x0D, three(VPERMILPD, 0).w(0).prefix(P66));
    add(0x0E, two(VTESTPS, Vx, Wx, READS).w(0).prefix(P66));
    add(0x0F, two(VTESTPD, Vx, Wx, READS).w(0).prefix(P66));
    add(0x13, two(CVTPH2PS, Vx, Wx, 0).w(0).prefix(P66).feature(F16C));
    add(0x16, three(VPERMD, L1).w(0).prefix(P66).feature(AVX2)); // VPERMPS
    add(0x17, two(PTEST, Vx, Wx, READS).prefix(P66));
    add(0x18, two(VBROADCASTD, Vx, Wx, 0).w(0).mem().prefix(P66)); // VBROADCASTSS
    add(0x18, two(VBROADCASTD, Vx, Wx, 0).w(0).register().prefix(P66).feature(AVX2));
    add(0x19, two(VBROADCASTQ, Vx, Wx, L1).w(0).mem().prefix(P66)); // VBROADCASTSD
    add(0x19, two(VBROADCASTQ, Vx, Wx, L1).w(0).register().prefix(P66).feature(AVX2));
    add(0x1A, two(VBROADCAST128, Vx, Wx, L1).w(0).mem().prefix(P66));
    add(0x36, three(VPERMD, L1).w(0).prefix(P66).feature(AVX2));
    add(0x58, two(VBROADCASTD, Vx, Wx, 0).w(0).prefix(P66).feature(AVX2));
    add(0x59, two(VBROADCASTQ, Vx, Wx, 0).w(0).prefix(P66).feature(AVX2));
    add(0x5A, two(VBROADCAST128, Vx, Wx, L1).w(0).mem().prefix(P66).feature(AVX2));
    add(0x78, two(VBROADCASTB, Vx, Wx, 0).w(0).prefix(P66).feature(AVX2));
    add(0x79, two(VBROADCASTW, Vx, Wx, 0).w(0).prefix(P66).feature(AVX2));
  }

  private void masked() {
    for (int wide = 0; wide < 2; wide++) {
      add(0x2C + wide, row(VMASKMOVD + wide, Vx, Hx, M, VEX).w(0).mem().prefix(P66)); // VMASKMOVPS, VMASKMOVPD
      add(0x2E + wide, row(VMASKSTORED + wide, M, Hx, Vx, VEX).w(0).mem().prefix(P66));
      add(0x8C, row(VMASKMOVD + wide, Vx, Hx, M, VEX).w(wide).mem().prefix(P66).feature(AVX2));
      add(0x8E, row(VMASKSTORED + wide, M, Hx, Vx, VEX).w(wide).mem().prefix(P66).feature(AVX2));
      for (int i = 0; i < 2; i++) {
        int op = (i == 0 ? VGATHERDD : VGATHERQD) + wide;
        add(0x90 + i, row(op, Vx, M, Hx, VEX | VSIB).w(wide).mem().prefix(P66).feature(AVX2));
        add(0x92 + i, row(op, Vx, M, Hx, VEX | VSIB).w(wide).mem().prefix(P66).feature(AVX2)); // VGATHERDPS and so on
      }
    }
  }

  private void fused() {
    for (int order = 0x90; order <= 0xB0; order += 0x10) {
      for (int wide = 0; wide < 2; wide++) {
        add(order + 6, three(FMADDSUBPS + wide, 0).w(wide).prefix(P66).feature(FMA));
        add(order + 7, three(FMSUBADDPS + wide, 0).w(wide).prefix(P66).feature(FMA));
        for (int i = 0; i < 4; i++) {
          int op = FMADDPS + 4 * i + wide;
          add(order + 8 + 2 * i, three(op, 0).w(wide).prefix(P66).feature(FMA));
          add(order + 9 + 2 * i, three(op + 2, LIG).w(wide).prefix(P66).feature(FMA));
        }
      }
    }
  }

  private void immediates() {
    add(0x08, row(ROUNDPS, Vx, Wx, Ib, VEX).prefix(P66));
    add(0x09, row(ROUNDPS + 1, Vx, Wx, Ib, VEX).prefix(P66));
    add(0x0A, three(ROUNDPS + 2, LIG | IMM8).prefix(P66));
    add(0x0B, three(ROUNDPS + 3, LIG | IMM8).prefix(P66));
    add(0x0C, three(BLENDPS, IMM8).prefix(P66));
    add(0x0D, three(BLENDPD, IMM8).prefix(P66));
    integer(0x0E, three(PBLENDW, IMM8).prefix(P66));
    integer(0x0F, three(PALIGNR, IMM8).prefix(P66));
    add(0x14, row(PEXTRB, Ed, Vx, Ib, VEX | L0).register().w(0).prefix(P66));
    add(0x14, row(PEXTRB, Eb, Vx, Ib, VEX | L0).mem().w(0).prefix(P66));
    add(0x15, row(PEXTRW_MEM, Ed, Vx, Ib, VEX | L0).register().w(0).prefix(P66));
    add(0x15, row(PEXTRW_MEM, Ew, Vx, Ib, VEX | L0).mem().w(0).prefix(P66));
    add(0x16, row(PEXTRD, Ey, Vx, Ib, VEX | L0).prefix(P66));
    add(0x17, row(EXTRACTPS, Ed, Vx, Ib, VEX | L0).prefix(P66));
    add(0x20, row(PINSRB, Vx, Hx, E_ | D, VEX | L0 | IMM8).register().w(0).prefix(P66));
    add(0x20, row(PINSRB, Vx, Hx, Eb, VEX | L0 | IMM8).mem().w(0).prefix(P66));
    add(0x21, three(INSERTPS, L0 | IMM8).prefix(P66));
    add(0x22, row(PINSRD, Vx, Hx, Ey, VEX | L0 | IMM8).prefix(P66));
    add(0x40, three(DPPS, IMM8).prefix(P66));
    add(0x41, three(DPPD, L0 | IMM8).prefix(P66));
    integer(0x42, three(MPSADBW, IMM8).prefix(P66));
    add(0x44, three(PCLMULQDQ, L0 | IMM8).prefix(P66).feature(PCLMUL));
    add(0x44, three(PCLMULQDQ, L1 | IMM8).prefix(P66).feature(VPCLMUL));
    for (int i = 0; i < 4; i++) {
      add(0x60 + i, row(PCMPESTRM + i, Vx, Wx, Ib, VEX | L0 | READS).prefix(P66));
    }
    add(0xCE, three(GF2P8AFFINEQB, IMM8).w(1).prefix(P66).feature(GFNI));
    add(0xCF, three(GF2P8AFFINEINVQB, IMM8).w(1).prefix(P66).feature(GFNI));
    add(0xDF, row(AESKEYGENASSIST, Vx, Wx, Ib, VEX | L0).prefix(P66).feature(AES));
  }

  private void lanes3A() {
    add(0x00, row(VPERMQ, Vx, Wx, Ib, VEX | L1).w(1).prefix(P66).feature(AVX2));
    add(0x01, row(VPERMQ, Vx, Wx, Ib, VEX | L1).w(1).prefix(P66).feature(AVX2)); // VPERMPD
    add(0x02, three(VPBLENDD, IMM8).w(0).prefix(P66).feature(AVX2));
    add(0x04, row(VPERMILPS_IMM, Vx, Wx, Ib, VEX).w(0).prefix(P66));
    add(0x05, row(VPERMILPD_IMM, Vx, Wx, Ib, VEX).w(0).prefix(P66));
    add(0x06, three(VPERM2X128, L1 | IMM8).w(0).prefix(P66));
    add(0x18, three(VINSERT128, L1 | IMM8).w(0).prefix(P66));
    add(0x19, row(VEXTRACT128, Wx, Vx, Ib, VEX | L1).w(0).prefix(P66));
    add(0x1D, row(CVTPS2PH, Wx, Vx, Ib, VEX).w(0).prefix(P66).feature(F16C));
    add(0x38, three(VINSERT128, L1 | IMM8).w(0).prefix(P66).feature(AVX2));
    add(0x39, row(VEXTRACT128, Wx, Vx, Ib, VEX | L1).w(0).prefix(P66).feature(AVX2));
    add(0x46, three(VPERM2X128, L1 | IMM8).w(0).prefix(P66).feature(AVX2));
    add(0x4A, three(BLENDVPS, IMM8).w(0).prefix(P66)); // the immediate's high half names the mask
    add(0x4B, three(BLENDVPD, IMM8).w(0).prefix(P66));
    integer(0x4C, three(PBLENDVB, IMM8).w(0).prefix(P66));
  }
}
