package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.apic.LocalApic;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.BoundRegisters;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.Msrs;
import thespis.cpu.state.StateException;
import thespis.cpu.state.StateIo;

/// A processor saved and loaded into another, which is the same from then on.
class CoreStateTest {
  private static final long CODE = 0x1000;
  private static final long CR3 = 0x8000;
  private static final long GDT = 0x7000;

  /// Fields by name. What is walked over gets what `change` makes of it.
  private static final class Fields implements StateIo {
    final Map<String, Object> all = new LinkedHashMap<>();
    private final boolean loading;
    private final BiFunction<String, Object, Object> change;

    Fields(boolean loading, BiFunction<String, Object, Object> change) {
      this.loading = loading;
      this.change = change;
    }

    static Map<String, Object> of(Core core) {
      Fields fields = new Fields(false, (name, value) -> value);
      core.state(fields);
      return fields.all;
    }

    static void load(Core core, Map<String, Object> values) {
      core.state(new Fields(true, (name, value) -> values.get(name)));
    }

    @SuppressWarnings("unchecked")
    private <T> T pass(String name, T value) {
      T kept = (T) change.apply(name, value);
      assertFalse(all.containsKey(name), name + " twice");
      all.put(name, kept);
      return kept;
    }

    @Override
    public boolean bool(String name, boolean value) {
      return pass(name, value);
    }

    @Override
    public int u8(String name, int value) {
      assertTrue(loading || value >>> 8 == 0, name);
      return pass(name, value);
    }

    @Override
    public int u16(String name, int value) {
      assertTrue(loading || value >>> 16 == 0, name);
      return pass(name, value);
    }

    @Override
    public int u32(String name, int value) {
      return pass(name, value);
    }

    @Override
    public long u64(String name, long value) {
      return pass(name, value);
    }

    @Override
    public String text(String name, String value) {
      return pass(name, value);
    }

    @Override
    public void bytes(String name, byte[] value) {
      System.arraycopy(pass(name, value.clone()), 0, value, 0, value.length);
    }

    @Override
    public void ints(String name, int[] value) {
      System.arraycopy(pass(name, value.clone()), 0, value, 0, value.length);
    }

    @Override
    public void longs(String name, long[] value) {
      System.arraycopy(pass(name, value.clone()), 0, value, 0, value.length);
    }

    @Override
    public boolean loading() {
      return loading;
    }
  }

  private static String text(Map<String, Object> fields) {
    StringBuilder out = new StringBuilder();
    fields.forEach((name, value) -> out.append(name).append('=').append(switch (value) {
      case byte[] b -> Arrays.toString(b);
      case int[] i -> Arrays.toString(i);
      case long[] l -> Arrays.toString(l);
      default -> value.toString();
    }).append('\n'));
    return out.toString();
  }

  private static TestMachine machine(Engine engine) {
    TestMachine machine = new TestMachine(engine, 1, 1 << 16);
    machine.map2M(CR3);
    machine.start64(0, CODE, CR3, GDT);
    return machine;
  }

  private static Object random(Random random, Object was) {
    return switch (was) {
      case Boolean _ -> random.nextBoolean();
      case Integer i -> i;
      case Long l -> l ^ random.nextLong() & 0x7FF0;
      case int[] i -> Arrays.stream(i).map(n -> n ^ random.nextInt() & 0xFF).toArray();
      case long[] l -> Arrays.stream(l).map(n -> n ^ random.nextLong()).toArray();
      case byte[] b -> {
        byte[] bytes = new byte[b.length];
        random.nextBytes(bytes);
        yield bytes;
      }
      default -> was;
    };
  }

  /// Those that cannot hold anything.
  private static final Set<String> RESTRICTED =
      Set.of("rflags", "cr0", "cr4", "efer", "xcr0", "mxcsr", "lvt", "wait-for-sipi", "dr", "apic-base");

  @Test
  void everyValueComesBack() {
    Random random = new Random(7);
    try (TestMachine first = machine(Engine.RECORDS); TestMachine second = machine(Engine.RECORDS)) {
      for (int n = 0; n < 50; n++) {
        Map<String, Object> values = new LinkedHashMap<>(Fields.of(first.core(0)));
        values.replaceAll((name, was) -> RESTRICTED.contains(name) ? was : random(random, was));
        Fields.load(first.core(0), values);
        Map<String, Object> saved = Fields.of(first.core(0));
        Fields.load(second.core(0), saved);
        assertEquals(text(saved), text(Fields.of(second.core(0))));
        long block = Mem.get64(first.cpu().st + Cpu.XMM + 8L * (n & 63));
        assertEquals(block, Mem.get64(second.cpu().st + Cpu.XMM + 8L * (n & 63)));
      }
    }
  }

  /// In the middle of a loop that uses integer, floating-point and vector registers.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void loadedProcessorComputesWhatTheSavedOneWouldHave(Engine engine) {
    try (TestMachine first = machine(engine); TestMachine second = machine(engine)) {
      for (TestMachine m : new TestMachine[] {first, second}) {
        // fldpi; cvtsi2sd xmm1, rcx; l: lea rax, [rax*4+rax+7]; fmul st0, st0; fsqrt; addsd xmm0, xmm1; dec rcx;
        // jnz l; hlt
        m.load(CODE, "D9EB F2480F2AC9 488D448007 D8C8 D9FA F20F58C1 48FFC9 75EE F4");
        m.cpu().cr4 |= Cpu.CR4_OSFXSR;
        m.cpu().setReg(Cpu.RCX, 20_000);
      }
      int exit;
      int slices = 0;
      do {
        exit = first.core(0).run(500);
        slices++;
        Fields.load(second.core(0), Fields.of(first.core(0)));
      } while (slices < 5 && exit != Exit.HALTED);
      first.run(0);
      second.run(0);
      assertTrue(first.cpu().halted && second.cpu().halted);
      assertEquals(text(Fields.of(first.core(0))), text(Fields.of(second.core(0))));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      mxcsr  | 10000     | mxcsr has bits that are not there: 0x10000
      xcr0   | 0         | xcr0 has bits that are not there: 0x0
      xcr0   | 20001     | xcr0 has bits that are not there: 0x20001
      cr0    | 100000000 | cr0 has bits that are not there: 0x100000000
      cr4    | 80000000  | cr4 has bits that are not there: 0x80000000
      efer   | 2         | efer has bits that are not there: 0x2
      rflags | 400000    | rflags has bits that are not there: 0x400000
      """)
  void registersHoldOnlyWhatInstructionsCanPutThere(String name, String value, String text) {
    try (TestMachine machine = machine(Engine.RECORDS)) {
      Map<String, Object> fields = new LinkedHashMap<>(Fields.of(machine.core(0)));
      fields.put(name, Long.parseUnsignedLong(value, 16));
      assertEquals(text,
          assertThrows(StateException.class, () -> Fields.load(machine.core(0), fields)).getMessage());
    }
  }

  /// It may come from anybody: it is refused, or the guest does what it does with it.
  @ParameterizedTest
  @EnumSource(value = Engine.class, names = {"RECORDS", "NATIVE"})
  void whateverIsLoadedTheHostIsSafe(Engine engine) {
    Random random = new Random(11);
    int refused = 0;
    try (TestMachine machine = machine(engine)) {
      Map<String, Object> sound = Fields.of(machine.core(0));
      byte[] code = new byte[0x2000];
      for (int n = 0; n < 400; n++) {
        Map<String, Object> values = new LinkedHashMap<>(sound);
        values.replaceAll((name, was) -> random.nextInt(6) == 0 ? wild(random, was) : was);
        random.nextBytes(code);
        Mem.copyIn(code, 0, machine.host(CODE), code.length);
        try {
          Fields.load(machine.core(0), values);
          for (int i = 0; i < 3; i++) {
            machine.core(0).run(300);
          }
        } catch (StateException e) {
          refused++;
        }
        machine.core(0).reset();
      }
    }
    assertTrue(refused > 50 && refused < 390, "refused: " + refused);
  }

  private static Object wild(Random random, Object was) {
    return switch (was) {
      case Integer i -> i ^ random.nextInt() >>> random.nextInt(32);
      case Long l -> l ^ random.nextLong() >>> random.nextInt(64);
      case int[] i -> Arrays.stream(i).map(n -> n ^ random.nextInt() >>> random.nextInt(32)).toArray();
      default -> random(random, was);
    };
  }

  /// A new field must be saved, or be listed here as one that need not be.
  @Test
  void everyFieldIsSavedOrDerived() throws NoSuchFieldException {
    check(Cpu.class, "st index bus clock features mmu apic attr mode exit fault sse x87 transcendental log breakpoints"
        + " debug met ioValue tscShortcut cpuid frame window pair block",
        "limit trBase ldtrBase idtBase idtLimit cr0 cr3 cr4 pkru efer cpl dr msrs bounds interruptShadow halted"
            + " pendingDebug nmiPending ioPort ioSize ioWrite ioDone ioAnswer monitorAddress");
    check(Msrs.class, "tscDeadline",
        "star lstar cstar fmask sysenterCs sysenterEsp sysenterEip tscAdjust pat miscEnable mtrrDefType mtrrPhys mtrrFix"
            + " mcgStatus mcgCtl mcBanks microcode vmHsavePa vmCr specCtrl featureControl xss pkrs debugCtl");
    check(BoundRegisters.class, "user supervisor", "lower upper configUser configSupervisor status");
    check(LocalApic.class, "cpu bus id bsp msrs wake",
        "base tpr ldr dfr svr esr esrPending icr lvt accepted timer initPending sipi started");
    check(part("lvt"), "", "entries");
    check(part("accepted"), "", "isr tmr irr");
    check(part("timer"), "cpu clock lvt interrupt timer", "divide initialCount countStart tscDeadline expired");
  }

  private static Class<?> part(String ofApic) throws NoSuchFieldException {
    return LocalApic.class.getDeclaredField(ofApic).getType();
  }

  private static void check(Class<?> type, String derived, String saved) {
    Set<String> known = new TreeSet<>(Set.of((derived + " " + saved).strip().split(" ")));
    Set<String> there = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        there.add(field.getName());
      }
    }
    assertEquals(known, there, type.getSimpleName());
  }
}
