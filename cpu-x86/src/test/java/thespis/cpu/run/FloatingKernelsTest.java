package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.Operands;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.silicon.Model;
import thespis.cpu.silicon.Silicon;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// The kernels of compiled blocks against the families: the same instruction on the same random state must give the same
/// state, or the same fault. The instructions are those that the families are held against real processors with.
class FloatingKernelsTest {
  private static final int STATES = 150;
  private static final int MEMORY_BYTES = 64;

  private final Model model = new Model();
  private final Cpu cpu = model.cpu;
  private final thespis.cpu.silicon.Operands operands = new thespis.cpu.silicon.Operands(5);

  @AfterEach
  void close() {
    model.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"simd.csv, 90", "x87.csv, 90"})
  void kernelsDoWhatTheFamiliesDo(String table, int expected) throws Exception {
    int kernels = 0;
    List<String> wrong = new ArrayList<>();
    for (String line : lines(table)) {
      String hex = line.substring(line.lastIndexOf(',') + 1);
      model.instruction(hex.replace("MEM", String.format("%08X", Integer.reverseBytes(Silicon.MEM))));
      long p = model.record();
      int op = Op.op(p);
      KernelTable.Row row = op >= Ops.SIMD ? SimdKernels.row(p) : op == Ops.X87 ? X87Kernels.row(p) : null;
      if (row != null) {
        kernels++;
        String difference = compare(p, row);
        if (difference != null) {
          wrong.add(line + ": " + row.name() + " " + difference);
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertTrue(kernels >= expected, "only " + kernels + " kernels were met");
  }

  private List<String> lines(String table) throws IOException {
    try (var in = new BufferedReader(new InputStreamReader(
        getClass().getResourceAsStream("/silicon/" + table), StandardCharsets.US_ASCII))) {
      return in.lines().skip(1).toList();
    }
  }

  private String compare(long p, KernelTable.Row row) throws Exception {
    byte[] state = new byte[Cpu.VECTOR_TEMP];
    byte[] memory = new byte[MEMORY_BYTES];
    for (int n = 0; n < STATES; n++) {
      randomState();
      Mem.copyOut(cpu.st, state, 0, state.length);
      Mem.copyOut(model.memory(), memory, 0, memory.length);
      int familyVector = model.run();
      byte[] familyState = snapshot(cpu.st, state.length);
      byte[] familyMemory = snapshot(model.memory(), memory.length);
      Mem.copyIn(state, 0, cpu.st, state.length);
      Mem.copyIn(memory, 0, model.memory(), memory.length);
      int kernelVector = kernel(p, row);
      if (kernelVector != familyVector) {
        return "faults with " + kernelVector + " instead of " + familyVector;
      }
      int at = java.util.Arrays.mismatch(snapshot(cpu.st, state.length), familyState);
      if (at >= 0) {
        return "differs in the state block at " + at;
      }
      at = java.util.Arrays.mismatch(snapshot(model.memory(), memory.length), familyMemory);
      if (at >= 0) {
        return "differs in memory at " + at;
      }
    }
    return null;
  }

  private static byte[] snapshot(long at, int bytes) {
    byte[] copy = new byte[bytes];
    Mem.copyOut(at, copy, 0, bytes);
    return copy;
  }

  private void randomState() {
    long st = cpu.st;
    for (int r = 0; r < 14; r++) {
      Mem.put64(st + 8L * r, operands.pattern());
    }
    model.area();
    Mem.put32(st + Cpu.RFLAGS, 2 | operands.below(0x1000) & 0x8D5);
    Mem.put32(st + Cpu.CC_KIND, 0);
    int masks = operands.below(3) != 0 ? 0x3F : operands.below(64);
    Mem.put16(st + Cpu.FCW, (short) (0x40 | (operands.below(2) == 0 ? 0x300 : operands.below(16) << 8) | masks));
    int fsw = operands.below(8) << 11 | operands.below(0x10000) & 0x4700 | operands.below(64) & masks;
    Mem.put16(st + Cpu.FSW, (short) (operands.below(20) == 0 ? fsw | 0x8080 : fsw));
    Mem.put16(st + Cpu.FTW, (short) (operands.below(2) == 0 ? 0xFF : operands.below(256)));
    for (int n = 0; n < 8; n++) {
      Mem.put64(st + Cpu.FPR + 16L * n, operands.f80());
      Mem.put64(st + Cpu.FPR + 16L * n + 8, operands.se());
    }
    int mxcsr = 0x1F80 | operands.below(64);
    if (operands.below(3) == 0) {
      mxcsr ^= operands.below(0x400) << 6 & 0xFFC0;
    }
    Mem.put32(st + Cpu.MXCSR, mxcsr);
    int kind = operands.below(3);
    for (int n = 0; n < 64; n++) {
      Mem.put64(st + Cpu.XMM + 8L * n, number(kind));
    }
    for (int n = 0; n < MEMORY_BYTES; n += 8) {
      Mem.put64(model.memory() + n, number(kind));
    }
    cpu.cr0 = cpu.cr0 & ~Cpu.CR0_TS | (operands.below(30) == 0 ? Cpu.CR0_TS : 0);
  }

  private long number(int kind) {
    return switch (kind) {
      case 0 -> operands.f64();
      case 1 -> operands.f32() & 0xFFFF_FFFFL | (long) operands.f32() << 32;
      default -> operands.pattern();
    };
  }

  private int kernel(long p, KernelTable.Row row) throws Exception {
    String[] words = row.takes().split(" ");
    Class<?>[] types = new Class<?>[words.length];
    Object[] arguments = new Object[words.length];
    for (int n = 0; n < words.length; n++) {
      Object v =
          switch (words[n]) {
            case "c" -> cpu;
            case "m" -> cpu.mmu;
            case "st" -> cpu.st;
            case "d" -> Op.dst(p);
            case "s" -> Op.src(p);
            case "la" -> Operands.linear(cpu, p, 1, false);
            case "p" -> p;
            case "ip" -> cpu.rip();
            case "fop" -> (Op.opcode(p) & 7) << 8 | Op.modrm(p);
            default -> throw new IllegalStateException("a kernel takes no " + words[n]);
          };
      arguments[n] = v;
      types[n] = v instanceof Long ? long.class : v instanceof Integer ? int.class : v instanceof Mmu ? Mmu.class : Cpu.class;
    }
    Method method = row.owner().getDeclaredMethod(row.name(), types);
    try {
      method.invoke(null, arguments);
      return -1;
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof GuestFault f) {
        return f.vector;
      }
      throw e;
    }
  }
}
