package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.decode.SseOps;
import thespis.cpu.exec.SimdForms;
import thespis.cpu.exec.SseForms;

/// Kernels of the common SSE instructions for compiled blocks: by operation and by where the operands are. The interpreter
/// itself goes to the families; only what is hot enough to be compiled comes here.
final class SimdKernels {
  private static final int COUNT = Families.OPS - Ops.SIMD;
  private static final KernelTable.Row[] REGISTERS = new KernelTable.Row[COUNT];
  private static final KernelTable.Row[] LOADS = new KernelTable.Row[COUNT];
  private static final KernelTable.Row[] STORES = new KernelTable.Row[COUNT];

  private SimdKernels() {}

  /// The kernel of the record at `p`; null if its family must do it.
  static KernelTable.Row row(long p) {
    if (Op.legacy(p) || (Op.prefixes(p) & (Op.PREFIX_MMX | Op.PREFIX_VEX)) != 0) {
      return null;
    }
    boolean load = Op.srcKind(p) == Op.KIND_MEM;
    boolean store = Op.dstKind(p) == Op.KIND_MEM;
    if ((load || store) && Op.addressSize(p) != 3) {
      return null;
    }
    int op = Op.op(p);
    int size = op == SseOps.MOVD_TO || op == SseOps.CVTSI2SD ? Op.srcSize(p) : Op.size(p);
    if (!load && !store && size == 3 && general(op)) {
      return WIDE[wide(op)];
    }
    return (load ? LOADS : store ? STORES : REGISTERS)[op - Ops.SIMD];
  }

  /// Operations with a general register, which may have 64 bits.
  private static boolean general(int op) {
    return wide(op) >= 0;
  }

  private static int wide(int op) {
    return switch (op) {
      case SseOps.MOVD_TO -> 0;
      case SseOps.MOVD_FROM -> 1;
      case SseOps.CVTSI2SD -> 2;
      case SseOps.CVTTSD2SI -> 3;
      default -> -1;
    };
  }

  private static final KernelTable.Row[] WIDE = {
    register(SimdForms.class, "movdTo64"), register(SimdForms.class, "movdFrom64"),
    register(SseForms.class, "cvtsi2sd64RR"), register(SseForms.class, "cvttsd2si64RR"),
  };

  private static KernelTable.Row register(Class<?> owner, String name) {
    return new KernelTable.Row(owner, name, "c m st d s");
  }

  private static void register(int op, Class<?> owner, String name) {
    REGISTERS[op - Ops.SIMD] = register(owner, name);
  }

  private static void load(int op, Class<?> owner, String name) {
    LOADS[op - Ops.SIMD] = new KernelTable.Row(owner, name, "c m st d la");
  }

  private static void store(int op, String name) {
    STORES[op - Ops.SIMD] = new KernelTable.Row(SimdForms.class, name, "c m st la s");
  }

  private static void both(int op, Class<?> owner, String name) {
    register(op, owner, name + "RR");
    load(op, owner, name + "RM");
  }

  static {
    moves();
    integers();
    int[] ops = {SseOps.ADDPS, SseOps.SUBPS, SseOps.MULPS, SseOps.DIVPS, SseOps.MINPS, SseOps.MAXPS};
    String[] names = {"add", "sub", "mul", "div", "min", "max"};
    for (int i = 0; i < ops.length; i++) {
      both(ops[i] + 2, SseForms.class, names[i] + "ss");
      both(ops[i] + 3, SseForms.class, names[i] + "sd");
      if (i < 3) {
        both(ops[i] + 1, SseForms.class, names[i] + "pd");
      }
    }
    register(SseOps.SQRTPS + 2, SseForms.class, "sqrtssRR");
    register(SseOps.SQRTPS + 3, SseForms.class, "sqrtsdRR");
    both(SseOps.COMISD, SseForms.class, "comisd");
    both(SseOps.UCOMISD, SseForms.class, "ucomisd");
    register(SseOps.CVTSI2SD, SseForms.class, "cvtsi2sd32RR");
    register(SseOps.CVTTSD2SI, SseForms.class, "cvttsd2si32RR");
    register(SseOps.CVTSS2SD, SseForms.class, "cvtss2sdRR");
    register(SseOps.CVTSD2SS, SseForms.class, "cvtsd2ssRR");
  }

  private static void moves() {
    register(SseOps.MOVA, SimdForms.class, "movRR");
    register(SseOps.MOVU, SimdForms.class, "movRR");
    load(SseOps.MOVA, SimdForms.class, "loadAligned");
    load(SseOps.MOVU, SimdForms.class, "loadUnaligned");
    store(SseOps.MOVA, "storeAligned");
    store(SseOps.MOVU, "storeUnaligned");
    register(SseOps.MOVSD, SimdForms.class, "movsdRR");
    load(SseOps.MOVSD, SimdForms.class, "load64");
    store(SseOps.MOVSD, "store64");
    register(SseOps.MOVSS, SimdForms.class, "movssRR");
    load(SseOps.MOVSS, SimdForms.class, "load32");
    store(SseOps.MOVSS, "store32");
    register(SseOps.MOVQ, SimdForms.class, "movqRR");
    load(SseOps.MOVQ, SimdForms.class, "load64");
    store(SseOps.MOVQ, "store64");
    load(SseOps.MOVL, SimdForms.class, "loadLow");
    store(SseOps.MOVL, "store64");
    load(SseOps.MOVH, SimdForms.class, "loadHigh");
    store(SseOps.MOVH, "storeHigh");
    register(SseOps.MOVD_TO, SimdForms.class, "movdTo32");
    register(SseOps.MOVD_FROM, SimdForms.class, "movdFrom32");
    register(SseOps.PMOVMSKB, SimdForms.class, "pmovmskb");
  }

  private static void integers() {
    both(SseOps.PAND, SimdForms.class, "pand");
    both(SseOps.PANDN, SimdForms.class, "pandn");
    both(SseOps.POR, SimdForms.class, "por");
    both(SseOps.PXOR, SimdForms.class, "pxor");
    both(SseOps.PADDQ, SimdForms.class, "paddq");
    both(SseOps.PADDD, SimdForms.class, "paddd");
    both(SseOps.PSUBB, SimdForms.class, "psubb");
    both(SseOps.PCMPEQB, SimdForms.class, "pcmpeqb");
    register(SseOps.PUNPCKLQDQ, SimdForms.class, "unpackLow64");
  }
}
