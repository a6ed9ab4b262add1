package thespis.cpu.silicon;

import thespis.cpu.decode.Decoder;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.Flags;
import thespis.cpu.exec.Simd;
import thespis.cpu.exec.X87;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.run.GuestClock;
import thespis.cpu.run.IoBus;
import thespis.cpu.run.NoBus;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;
import thespis.cpu.state.GuestFault;

/// A vCPU for single floating-point instructions: 64-bit code without paging, the operand area at [r15 + MEM], every
/// feature present. It takes its state from a case of {@link Silicon} and is compared with what the host made of it.
public final class Model implements AutoCloseable {
  private static final long CODE = 0x1000;
  private static final long AREA = 0x4000;
  private static final int R15 = 120;

  public final Cpu cpu;
  private final GuestRam ram = new GuestRam(1 << 20);
  private final Mmu mmu;
  private final long record = Mem.allocate(Op.BYTES);
  private int op;

  /// How often FERR# was raised more than taken back.
  public int ferr;

  private int missingWord = -1;
  private int missingBit;

  private final class Bus extends NoBus {
    @Override
    public void ferr(boolean pending) {
      ferr += pending ? 1 : -1;
    }
  }

  private static final class StillClock implements GuestClock {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public Timer timer(String name, Runnable onExpiry) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Features implements CpuFeatures {
    @Override
    public void cpuid(int eax, int ecx, Cpu cpu, int[] out) {
      java.util.Arrays.fill(out, eax == 0xD && ecx == 0 ? 7 : -1);
    }

    @Override
    public boolean has(int word, int bit) {
      return word != missingWord || bit != missingBit;
    }

    @Override
    public boolean amd() {
      return true;
    }

    @Override
    public int physBits() {
      return 40;
    }
  }

  public Model() {
    IoBus bus = new Bus();
    cpu = new Cpu(0, bus, new StillClock(), new Features());
    PhysMap phys = new PhysMap();
    phys.map(new PhysMap.Range("ram", 0, ram.size(), ram.host(), PhysMap.READ | PhysMap.WRITE));
    mmu = new Mmu(cpu, phys, ram, bus, (host, bytes) -> {});
    cpu.mmu = mmu;
    cpu.cr0 = Cpu.CR0_PE | Cpu.CR0_NE | Cpu.CR0_MP;
    cpu.cr4 = Cpu.CR4_OSFXSR | Cpu.CR4_OSXMMEXCPT | Cpu.CR4_OSXSAVE;
    cpu.efer = Cpu.EFER_LMA | Cpu.EFER_LME;
    cpu.attr[Cpu.CS] = Cpu.ATTR_L;
    cpu.updateMode();
    Mem.put64(cpu.st + Cpu.XCR0, 7);
  }

  /// Host address of the operand area.
  public long memory() {
    return ram.host() + AREA + Silicon.MEM;
  }

  /// Takes a feature away.
  public void lacks(int word, int bit) {
    missingWord = word;
    missingBit = bit;
  }

  /// Decodes an instruction that may be undefined and runs it. The vector of its fault, or -1.
  public int execute(String hex) {
    decode(hex);
    return op == Ops.UD ? GuestFault.UD : run();
  }

  /// The instruction in hex, which must be defined.
  public void instruction(String hex) {
    int length = decode(hex);
    if (op == Ops.UD || Op.length(record) != length) {
      throw new IllegalStateException("does not decode: " + hex + " gives " + Ops.name(op) + " of "
          + Op.length(record) + " bytes");
    }
  }

  private int decode(String hex) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    Mem.fill(ram.host() + CODE, 16, (byte) 0x90);
    Mem.copyIn(bytes, 0, ram.host() + CODE, bytes.length);
    cpu.setRip(CODE);
    new Decoder(cpu, mmu).decode(CODE, record, 0);
    op = Op.op(record);
    return bytes.length;
  }

  /// Address of the decoded instruction.
  public long record() {
    return record;
  }

  /// Runs the instruction once. The vector of the fault that it raised, or -1.
  public int run() {
    try {
      int family = op >>> 6;
      if (family == Ops.X87_FAMILY) {
        X87.run(cpu, record, op);
      } else {
        Simd.run(cpu, record, op);
      }
      return -1;
    } catch (GuestFault f) {
      return f.vector;
    }
  }

  /// An instruction with its operand in the area, addressed from R15.
  public void area() {
    Mem.put64(cpu.st + R15, AREA);
  }

  /// Takes over registers, flags, x87, SSE state and the operand area of a case.
  public void load(Silicon host, int i) {
    long st = cpu.st;
    for (int r = 0; r < 14; r++) {
      Mem.put64(st + 8L * r, r == 4 ? 0x8000 : host.gprIn(i, r));
    }
    Mem.put64(st + R15, AREA);
    Flags.setRflags(cpu, host.eflagsIn(i));
    int fsw = host.fswIn(i);
    Mem.put16(st + Cpu.FCW, (short) host.fcwIn(i));
    Mem.put16(st + Cpu.FSW, (short) fsw);
    Mem.put16(st + Cpu.FTW, (short) host.tagsIn(i));
    Mem.put32(st + Cpu.MXCSR, host.mxcsrIn(i));
    for (int n = 0; n < 8; n++) {
      long a = st + Cpu.FPR + 16L * ((fsw >>> 11) + n & 7);
      Mem.put64(a, host.stSigIn(i, n));
      Mem.put64(a + 8, host.stSeIn(i, n));
    }
    for (int n = 0; n < 16; n++) {
      Mem.put64(st + Cpu.XMM + 32L * n, host.xmmLoIn(i, n));
      Mem.put64(st + Cpu.XMM + 32L * n + 8, host.xmmHiIn(i, n));
      for (int half = 2; half < 4; half++) {
        Mem.put64(st + Cpu.XMM + 32L * n + 8 * half, host.ymmIn(i, n, half));
      }
    }
    for (int m = 0; m < Silicon.MEM_BYTES; m += 8) {
      Mem.put64(memory() + m, host.memIn(i, m));
    }
  }

  /// The first difference from the host's state after the instruction, or null.
  ///
  /// @param flags EFLAGS bits that count
  /// @param fsw status word bits that count
  public String difference(Silicon host, int i, int flags, int fsw) {
    long st = cpu.st;
    StringBuilder s = new StringBuilder();
    for (int r = 0; r < 14; r++) {
      if (r != 4) {
        differ(s, "gpr" + r, host.gprOut(i, r), Mem.get64(st + 8L * r));
      }
    }
    differ(s, "eflags", host.eflagsOut(i) & flags, Flags.rflags(cpu) & flags);
    int top = Mem.get16(st + Cpu.FSW) >>> 11 & 7;
    differ(s, "fcw", host.fcwOut(i), Mem.get16(st + Cpu.FCW) & 0xFFFF);
    differ(s, "fsw", host.fswOut(i) & fsw, Mem.get16(st + Cpu.FSW) & fsw);
    differ(s, "tags", host.tagsOut(i), Mem.get16(st + Cpu.FTW) & 0xFF);
    differ(s, "mxcsr", host.mxcsrOut(i), Mem.get32(st + Cpu.MXCSR));
    for (int n = 0; n < 8; n++) {
      long a = st + Cpu.FPR + 16L * (top + n & 7);
      differ(s, "st" + n, host.stSig(i, n), Mem.get64(a));
      differ(s, "st" + n + ".se", host.stSe(i, n), Mem.get16(a + 8) & 0xFFFF);
    }
    for (int n = 0; n < 16; n++) {
      differ(s, "xmm" + n, host.xmmLo(i, n), Mem.get64(st + Cpu.XMM + 32L * n));
      differ(s, "xmm" + n + ".hi", host.xmmHi(i, n), Mem.get64(st + Cpu.XMM + 32L * n + 8));
      for (int half = 2; half < 4 && Silicon.hasAvx(); half++) {
        differ(s, "ymm" + n + "." + half, host.ymmOut(i, n, half), Mem.get64(st + Cpu.XMM + 32L * n + 8 * half));
      }
    }
    for (int m = 0; m < Silicon.MEM_BYTES; m += 8) {
      differ(s, "mem" + m, host.memOut(i, m), Mem.get64(memory() + m));
    }
    return s.isEmpty() ? null : s.toString();
  }

  /// Status word and tags only, for instructions whose results may differ in the last place.
  public String statusDifference(Silicon host, int i, int fsw) {
    StringBuilder s = new StringBuilder();
    differ(s, "fsw", host.fswOut(i) & fsw, Mem.get16(cpu.st + Cpu.FSW) & fsw);
    differ(s, "tags", host.tagsOut(i), Mem.get16(cpu.st + Cpu.FTW) & 0xFF);
    return s.isEmpty() ? null : s.toString();
  }

  private static void differ(StringBuilder s, String what, long host, long model) {
    if (host != model) {
      s.append(String.format(" %s host %X model %X;", what, host, model));
    }
  }

  @Override
  public void close() {
    mmu.close();
    cpu.close();
    ram.close();
    Mem.free(record);
  }
}
