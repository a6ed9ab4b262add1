package thespis.cpu.run;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.decode.Special;
import thespis.cpu.exec.Flow;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// Turns a block's records into a hidden class: one call of a kernel function for each record, with its operands as
/// constants and without the flags that nobody reads; HotSpot inlines the rest. What has no kernel goes to its handler or
/// family as in the interpreter. Portable: this is what makes the interpreter fast enough where there is no native
/// engine (ADR 0003).
final class BlockCompiler {
  private static final ClassDesc SUPER = desc(CompiledBlock.class);
  private static final ClassDesc INTERPRETER = desc(Interpreter.class);
  private static final ClassDesc MMU = desc(Mmu.class);
  private static final ClassDesc CPU = desc(Cpu.class);
  private static final ClassDesc MEM = desc(Mem.class);
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(CD_long, INTERPRETER, MMU, CPU, CD_long, CD_long);
  private static final MethodTypeDesc ST_P = MethodTypeDesc.of(CD_long, CD_long, CD_long);

  // ---- local variables of the generated method
  private static final int I = 1;
  private static final int M = 2;
  private static final int C = 3;
  private static final int ST = 4;
  private static final int FIRST = 6;
  private static final int AT = 8;

  /// Compiled blocks of this JVM, by the content of their records.
  private static final Map<Key, CompiledBlock> CACHE = new ConcurrentHashMap<>();

  private static final int MAX_CACHED = 8192;

  private record Key(byte[] records) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Key k && Arrays.equals(records, k.records);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(records);
    }
  }

  private BlockCompiler() {}

  private static ClassDesc desc(Class<?> c) {
    return ClassDesc.ofDescriptor(c.descriptorString());
  }

  /// @return the compiled form of `ops` records from `first`, whose first record executes block start `rip`
  static CompiledBlock compile(long first, int ops, long rip) {
    Key key = new Key(content(first, ops));
    CompiledBlock known = CACHE.get(key);
    if (known != null) {
      return known;
    }
    CompiledBlock made = define(first, ops, rip);
    if (CACHE.size() >= MAX_CACHED) {
      CACHE.clear();
    }
    CACHE.put(key, made);
    return made;
  }

  /// The records without the links of direct branches.
  private static byte[] content(long first, int ops) {
    byte[] bytes = new byte[ops * Op.BYTES];
    Mem.copyOut(first, bytes, 0, bytes.length);
    for (int k = 0; k < ops; k++) {
      if (Special.isDirectBranch(Op.op(first + (long) k * Op.BYTES))) {
        Arrays.fill(bytes, k * Op.BYTES + 24, (k + 1) * Op.BYTES, (byte) 0);
      }
    }
    return bytes;
  }

  private static CompiledBlock define(long first, int ops, long rip) {
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of("thespis.cpu.run.HotBlock"),
                c -> {
                  c.withSuperclass(SUPER);
                  c.withMethodBody(
                      "<init>",
                      MethodTypeDesc.of(CD_void),
                      0,
                      x -> x.aload(0).invokespecial(SUPER, "<init>", MethodTypeDesc.of(CD_void)).return_());
                  c.withMethodBody("run", RUN, 0, x -> body(x, first, ops, rip));
                });
    try {
      Class<?> made = MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass();
      return (CompiledBlock) made.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot define a compiled block", e);
    }
  }

  private static void body(CodeBuilder x, long first, int ops, long rip) {
    boolean[] live = liveFlags(first, ops);
    Label again = x.newLabel();
    Label start = x.newLabel();
    Label end = x.newLabel();
    x.iconst_0().istore(AT);
    x.labelBinding(again);
    x.labelBinding(start);
    for (int k = 0; k < ops; k++) {
      record(x, first + (long) k * Op.BYTES, k, live[k], rip, again);
    }
    // only reached if the last record was none that leaves: blocks always end with one that does
    x.lconst_0().lreturn();
    x.labelBinding(end);
    x.exceptionCatchAll(
        start,
        end,
        x.newBoundLabel());
    x.aload(I).iload(AT).putfield(INTERPRETER, "at", CD_int).athrow();
  }

  /// Which records must leave the flags right: backwards, a record that sets all flags frees those before it, one that
  /// reads them or may fault needs them.
  private static boolean[] liveFlags(long first, int ops) {
    boolean[] live = new boolean[ops];
    boolean needed = true;
    for (int k = ops - 1; k >= 0; k--) {
      live[k] = needed;
      int op = Op.op(first + (long) k * Op.BYTES);
      KernelTable.Row row = op < Special.COUNT ? KernelTable.row(op) : null;
      if (op == Special.NOP) {
        continue;
      }
      if (row == null || row.memory() || row.readsFlags()) {
        needed = true;
      } else if (row.setsFlags()) {
        needed = false;
      }
    }
    return live;
  }

  private static void record(CodeBuilder x, long p, int k, boolean live, long rip, Label again) {
    int op = Op.op(p);
    KernelTable.Row floating =
        op >= Ops.SIMD ? SimdKernels.row(p) : op == Ops.X87 ? X87Kernels.row(p) : null;
    if (floating != null) {
      kernel(x, p, k, floating, live);
    } else if (op >= Ops.GENERIC) {
      general(x, p, k);
    } else if (Special.isDirectBranch(op)) {
      branch(x, p, k, rip, again);
    } else if (op >= Special.CALL_R && op <= Special.JMP_M) {
      at(x, k);
      x.aload(I).lload(ST);
      address(x, k);
      x.invokevirtual(INTERPRETER, "handle", ST_P).lreturn();
    } else if (op != Special.NOP) {
      kernel(x, p, k, KernelTable.row(op), live);
    }
  }

  private static void at(CodeBuilder x, int k) {
    x.loadConstant(k).istore(AT);
  }

  /// The record's address.
  private static void address(CodeBuilder x, int k) {
    x.lload(FIRST).loadConstant((long) k * Op.BYTES).ladd();
  }

  private static void general(CodeBuilder x, long p, int k) {
    at(x, k);
    Label next = x.newLabel();
    x.aload(I).lload(ST);
    address(x, k);
    x.loadConstant(Op.op(p));
    x.invokevirtual(INTERPRETER, "general", MethodTypeDesc.of(CD_int, CD_long, CD_long, CD_int));
    x.dup().loadConstant(Flow.NEXT).if_icmpeq(next);
    x.istore(AT).aload(I);
    address(x, k);
    x.iload(AT).invokevirtual(INTERPRETER, "leave", MethodTypeDesc.of(CD_long, CD_long, CD_int)).lreturn();
    x.labelBinding(next).pop();
  }

  private static void branch(CodeBuilder x, long p, int k, long rip, Label again) {
    int op = Op.op(p);
    Label next = x.newLabel();
    if (op != Special.JMP && op != Special.NEXT_BLOCK && op != Special.CALL) {
      x.aload(C).lload(ST);
      address(x, k);
      x.loadConstant(op);
      x.invokestatic(
          desc(BranchOps.class), "condition", MethodTypeDesc.of(CD_boolean, CPU, CD_long, CD_long, CD_int));
      x.ifeq(next);
    }
    if (op == Special.CALL) {
      at(x, k);
      x.aload(I).lload(ST);
      address(x, k);
      x.invokestatic(desc(BranchOps.class), "push", MethodTypeDesc.of(CD_void, INTERPRETER, CD_long, CD_long));
    }
    x.aload(I).lload(ST);
    address(x, k);
    if (Op.imm(p) == rip && op != Special.CALL) {
      x.invokevirtual(INTERPRETER, "again", MethodTypeDesc.of(CD_boolean, CD_long, CD_long));
      x.ifne(again);
      x.lconst_0().lreturn();
    } else {
      x.invokevirtual(INTERPRETER, "taken", ST_P).lreturn();
    }
    x.labelBinding(next);
  }

  private static void kernel(CodeBuilder x, long p, int k, KernelTable.Row row, boolean live) {
    if (row.memory()) {
      at(x, k);
    }
    String[] words = row.takes().split(" ");
    ClassDesc[] types = new ClassDesc[words.length];
    for (int n = 0; n < words.length; n++) {
      types[n] = argument(x, p, k, words[n], live);
    }
    x.invokestatic(desc(row.owner()), row.name(), MethodTypeDesc.of(CD_void, types));
  }

  private static ClassDesc argument(CodeBuilder x, long p, int k, String word, boolean live) {
    switch (word) {
      case "c" -> {
        x.aload(C);
        return CPU;
      }
      case "m" -> {
        x.aload(M);
        return MMU;
      }
      case "st" -> x.lload(ST);
      case "p" -> address(x, k);
      case "ip" -> x.aload(I).getfield(INTERPRETER, "rip", CD_long).loadConstant((long) Op.offset(p)).ladd();
      case "fop" -> {
        x.loadConstant((Op.opcode(p) & 7) << 8 | Op.modrm(p));
        return CD_int;
      }
      case "imm" -> x.loadConstant(Op.imm(p));
      case "la" -> linear(x, p);
      case "d" -> {
        x.loadConstant(Op.dst(p));
        return CD_int;
      }
      case "s" -> {
        x.loadConstant(Op.src(p));
        return CD_int;
      }
      case "cc" -> {
        x.loadConstant(Op.opcode(p) & 15);
        return CD_int;
      }
      case "live" -> {
        x.loadConstant(live ? 1 : 0);
        return CD_boolean;
      }
      default -> throw new IllegalStateException("a kernel takes no " + word);
    }
    return CD_long;
  }

  /// Only the parts that the operand has; LEA has no segment.
  private static void linear(CodeBuilder x, long p) {
    x.loadConstant(Op.disp(p));
    if (Op.base(p) != Op.NO_REG) {
      register(x, Op.base(p));
      x.ladd();
    }
    if (Op.index(p) != Op.NO_REG) {
      register(x, Op.index(p));
      x.loadConstant(Op.scale(p)).lshl().ladd();
    }
    int op = Op.op(p);
    if (Op.seg(p) != Op.NO_SEG && op != Special.LEA64 && op != Special.LEA32) {
      register(x, Cpu.SEG_BASE + 8 * Op.seg(p));
      x.ladd();
    }
  }

  private static void register(CodeBuilder x, int offset) {
    x.lload(ST).loadConstant((long) offset).ladd();
    x.invokestatic(MEM, "get64", MethodTypeDesc.of(CD_long, CD_long));
  }
}
