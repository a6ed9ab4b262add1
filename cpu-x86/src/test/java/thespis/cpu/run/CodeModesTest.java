package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.jit.TranslationCache;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;

/// The same bytes at the same address as 64-bit code, as 32-bit code, and as 32-bit code whose segments are not flat, in
/// turns, until all of it is translated that can be. SDM Vol. 3A "Compatibility Mode", "Basic Flat Model".
class CodeModesTest {
  private static final int PAGES = 0x4000;
  private static final int GDT = 0x1800;
  private static final int IDT = 0x2000;
  private static final int CODE = 0x10000;
  private static final int FUNCTION = 0x10800;
  private static final int FAULT = 0x11000;
  private static final int DATA = 0x20000;
  private static final int STACK = 0x2F000;

  private static TestMachine machine(Engine engine) {
    return machine(engine, Optional.empty());
  }

  private static TestMachine machine(Engine engine, Optional<TranslationCache> cache) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20, cache);
    m.start64(0, CODE, PAGES, GDT);
    m.mapPages(PAGES);
    segments(m);
    for (int v = 0; v < 32; v++) {
      long at = FAULT + 16 * v;
      m.put64(IDT + 16 * v, at & 0xFFFF | 8 << 16 | 0x8E00L << 32 | at >>> 16 << 48);
      m.load(at, "BA" + String.format("%02x", v) + "000000 F4"); // mov edx,v; hlt
    }
    m.cpu().idtLimit = 0xFFF;
    return m;
  }

  /// 8: 64-bit code, 16: flat data, 24: 32-bit code, 32: data at 1000h, 40: data up to 20FFFh, 48: data to be read only,
  /// 56: data with a 16-bit stack pointer.
  private static void segments(TestMachine m) {
    m.put64(GDT + 8, 0x00AF_9B00_0000_FFFFL);
    m.put64(GDT + 16, 0x00CF_9300_0000_FFFFL);
    m.put64(GDT + 24, 0x00CF_9B00_0000_FFFFL);
    m.put64(GDT + 32, 0x00CF_9300_1000_FFFFL);
    m.put64(GDT + 40, 0x00C0_9300_0000_0020L);
    m.put64(GDT + 48, 0x00CF_9100_0000_FFFFL);
    m.put64(GDT + 56, 0x008F_9300_0000_FFFFL);
    m.cpu().setGdt(GDT, 63);
    m.cpu().idtBase = IDT;
    m.cpu().setReg(Cpu.RSP, STACK);
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aPrefixOfOneModeIsAnInstructionOfTheOther(Engine engine) {
    try (TestMachine m = machine(engine)) {
      bothModes(m);
    }
  }

  @Test
  void translationsOfBothModesAreKept() {
    assumeTrue(NativeEngine.available());
    try (TranslationCache cache = TranslationCache.inMemory(TestMachine.EVERYTHING);
        TestMachine first = machine(Engine.NATIVE, Optional.of(cache));
        TestMachine second = machine(Engine.NATIVE, Optional.of(cache))) {
      bothModes(first);
      bothModes(second);
      assertEquals(0, second.core(0).engine().translated);
      assertEquals(first.core(0).engine().translated, second.core(0).engine().recalled);
    }
  }

  /// Calls a function as 64-bit code, where its first byte is a prefix, and as 32-bit code, in turns.
  private static void bothModes(TestMachine m) {
    m.load(FUNCTION, "40 C3"); // 64-bit: rex ret; else inc eax; ret
    m.load(CODE, "31C0 B9E8030000"); // xor eax,eax; mov ecx,1000
    // l: call FUNCTION; jmp far [next]; compatibility: call FUNCTION; jmp far 8:behind; behind: dec ecx; jnz l; hlt
    int l = CODE + 7;
    int compatibility = l + 5 + 7;
    int behind = compatibility + 5 + 7;
    m.load(l, "E8" + relative(l + 5, FUNCTION) + "FF2C25" + word(CODE + 0x100));
    m.load(compatibility, "E8" + relative(compatibility + 5, FUNCTION) + "EA" + word(behind) + "0800");
    m.load(behind, "FFC9 0F85" + relative(behind + 8, l) + "F4");
    m.put32(CODE + 0x100, compatibility);
    m.put16(CODE + 0x104, 24);
    assertEquals(Exit.HALTED, m.run(0));
    assertEquals(behind + 9, m.cpu().rip());
    assertEquals(1000, m.cpu().reg(Cpu.RAX));
  }

  private static String relative(int from, int to) {
    return word(to - from);
  }

  private static String word(int v) {
    return String.format("%08x", Integer.reverseBytes(v));
  }

  /// 32-bit code whose DS is flat, has a base, and is flat again.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void aSegmentWithABaseIsSeenAtOnce(Engine engine) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
      m.core(0).start(BootState.protected32(CODE, new BootState.Table(GDT, 63), 24, 16));
      segments(m);
      m.put32(DATA, 1);
      m.put32(DATA + 0x1000, 0x100);
      // l: mov ds,ebx; add eax,[DATA]; push ds; mov ds,edx; pop ds; add eax,[DATA]; mov ds,edx; add eax,[DATA]; dec ecx
      // jnz l
      m.load(CODE, "8EDB 0305" + word(DATA) + "1E 8EDA 1F 0305" + word(DATA) + "8EDA 0305" + word(DATA) + "49 75E3 F4");
      Cpu cpu = m.cpu();
      cpu.setReg(Cpu.RBX, 32);
      cpu.setReg(Cpu.RDX, 16);
      cpu.setReg(Cpu.RCX, 100);
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(100 * 0x201, cpu.reg(Cpu.RAX));
    }
  }

  /// What segments forbid is forbidden however often it went well.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void limitsAndRightsCountAfterFlatSegments(Engine engine) {
    for (Forbidden f : FORBIDDEN) {
      try (TestMachine m = machine(engine)) {
        String access = f.code();
        int length = access.replace(" ", "").length() / 2;
        // l: the access; dec ecx; jnz l; mov ecx,1; load the segment; jmp l
        String load = f.load();
        int bytes = load.replace(" ", "").length() / 2;
        m.load(CODE, "FF2C25" + word(CODE + 0x100));
        int start = CODE + 7;
        m.load(start, access + "49 75" + back(length + 3) + "B901000000" + load + "EB" + back(length + 3 + 5 + bytes + 2));
        m.put32(CODE + 0x100, start);
        m.put16(CODE + 0x104, 24);
        Cpu cpu = m.cpu();
        cpu.setReg(Cpu.RCX, 100);
        cpu.setReg(Cpu.RBX, f.selector());
        cpu.setReg(Cpu.RSI, 0x21000);
        cpu.setReg(Cpu.RDI, 0x21000);
        cpu.setReg(Cpu.RBP, 0x21000);
        assertEquals(Exit.HALTED, m.run(0));
        assertEquals(f.vector(), cpu.reg(Cpu.RDX), f + m.core(0).dump());
        assertEquals(start, m.get64(cpu.reg(Cpu.RSP) + 8), f.toString());
      }
    }
  }

  private static String back(int bytes) {
    return String.format("%02x", -bytes & 0xFF);
  }

  /// @param code an access, which faults by this vector once the segment was loaded with the selector that is in EBX
  private record Forbidden(String code, String load, int selector, int vector) {}

  private static final int GP = 13;
  private static final int SS = 12;

  private static final Forbidden[] FORBIDDEN = {
    new Forbidden("8B06", "8EDB", 0, GP), // mov eax,[esi]; mov ds,ebx
    new Forbidden("8B06", "8EDB", 40, GP),
    new Forbidden("8906", "8EDB", 48, GP),
    new Forbidden("AB 83EF04", "8EC3", 0, GP), // stosd; sub edi,4
    new Forbidden("268B06", "8EC3", 40, GP),
    new Forbidden("8B4500", "8ED3", 40, SS), // mov eax,[ebp]; mov ss,ebx
    new Forbidden("55 5D", "8ED3 90", 40, SS), // push ebp; pop ebp
    new Forbidden("648B06", "8EE3", 40, GP),
    new Forbidden("648906", "8EE3", 48, GP),
    new Forbidden("658B06", "8EEB", 0, GP),
    new Forbidden("658B06", "53 0FA9", 40, GP) // push ebx; pop gs
  };
}
