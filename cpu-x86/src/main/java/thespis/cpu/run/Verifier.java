package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.Flags;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.jit.NativeEngine.Stop;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PageCopies;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// Compares each run of translated code with the interpreter. The code runs first, on the guest itself: it sees
/// attention, so it stops at the next poll but for a few turns of a loop in one block, and each page is copied before it
/// is written to. Then a {@link Shadow} does the same from the state and the memory that were there before; registers,
/// flags, memory, fault and address must be the same. What one instruction leaves undefined is not compared.
///
/// Processors of a machine run one at a time then: no other may write to memory between the two.
final class Verifier implements AutoCloseable {
  private static final int OURS = 2;

  /// Turns that a block which branches to its own start may take behind its first: the code for those is another.
  private static final int TURNS = 2;

  private static final int SYSTEM_FLAGS = ~Cpu.ARITHMETIC;

  /// C3 to C0 of the x87 status word: which of them an instruction defines is its own matter.
  private static final int CODES = 0x4700;

  private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS"};

  private final Cpu cpu;
  private final NativeEngine engine;
  private final PageCopies copies = new PageCopies();
  private final Shadow shadow;

  /// Runs of translated code that were compared, and those of them that differed where they may.
  private long compared;

  private long loose;

  Verifier(Cpu cpu, NativeEngine engine) {
    this.cpu = cpu;
    this.engine = engine;
    this.shadow = new Shadow(cpu, copies);
    cpu.mmu.copyBeforeWrites(copies);
  }

  long compared() {
    return compared;
  }

  long loose() {
    return loose;
  }

  /// Runs translated code until it stops.
  ///
  /// @param rip address of the first instruction
  Stop run(long code, long rip) {
    copies.clear();
    shadow.take(rip);
    cpu.tscShortcut.close(); // the interpreter tells another time
    boolean ours = Mem.cas32(cpu.st + Cpu.ATTENTION, 0, OURS);
    Mem.put32(cpu.st + NativeState.TURNS, TURNS);
    Mem.putVolatile32(cpu.st + NativeState.GO, 0); // if it is not ours, who asks may not have come to that yet
    Stop why = engine.run(code);
    if (ours && Mem.cas32(cpu.st + Cpu.ATTENTION, OURS, 0)) {
      Mem.putVolatile32(cpu.st + NativeState.GO, 1);
      if (Mem.getVolatile32(cpu.st + Cpu.ATTENTION) != 0) {
        Mem.putVolatile32(cpu.st + NativeState.GO, 0);
      }
    }
    cpu.mmu.hold();
    compared++;
    check(why, rip);
    return why;
  }

  private void check(Stop why, long rip) {
    long cr2 = cpu.cr2();
    int vector = cpu.fault.vector;
    int code = cpu.fault.errorCode;
    String wrong = difference(why, vector, code, cr2);
    cpu.setCr2(cr2);
    cpu.fault.vector = vector;
    cpu.fault.errorCode = code;
    if (wrong.isEmpty()) {
      return;
    }
    if (shadow.undefined.loose) {
      loose++;
    } else {
      cpu.setRip(engine.target());
      Flags.setArithmetic(cpu, arithmetic());
      throw new VerificationFailed(report(why, rip, wrong));
    }
  }

  /// The code went to where the guest was: behind an instruction that the interpreter had executed its block ends.
  private boolean nothingDone() {
    if (engine.target() != shadow.cpu.rip() || !same()) {
      return false;
    }
    for (int n = 0; n < copies.size(); n++) {
      if (copies.difference(n, 0) >= 0) {
        return false;
      }
    }
    return true;
  }

  private String difference(Stop why, int vector, int code, long cr2) {
    StringBuilder s = new StringBuilder();
    try {
      boolean polled = why == Stop.POLLED || why == Stop.COMPUTED;
      int turns = TURNS - Mem.get32(cpu.st + NativeState.TURNS);
      boolean there = polled && turns == 0 && nothingDone() || shadow.reach(engine.target(), polled, turns);
      if (there && why == Stop.FAULT) {
        shadow.raise();
        there = shadow.fault != null;
        if (there && (shadow.fault.vector != vector || shadow.fault.errorCode != code || cpu.cr2() != cr2)) {
          s.append(String.format("  fault: vector %d, error code 0x%x, address 0x%x; interpreter: %s, address 0x%x\n",
              vector, code, cr2, shadow.fault.getMessage(), cpu.cr2()));
        }
      }
      if (!there) {
        s.append(String.format("  way: to 0x%x (%s); interpreter: 0x%x%s\n", engine.target(), why, shadow.cpu.rip(),
            shadow.fault == null ? "" : ", where it raises " + shadow.fault.getMessage()));
      }
    } catch (IllegalStateException e) {
      s.append("  way: ").append(e.getMessage()).append('\n');
    }
    if (!same()) {
      registers(s);
    }
    memory(s);
    return s.toString();
  }

  /// All that {@link #registers} looks at, in a hurry.
  private boolean same() {
    int defined = Cpu.ARITHMETIC & ~shadow.undefined.mask;
    return cpu.cpl == shadow.cpu.cpl && same(Cpu.SELECTORS, Cpu.SELECTORS + 16)
        && java.util.Arrays.equals(cpu.attr, shadow.cpu.attr) && java.util.Arrays.equals(cpu.limit, shadow.cpu.limit)
        && same(0, 128) && same(Cpu.SEG_BASE, Cpu.ATTENTION) && same(Cpu.MXCSR, Cpu.XCR0)
        && same(Cpu.KERNEL_GS, Cpu.KERNEL_GS + 8)
        && ((Mem.get32(cpu.st + Cpu.RFLAGS) ^ Mem.get32(shadow.cpu.st + Cpu.RFLAGS)) & SYSTEM_FLAGS) == 0
        && ((arithmetic() ^ Flags.arithmetic(shadow.cpu)) & defined) == 0;
  }

  private boolean same(int from, int to) {
    long a = cpu.st;
    long b = shadow.cpu.st;
    for (int i = from; i < to; i += 8) {
      if (Mem.get64(a + i) != Mem.get64(b + i)) {
        return false;
      }
    }
    return true;
  }

  private int arithmetic() {
    int saved = Mem.get16(cpu.st + NativeState.FLAGS_SAVED);
    return saved >>> 8 & 0xFF & Cpu.ARITHMETIC | (saved & 1) << 11;
  }

  private void registers(StringBuilder s) {
    long a = cpu.st;
    long b = shadow.cpu.st;
    for (int r = 0; r < 16; r++) {
      compare(s, CpuDump.register(r), Mem.get64(a + 8 * r), Mem.get64(b + 8 * r));
    }
    int defined = Cpu.ARITHMETIC & ~shadow.undefined.mask;
    compare(s, "arithmetic flags", arithmetic() & defined, Flags.arithmetic(shadow.cpu) & defined);
    compare(s, "other flags", Mem.get32(a + Cpu.RFLAGS) & SYSTEM_FLAGS, Mem.get32(b + Cpu.RFLAGS) & SYSTEM_FLAGS);
    compare(s, "privilege level", cpu.cpl, shadow.cpu.cpl);
    for (int seg = Cpu.ES; seg <= Cpu.GS; seg++) {
      String name = SEGMENTS[seg];
      compare(s, name, cpu.selector(seg), shadow.cpu.selector(seg));
      compare(s, name + " limit", cpu.limit[seg], shadow.cpu.limit[seg]);
      compare(s, name + " attributes", cpu.attr[seg], shadow.cpu.attr[seg]);
    }
    compare(s, "FS base", Mem.get64(a + Cpu.SEG_BASE + 8 * Cpu.FS), Mem.get64(b + Cpu.SEG_BASE + 8 * Cpu.FS));
    compare(s, "GS base", Mem.get64(a + Cpu.SEG_BASE + 8 * Cpu.GS), Mem.get64(b + Cpu.SEG_BASE + 8 * Cpu.GS));
    compare(s, "kernel GS base", Mem.get64(a + Cpu.KERNEL_GS), Mem.get64(b + Cpu.KERNEL_GS));
    compare(s, "MXCSR", Mem.get32(a + Cpu.MXCSR), Mem.get32(b + Cpu.MXCSR));
    compare(s, "FCW", Mem.get16(a + Cpu.FCW), Mem.get16(b + Cpu.FCW));
    compare(s, "FSW", Mem.get16(a + Cpu.FSW) & ~CODES, Mem.get16(b + Cpu.FSW) & ~CODES);
    compare(s, "FTW", Mem.get16(a + Cpu.FTW), Mem.get16(b + Cpu.FTW));
    compare(s, "FOP", Mem.get16(a + Cpu.FOP), Mem.get16(b + Cpu.FOP));
    compare(s, "FIP", Mem.get64(a + Cpu.FIP), Mem.get64(b + Cpu.FIP));
    compare(s, "FDP", Mem.get64(a + Cpu.FDP), Mem.get64(b + Cpu.FDP));
    compare(s, "FCS and FDS", Mem.get32(a + Cpu.FCS), Mem.get32(b + Cpu.FCS));
    for (int n = 0; n < 8; n++) {
      int at = Cpu.FPR + 16 * n;
      compare(s, "FPR" + n, Mem.get64(a + at), Mem.get64(b + at));
      compare(s, "FPR" + n + " exponent", Mem.get16(a + at + 8), Mem.get16(b + at + 8));
    }
    for (int n = 0; n < 64; n++) {
      int at = Cpu.XMM + 8 * n;
      if (Mem.get64(a + at) != Mem.get64(b + at)) {
        compare(s, "YMM" + n / 4 + " bits " + (n % 4 * 64) + "...", Mem.get64(a + at), Mem.get64(b + at));
      }
    }
  }

  private static void compare(StringBuilder s, String what, long translated, long interpreted) {
    if (translated != interpreted) {
      s.append(String.format("  %s: 0x%x; interpreter: 0x%x\n", what, translated, interpreted));
    }
  }

  private void memory(StringBuilder s) {
    for (int n = 0; n < copies.size(); n++) {
      for (int at = copies.difference(n, 0); at >= 0; at = copies.difference(n, at + 8)) {
        compare(s, String.format("memory at RAM offset 0x%x", copies.page(n) + at - cpu.mmu.ram().host()),
            Mem.get64(copies.page(n) + at), Mem.get64(copies.copy(n) + at));
      }
    }
  }

  private String report(Stop why, long rip, String wrong) {
    StringBuilder s = new StringBuilder(String.format(
        "translated code differs from the interpreter, from 0x%x to 0x%x (%s), after %d runs without a difference\n",
        rip, engine.target(), why, compared - 1)).append(wrong).append("guest code:\n");
    for (long at : shadow.path()) {
      long p = shadow.record(at);
      s.append(String.format("  0x%x: %s  %s\n", at, bytes(at, Op.length(p)), Ops.name(Op.op(p))));
    }
    s.append("registers before:\n");
    for (int r = 0; r < 16; r++) {
      s.append(String.format("%s%-3s=%016x", r % 4 == 0 ? "  " : " ", CpuDump.register(r), Mem.get64(shadow.before + 8 * r)))
          .append(r % 4 == 3 ? "\n" : "");
    }
    if (wrong.contains("FPR") || wrong.contains("YMM") || wrong.contains("FSW") || wrong.contains("MXCSR")) {
      s.append(CpuDump.floating(shadow.before));
    }
    return s.toString();
  }

  private String bytes(long at, int length) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < length; i++) {
      s.append(String.format("%02x", shadow.cpu.mmu.load8(at + i)));
    }
    return s.toString();
  }

  @Override
  public void close() {
    shadow.close();
    copies.close();
  }
}
