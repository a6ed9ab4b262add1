package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.jit.TranslationWatch;
import thespis.cpu.mmu.Mem;
import thespis.cpu.run.EngineLog.Item;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuLog;
import thespis.cpu.state.GuestFault;

/// Writes what one core does to the machine's log, in the lines that QEMU 7.2 has for it. Where QEMU's blocks have micro
/// operations, ours have the records of {@link Op}; host code is written in bytes, as by a QEMU without disassembler.
final class CoreLog implements CpuLog, TranslationWatch, AutoCloseable {
  private static final int BYTES_A_LINE = 32;

  private final Cpu cpu;
  private final EngineLog log;
  private final Listing listing;
  private int delivered;

  CoreLog(Cpu cpu, EngineLog log) {
    this.cpu = cpu;
    this.log = log;
    this.listing = new Listing(cpu);
  }

  @Override
  public void acknowledged(int vector) {
    if (log.wants(Item.INT)) {
      log.write(String.format("Servicing hardware INT=0x%02x\n", vector));
    }
  }

  @Override
  public void exception(int during, int vector) {
    if (log.wants(Item.INT)) {
      log.write(String.format("check_exception old: 0x%x new 0x%x\n", during, vector));
    }
  }

  @Override
  public void interrupt(int vector, int error, boolean software) {
    if (!log.wants(Item.INT)) {
      return;
    }
    String address = cpu.code64() ? "%016x" : "%08x";
    String where = String.format(
        "%6d: v=%02x e=%04x i=%d cpl=%d IP=%04x:" + address + " pc=" + address + " SP=%04x:" + address, delivered++,
        vector, Math.max(error, 0), software ? 1 : 0, cpu.cpl, cpu.selector(Cpu.CS), word(cpu.rip()),
        word(cpu.base(Cpu.CS) + cpu.rip()), cpu.selector(Cpu.SS), word(cpu.reg(Cpu.RSP)));
    String what = vector == GuestFault.PF ? String.format(" CR2=" + address, word(cpu.cr2()))
        : String.format(" env->regs[R_EAX]=" + address, word(cpu.reg(Cpu.RAX)));
    log.write(where + what + "\n" + CpuDump.forLog(cpu, cpu.halted, false));
  }

  private long word(long v) {
    return cpu.code64() ? v : v & 0xFFFF_FFFFL;
  }

  @Override
  public void block(long rip, long code) {
    boolean trace = log.wants(Item.EXEC);
    boolean registers = log.wants(Item.CPU);
    long pc = listing.linear(rip);
    if ((trace || registers) && log.covers(pc)) {
      String line = trace ? String.format("Trace %d: 0x%x [%016x/%016x/%08x/%08x] \n", cpu.index, code,
          cpu.code64() ? 0 : cpu.base(Cpu.CS), pc, cpu.mode, 0) : "";
      log.write(line + (registers ? CpuDump.forLog(cpu, cpu.halted, log.wants(Item.FPU)) : ""));
    }
  }

  @Override
  public boolean unchained() {
    return log.wants(Item.NOCHAIN);
  }

  @Override
  public void unassigned(long physical, int bytes, boolean write) {
    if (log.wants(Item.GUEST_ERRORS)) {
      log.write(String.format("Invalid %s at addr 0x%X, size %d, region '(null)', reason: rejected\n",
          write ? "write" : "read", physical, bytes));
    }
  }

  @Override
  public void unknownMsr(int msr, boolean write) {
    if (log.wants(Item.UNIMP)) {
      log.write(String.format("unknown MSR 0x%x %s\n", msr, write ? "written" : "read"));
    }
  }

  /// The processor is about to be reset.
  static void reset(Cpu cpu, EngineLog log) {
    if (log.wants(Item.CPU_RESET)) {
      log.write("CPU Reset (CPU " + cpu.index + ")\n" + CpuDump.forLog(cpu, cpu.halted, true));
    }
  }

  /// A block was found that is executed for the first time.
  void decoded(long rip, int length) {
    if (!log.covers(listing.linear(rip))) {
      return;
    }
    StringBuilder s = new StringBuilder();
    if (log.wants(Item.IN_ASM)) {
      s.append("----------------\nIN: \n");
      listing.visit(rip, length, (at, linear, p) -> s.append(listing.lines(linear, p)));
      s.append('\n');
    }
    if (log.wants(Item.OP)) {
      s.append("OP:\n");
      listing.visit(rip, length, (at, linear, p) -> s.append(record(linear, p)));
      s.append('\n');
    }
    if (!s.isEmpty()) {
      log.write(s.toString());
    }
  }

  private static String record(long linear, long p) {
    return String.format(" ---- %016x %016x\n %s dst=%d:%d src=%d:%d base=%d index=%d scale=%d seg=%d size=%d/%d/%d imm=0x%x"
        + " disp=0x%x\n", linear, 0, Ops.name(Op.op(p)), Op.dstKind(p), Op.dst(p), Op.srcKind(p), Op.src(p), Op.base(p),
        Op.index(p), Op.scale(p), Op.seg(p), Op.size(p), Op.srcSize(p), Op.addressSize(p), Op.imm(p), Op.disp(p));
  }

  @Override
  public void translated(int processor, long rip, int length, long code, long bytes) {
    if (!log.wants(Item.OUT_ASM) || !log.covers(listing.linear(rip))) {
      return;
    }
    StringBuilder s = new StringBuilder(String.format("OUT: [size=%d]\n  -- guest addr 0x%016x\n", bytes, rip));
    for (long from = 0; from < bytes; from += BYTES_A_LINE) {
      s.append("OBJD-H: ");
      for (long i = from; i < Math.min(bytes, from + BYTES_A_LINE); i++) {
        s.append(String.format("%02x", Mem.get8(code + i)));
      }
      s.append('\n');
    }
    log.write(s.append('\n').toString());
  }

  @Override
  public void close() {
    listing.close();
  }
}
