package thespis.cpu.decode;

/// Operand codes of SDM Vol. 2D "Key to Abbreviations": the addressing method in the high bits, the operand type in the
/// low four.
final class Operand {
  static final int NONE = 0;

  // ---- types
  static final int B = 0;
  static final int W = 1;
  static final int D = 2;
  static final int Q = 3;
  /// 16, 32 or 64 bits by operand size.
  static final int V = 4;
  /// 32 or 64 bits by REX.W.
  static final int Y = 5;
  /// 16 or 32 bits (immediates: sign-extended to the operand size).
  static final int Z = 6;
  /// No general register size (XMM, MMX, memory of the operation's own size).
  static final int X = 7;
  /// A signed byte, extended to the operand size.
  static final int S = 8;

  // ---- methods
  static final int E_ = 1 << 4;
  static final int G_ = 2 << 4;
  static final int I_ = 3 << 4;
  static final int Z_ = 4 << 4;
  static final int M_ = 5 << 4;
  static final int S_ = 7 << 4;
  static final int C_ = 8 << 4;
  static final int D_ = 9 << 4;
  static final int J_ = 10 << 4;
  static final int O_ = 11 << 4;
  static final int FIX_ = 12 << 4;
  static final int V_ = 13 << 4;
  static final int W_ = 14 << 4;
  static final int P_ = 15 << 4;
  static final int Q_ = 16 << 4;
  static final int H_ = 19 << 4;
  static final int BV_ = 20 << 4;
  static final int A_ = 21 << 4;
  static final int ONE_ = 22 << 4;

  static final int Eb = E_ | B;
  static final int Ew = E_ | W;
  static final int Ed = E_ | D;
  static final int Eq = E_ | Q;
  static final int Ev = E_ | V;
  static final int Ey = E_ | Y;
  static final int Gb = G_ | B;
  static final int Gw = G_ | W;
  static final int Gd = G_ | D;
  static final int Gv = G_ | V;
  static final int Gy = G_ | Y;
  static final int Gz = G_ | Z;
  static final int Ib = I_ | B;
  static final int Ibs = I_ | S;
  static final int Iw = I_ | W;
  static final int Iz = I_ | Z;
  static final int Iv = I_ | V;
  static final int Zb = Z_ | B;
  static final int Zv = Z_ | V;
  /// Memory only, size irrelevant.
  static final int M = M_ | X;
  static final int Mb = M_ | B;
  static final int Mw = M_ | W;
  static final int Md = M_ | D;
  static final int Mq = M_ | Q;
  static final int Mv = M_ | V;
  static final int My = M_ | Y;
  static final int Sw = S_ | W;
  static final int Cd = C_ | Q;
  static final int Dd = D_ | Q;
  static final int Jb = J_ | B;
  static final int Jz = J_ | Z;
  static final int Ob = O_ | B;
  static final int Ov = O_ | V;
  static final int AL = FIX_ | B;
  static final int rAX = FIX_ | V;
  /// XMM register from ModRM.reg, XMM register or memory from ModRM.rm.
  static final int Vx = V_ | X;
  static final int Wx = W_ | X;
  static final int Pq = P_ | X;
  static final int Qq = Q_ | X;
  /// VEX.vvvv as an XMM or a general register.
  static final int Hx = H_ | X;
  static final int By = BV_ | Y;
  static final int Ap = A_ | X;
  static final int ONE = ONE_ | B;

  private Operand() {}
}
