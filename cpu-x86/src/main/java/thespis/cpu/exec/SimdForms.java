package thespis.cpu.exec;

import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// The common SSE moves and integer operations on operands that are known when a block is compiled, as in {@link SseForms}:
/// what string functions and compilers' copies are made of. For MOVD and MOVQ one of `d` and `s` is the offset of a
/// general register.
public final class SimdForms {
  private SimdForms() {}

  private static long x(long st, int n) {
    return st + Cpu.XMM + 32L * n;
  }

  private static void set(long at, long lo, long hi) {
    Mem.put64(at, lo);
    Mem.put64(at + 8, hi);
  }

  public static void movRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    set(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void loadAligned(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    load(m, x(st, d), la);
  }

  public static void loadUnaligned(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    load(m, x(st, d), la);
  }

  private static void load(Mmu m, long at, long la) {
    long lo = m.load64(la);
    Mem.put64(at + 8, m.load64(la + 8));
    Mem.put64(at, lo);
  }

  public static void storeAligned(Cpu c, Mmu m, long st, long la, int s) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    Vectors.store(c, la, Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void storeUnaligned(Cpu c, Mmu m, long st, long la, int s) {
    Vectors.requireSse(c);
    Vectors.store(c, la, Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  /// MOVSD and MOVQ from memory: the upper half is cleared.
  public static void load64(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    set(x(st, d), m.load64(la), 0);
  }

  public static void store64(Cpu c, Mmu m, long st, long la, int s) {
    Vectors.requireSse(c);
    m.store64(la, Mem.get64(x(st, s)));
  }

  public static void movsdRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    Mem.put64(x(st, d), Mem.get64(x(st, s)));
  }

  public static void movqRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    set(x(st, d), Mem.get64(x(st, s)), 0);
  }

  public static void load32(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    set(x(st, d), m.load32(la) & 0xFFFF_FFFFL, 0);
  }

  public static void store32(Cpu c, Mmu m, long st, long la, int s) {
    Vectors.requireSse(c);
    m.store32(la, Mem.get32(x(st, s)));
  }

  public static void movssRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    Mem.put32(x(st, d), Mem.get32(x(st, s)));
  }

  public static void loadLow(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Mem.put64(x(st, d), m.load64(la));
  }

  public static void loadHigh(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Mem.put64(x(st, d) + 8, m.load64(la));
  }

  public static void storeHigh(Cpu c, Mmu m, long st, long la, int s) {
    Vectors.requireSse(c);
    m.store64(la, Mem.get64(x(st, s) + 8));
  }

  public static void movdTo32(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    set(x(st, d), Mem.get32(st + s) & 0xFFFF_FFFFL, 0);
  }

  public static void movdTo64(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    set(x(st, d), Mem.get64(st + s), 0);
  }

  public static void movdFrom32(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    Mem.put64(st + d, Mem.get32(x(st, s)) & 0xFFFF_FFFFL);
  }

  public static void movdFrom64(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    Mem.put64(st + d, Mem.get64(x(st, s)));
  }

  public static void pmovmskb(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    int bits = SimdMove.byteSigns(Mem.get64(x(st, s))) | SimdMove.byteSigns(Mem.get64(x(st, s) + 8)) << 8;
    Mem.put64(st + d, bits);
  }

  public static void unpackLow64(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    Mem.put64(x(st, d) + 8, Mem.get64(x(st, s)));
  }

  public static void pandRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    pand(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void pandRM(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    long lo = m.load64(la);
    pand(x(st, d), lo, m.load64(la + 8));
  }

  private static void pand(long at, long b0, long b1) {
    long a0 = Mem.get64(at);
    long a1 = Mem.get64(at + 8);
    set(at, a0 & b0, a1 & b1);
  }

  public static void pandnRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    pandn(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void pandnRM(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    long lo = m.load64(la);
    pandn(x(st, d), lo, m.load64(la + 8));
  }

  private static void pandn(long at, long b0, long b1) {
    long a0 = Mem.get64(at);
    long a1 = Mem.get64(at + 8);
    set(at, ~a0 & b0, ~a1 & b1);
  }

  public static void porRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    por(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void porRM(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    long lo = m.load64(la);
    por(x(st, d), lo, m.load64(la + 8));
  }

  private static void por(long at, long b0, long b1) {
    long a0 = Mem.get64(at);
    long a1 = Mem.get64(at + 8);
    set(at, a0 | b0, a1 | b1);
  }

  public static void pxorRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    pxor(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void pxorRM(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    long lo = m.load64(la);
    pxor(x(st, d), lo, m.load64(la + 8));
  }

  private static void pxor(long at, long b0, long b1) {
    long a0 = Mem.get64(at);
    long a1 = Mem.get64(at + 8);
    set(at, a0 ^ b0, a1 ^ b1);
  }

  public static void paddqRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    paddq(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void paddqRM(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    long lo = m.load64(la);
    paddq(x(st, d), lo, m.load64(la + 8));
  }

  private static void paddq(long at, long b0, long b1) {
    long a0 = Mem.get64(at);
    long a1 = Mem.get64(at + 8);
    set(at, a0 + b0, a1 + b1);
  }

  public static void pcmpeqbRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    pcmpeqb(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void pcmpeqbRM(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    long lo = m.load64(la);
    pcmpeqb(x(st, d), lo, m.load64(la + 8));
  }

  private static void pcmpeqb(long at, long b0, long b1) {
    long a0 = Mem.get64(at);
    long a1 = Mem.get64(at + 8);
    set(at, Lanes.equalBytes(a0, b0), Lanes.equalBytes(a1, b1));
  }

  public static void padddRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    paddd(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void padddRM(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    long lo = m.load64(la);
    paddd(x(st, d), lo, m.load64(la + 8));
  }

  private static void paddd(long at, long b0, long b1) {
    long a0 = Mem.get64(at);
    long a1 = Mem.get64(at + 8);
    set(at, Lanes.pair((int) a0 + (int) b0, (int) (a0 >>> 32) + (int) (b0 >>> 32)),
        Lanes.pair((int) a1 + (int) b1, (int) (a1 >>> 32) + (int) (b1 >>> 32)));
  }

  public static void psubbRR(Cpu c, Mmu m, long st, int d, int s) {
    Vectors.requireSse(c);
    psubb(x(st, d), Mem.get64(x(st, s)), Mem.get64(x(st, s) + 8));
  }

  public static void psubbRM(Cpu c, Mmu m, long st, int d, long la) {
    Vectors.requireSse(c);
    Vectors.requireAligned(c, la);
    long lo = m.load64(la);
    psubb(x(st, d), lo, m.load64(la + 8));
  }

  private static void psubb(long at, long b0, long b1) {
    long a0 = Mem.get64(at);
    long a1 = Mem.get64(at + 8);
    set(at, Lanes.subBytes(a0, b0), Lanes.subBytes(a1, b1));
  }
}
