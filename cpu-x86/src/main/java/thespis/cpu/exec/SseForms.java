package thespis.cpu.exec;

import thespis.cpu.fp.Float32;
import thespis.cpu.fp.Float64;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// The common SSE arithmetic instructions on operands that are known when a block is compiled: `d` and `s` are XMM register
/// numbers, `la` the linear address of the source. Scalar forms, and the packed ones that loops are made of. What they do
/// is said in {@link SseArith}; anything not here goes there.
public final class SseForms {
  private SseForms() {}

  private static FpEnv begin(Cpu c) {
    Vectors.requireSse(c);
    return SseControl.begin(c);
  }

  private static long x(long st, int n) {
    return st + Cpu.XMM + 32L * n;
  }

  private static void setDouble(Cpu c, FpEnv e, long at, long v) {
    SseControl.finish(c, e);
    Mem.put64(at, v);
  }

  private static void setSingle(Cpu c, FpEnv e, long at, int v) {
    SseControl.finish(c, e);
    Mem.put32(at, v);
  }

  private static void setPair(Cpu c, FpEnv e, long at, long lo, long hi) {
    SseControl.finish(c, e);
    Mem.put64(at, lo);
    Mem.put64(at + 8, hi);
  }

  public static void addsdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.add(e, Mem.get64(x(st, d)), Mem.get64(x(st, s))));
  }

  public static void addsdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    long b = m.load64(la);
    setDouble(c, e, x(st, d), Float64.add(e, Mem.get64(x(st, d)), b));
  }

  public static void addssRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setSingle(c, e, x(st, d), Float32.add(e, Mem.get32(x(st, d)), Mem.get32(x(st, s))));
  }

  public static void addssRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    int b = m.load32(la);
    setSingle(c, e, x(st, d), Float32.add(e, Mem.get32(x(st, d)), b));
  }

  public static void subsdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.sub(e, Mem.get64(x(st, d)), Mem.get64(x(st, s))));
  }

  public static void subsdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    long b = m.load64(la);
    setDouble(c, e, x(st, d), Float64.sub(e, Mem.get64(x(st, d)), b));
  }

  public static void subssRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setSingle(c, e, x(st, d), Float32.sub(e, Mem.get32(x(st, d)), Mem.get32(x(st, s))));
  }

  public static void subssRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    int b = m.load32(la);
    setSingle(c, e, x(st, d), Float32.sub(e, Mem.get32(x(st, d)), b));
  }

  public static void mulsdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.mul(e, Mem.get64(x(st, d)), Mem.get64(x(st, s))));
  }

  public static void mulsdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    long b = m.load64(la);
    setDouble(c, e, x(st, d), Float64.mul(e, Mem.get64(x(st, d)), b));
  }

  public static void mulssRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setSingle(c, e, x(st, d), Float32.mul(e, Mem.get32(x(st, d)), Mem.get32(x(st, s))));
  }

  public static void mulssRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    int b = m.load32(la);
    setSingle(c, e, x(st, d), Float32.mul(e, Mem.get32(x(st, d)), b));
  }

  public static void divsdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.div(e, Mem.get64(x(st, d)), Mem.get64(x(st, s))));
  }

  public static void divsdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    long b = m.load64(la);
    setDouble(c, e, x(st, d), Float64.div(e, Mem.get64(x(st, d)), b));
  }

  public static void divssRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setSingle(c, e, x(st, d), Float32.div(e, Mem.get32(x(st, d)), Mem.get32(x(st, s))));
  }

  public static void divssRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    int b = m.load32(la);
    setSingle(c, e, x(st, d), Float32.div(e, Mem.get32(x(st, d)), b));
  }

  public static void minsdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.min(e, Mem.get64(x(st, d)), Mem.get64(x(st, s))));
  }

  public static void minsdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    long b = m.load64(la);
    setDouble(c, e, x(st, d), Float64.min(e, Mem.get64(x(st, d)), b));
  }

  public static void minssRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setSingle(c, e, x(st, d), Float32.min(e, Mem.get32(x(st, d)), Mem.get32(x(st, s))));
  }

  public static void minssRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    int b = m.load32(la);
    setSingle(c, e, x(st, d), Float32.min(e, Mem.get32(x(st, d)), b));
  }

  public static void maxsdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.max(e, Mem.get64(x(st, d)), Mem.get64(x(st, s))));
  }

  public static void maxsdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    long b = m.load64(la);
    setDouble(c, e, x(st, d), Float64.max(e, Mem.get64(x(st, d)), b));
  }

  public static void maxssRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setSingle(c, e, x(st, d), Float32.max(e, Mem.get32(x(st, d)), Mem.get32(x(st, s))));
  }

  public static void maxssRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    int b = m.load32(la);
    setSingle(c, e, x(st, d), Float32.max(e, Mem.get32(x(st, d)), b));
  }

  public static void addpdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    long lo = Float64.add(e, Mem.get64(x(st, d)), Mem.get64(x(st, s)));
    setPair(c, e, x(st, d), lo, Float64.add(e, Mem.get64(x(st, d) + 8), Mem.get64(x(st, s) + 8)));
  }

  public static void addpdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    Vectors.requireAligned(c, la);
    long b0 = m.load64(la);
    long b1 = m.load64(la + 8);
    long lo = Float64.add(e, Mem.get64(x(st, d)), b0);
    setPair(c, e, x(st, d), lo, Float64.add(e, Mem.get64(x(st, d) + 8), b1));
  }

  public static void subpdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    long lo = Float64.sub(e, Mem.get64(x(st, d)), Mem.get64(x(st, s)));
    setPair(c, e, x(st, d), lo, Float64.sub(e, Mem.get64(x(st, d) + 8), Mem.get64(x(st, s) + 8)));
  }

  public static void subpdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    Vectors.requireAligned(c, la);
    long b0 = m.load64(la);
    long b1 = m.load64(la + 8);
    long lo = Float64.sub(e, Mem.get64(x(st, d)), b0);
    setPair(c, e, x(st, d), lo, Float64.sub(e, Mem.get64(x(st, d) + 8), b1));
  }

  public static void mulpdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    long lo = Float64.mul(e, Mem.get64(x(st, d)), Mem.get64(x(st, s)));
    setPair(c, e, x(st, d), lo, Float64.mul(e, Mem.get64(x(st, d) + 8), Mem.get64(x(st, s) + 8)));
  }

  public static void mulpdRM(Cpu c, Mmu m, long st, int d, long la) {
    FpEnv e = begin(c);
    Vectors.requireAligned(c, la);
    long b0 = m.load64(la);
    long b1 = m.load64(la + 8);
    long lo = Float64.mul(e, Mem.get64(x(st, d)), b0);
    setPair(c, e, x(st, d), lo, Float64.mul(e, Mem.get64(x(st, d) + 8), b1));
  }

  public static void sqrtsdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.sqrt(e, Mem.get64(x(st, s))));
  }

  public static void sqrtssRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setSingle(c, e, x(st, d), Float32.sqrt(e, Mem.get32(x(st, s))));
  }

  public static void comisdRR(Cpu c, Mmu m, long st, int d, int s) {
    compare(c, Mem.get64(x(st, d)), Mem.get64(x(st, s)), true);
  }

  public static void comisdRM(Cpu c, Mmu m, long st, int d, long la) {
    compare(c, Mem.get64(x(st, d)), m.load64(la), true);
  }

  public static void ucomisdRR(Cpu c, Mmu m, long st, int d, int s) {
    compare(c, Mem.get64(x(st, d)), Mem.get64(x(st, s)), false);
  }

  public static void ucomisdRM(Cpu c, Mmu m, long st, int d, long la) {
    compare(c, Mem.get64(x(st, d)), m.load64(la), false);
  }

  private static void compare(Cpu c, long a, long b, boolean signals) {
    FpEnv e = begin(c);
    int relation = Float64.compare(e, a, b, signals);
    SseControl.finish(c, e);
    SseConvert.setFlags(c, relation);
  }

  /// `s` is the offset of a general register.
  public static void cvtsi2sd32RR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    Mem.put64(x(st, d), Float64.fromInt32(Mem.get32(st + s)));
  }

  public static void cvtsi2sd64RR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.fromInt64(e, Mem.get64(st + s)));
  }

  /// `d` is the offset of a general register.
  public static void cvttsd2si32RR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    int v = Float64.toInt32(e, Mem.get64(x(st, s)), FpEnv.TRUNCATE);
    setDouble(c, e, st + d, v & 0xFFFF_FFFFL);
  }

  public static void cvttsd2si64RR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, st + d, Float64.toInt64(e, Mem.get64(x(st, s)), FpEnv.TRUNCATE));
  }

  public static void cvtss2sdRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setDouble(c, e, x(st, d), Float64.fromFloat(e, Mem.get32(x(st, s))));
  }

  public static void cvtsd2ssRR(Cpu c, Mmu m, long st, int d, int s) {
    FpEnv e = begin(c);
    setSingle(c, e, x(st, d), Float64.toFloat(e, Mem.get64(x(st, s))));
  }
}
