package thespis.cpu.run;

import java.util.Locale;
import java.util.function.IntUnaryOperator;
import thespis.cpu.decode.Decoder;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Guest code as text: address, bytes, and the instruction as our decoder sees it, the destination first. It is no
/// assembler's syntax: names are those of {@link Ops}, and operands that an instruction always has are left out.
final class Listing implements AutoCloseable {
  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};
  private static final String[] SIZES = {"byte", "word", "dword", "qword"};
  private static final String[] LOW = {"a", "c", "d", "b", "sp", "bp", "si", "di"};
  private static final String[] CONDITIONS =
      {"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"};
  private static final int BYTES_A_LINE = 8;

  /// An instruction has no more bytes. SDM Vol. 2A "Instruction Format".
  static final int LONGEST = 15;

  private final Cpu cpu;
  private final Decoder decoder;
  private final long record = Mem.allocate(Op.BYTES);
  private final long copy = Mem.allocate(2 * LONGEST + 2);
  private int length;

  Listing(Cpu cpu) {
    this.cpu = cpu;
    this.decoder = new Decoder(cpu, cpu.mmu);
  }

  /// What is done with an instruction's record.
  interface Visitor {
    void at(long rip, long linear, long record);
  }

  /// Decodes `length` bytes from `rip` on, as far as they are there.
  void visit(long rip, int length, Visitor visitor) {
    long cr2 = cpu.cr2();
    for (int done = 0; done < length; done += Op.length(record)) {
      try {
        decoder.decode(rip + done, record, 0);
      } catch (GuestFault f) {
        cpu.setCr2(cr2);
        return;
      }
      visitor.at(rip + done, linear(rip + done), record);
    }
  }

  long linear(long rip) {
    return cpu.code64() ? rip : cpu.base(Cpu.CS) + rip & 0xFFFF_FFFFL;
  }

  /// Lines as QEMU has them: eight bytes a line, the instruction behind the first.
  String lines(long linear, long p) {
    return lines(linear, p, i -> code(linear + i));
  }

  /// The instruction that these bytes begin with; nothing is asked of the guest. Null if it is longer than they are.
  ///
  /// @param address where they are, in the segment of the code
  String lines(long address, byte[] bytes) {
    Mem.copyIn(bytes, 0, copy, bytes.length);
    decoder.read(copy, bytes.length, address);
    decoder.decode(cpu.code64() ? address : address - cpu.base(Cpu.CS) & 0xFFFF_FFFFL, record, 0);
    length = Op.length(record);
    return length > bytes.length ? null : lines(address, record, i -> bytes[i] & 0xFF);
  }

  /// Of the instruction that was shown last.
  int length() {
    return length;
  }

  private static String lines(long linear, long p, IntUnaryOperator code) {
    StringBuilder s = new StringBuilder();
    int length = Op.length(p);
    for (int from = 0; from < length; from += BYTES_A_LINE) {
      StringBuilder bytes = new StringBuilder();
      for (int i = from; i < Math.min(length, from + BYTES_A_LINE); i++) {
        bytes.append(String.format("%02x ", code.applyAsInt(i)));
      }
      String line = String.format("0x%08x:  %-25s%s", linear + from, bytes, from == 0 ? text(p) : "");
      s.append(line.stripTrailing()).append('\n');
    }
    return s.toString();
  }

  private int code(long linear) {
    long gpa = cpu.mmu.probe(linear);
    long host = gpa < 0 ? 0 : cpu.mmu.phys().hostForRead(gpa);
    return host == 0 ? 0 : Mem.get8(host) & 0xFF;
  }

  /// The instruction, its name in eight columns.
  static String text(long p) {
    StringBuilder operands = new StringBuilder();
    if (Op.op(p) == Ops.NOP || Op.op(p) == Ops.PAUSE) {
      return name(p);
    }
    operand(operands, p, Op.dstKind(p), Op.dst(p), Op.size(p));
    operand(operands, p, Op.srcKind(p), Op.src(p), Op.op(p) == Ops.MOVZX || Op.op(p) == Ops.MOVSX ? Op.srcSize(p)
        : Op.size(p));
    String name = (Op.lock(p) ? "lock " : "") + (Op.rep(p) == Op.REP ? "rep " : Op.rep(p) == Op.REPNE ? "repne " : "")
        + name(p);
    return operands.isEmpty() ? name : String.format("%-8s %s", name, operands);
  }

  private static String name(long p) {
    int op = Op.op(p);
    String condition = CONDITIONS[Op.opcode(p) & 15];
    return switch (op) {
      case Ops.JCC -> "j" + condition;
      case Ops.SETCC -> "set" + condition;
      case Ops.CMOV -> "cmov" + condition;
      default -> Ops.name(op).toLowerCase(Locale.ROOT);
    };
  }

  private static void operand(StringBuilder s, long p, int kind, int operand, int size) {
    if (kind == Op.KIND_NONE) {
      return;
    }
    s.append(s.isEmpty() ? "" : ", ");
    switch (kind) {
      case Op.KIND_REG -> s.append(Op.op(p) >= Ops.SIMD ? "xmm" + operand : register(operand, size));
      case Op.KIND_MEM -> memory(s, p, size);
      default -> {
        int family = Op.op(p) >>> 6;
        boolean address = family == Ops.BRANCH_FAMILY || family == Ops.STACK_FAMILY;
        s.append(String.format("0x%x", address ? Op.imm(p) : Flags.zext(Op.imm(p), size)));
      }
    }
  }

  private static void memory(StringBuilder s, long p, int size) {
    s.append(Op.op(p) >= Ops.SIMD || Op.op(p) == Ops.LEA ? "" : SIZES[size] + " ").append('[');
    if (Op.seg(p) < SEGMENTS.length && Op.seg(p) != Cpu.DS && Op.seg(p) != Cpu.SS) {
      s.append(SEGMENTS[Op.seg(p)]).append(':');
    }
    String plus = "";
    if (Op.base(p) != Op.NO_REG) {
      s.append(register(Op.base(p), Op.addressSize(p)));
      plus = "+";
    }
    if (Op.index(p) != Op.NO_REG) {
      s.append(plus).append(register(Op.index(p), Op.addressSize(p)));
      s.append(Op.scale(p) == 0 ? "" : "*" + (1 << Op.scale(p)));
      plus = "+";
    }
    long disp = Op.disp(p);
    if (disp != 0 || plus.isEmpty()) {
      boolean negative = disp < 0 && !plus.isEmpty();
      s.append(negative ? "-" : plus).append(String.format("0x%x", negative ? -disp : disp));
    }
    s.append(']');
  }

  /// A general register by its place in the state block.
  private static String register(int offset, int size) {
    int n = offset >>> 3;
    if ((offset & 7) != 0) {
      return LOW[n] + "h";
    }
    if (n >= 8) {
      return "r" + n + (size == 3 ? "" : size == 2 ? "d" : size == 1 ? "w" : "b");
    }
    String word = n < 4 ? LOW[n] + "x" : LOW[n];
    return switch (size) {
      case 3 -> "r" + word;
      case 2 -> "e" + word;
      case 1 -> word;
      default -> LOW[n] + "l";
    };
  }

  @Override
  public void close() {
    Mem.free(record);
    Mem.free(copy);
  }
}
