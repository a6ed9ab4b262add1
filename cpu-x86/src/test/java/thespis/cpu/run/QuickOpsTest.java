package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Instructions that translated code stops for and that are executed there and then, in loops. SDM Vol. 2A "FXSAVE",
/// "FXRSTOR", Vol. 2C "XSAVE", "XRSTOR", Vol. 2B "MOV", "WRMSR", "STAC".
class QuickOpsTest {
  private static final int CODE = 0x8000;
  private static final int GDT = 0x1800;
  private static final int PAGES = 0x4000;
  private static final int DATA = 0x10000;
  private static final int USER = 0x12000;

  /// @param mostInterpreted stops of translated code for an instruction that is interpreted
  private static void run(Engine engine, int expected, String code, int mostInterpreted, Consumer<TestMachine> prepare,
      Consumer<Cpu> check) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
      m.start64(0, CODE, PAGES, GDT);
      m.mapPages(PAGES);
      m.put64(PAGES, PAGES + 0x1007);
      m.put64(PAGES + 0x1000, PAGES + 0x2007);
      m.put64(PAGES + 0x2000, PAGES + 0x3007);
      m.put64(PAGES + 0x3000 + 8 * (USER >>> 12), USER | 7);
      m.put64(USER, 3);
      m.load(CODE, code);
      Cpu cpu = m.cpu();
      cpu.cr4 |= Cpu.CR4_OSFXSR | Cpu.CR4_OSXMMEXCPT | Cpu.CR4_OSXSAVE;
      cpu.setReg(Cpu.XCR0, 7);
      Mem.put16(cpu.st + Cpu.FCW, (short) 0x37F);
      cpu.setReg(Cpu.RDI, DATA);
      cpu.setReg(Cpu.RSP, 0x7000);
      prepare.accept(m);
      assertEquals(expected, m.run(0), () -> m.core(0).dump());
      if (engine == Engine.NATIVE && NativeEngine.available()) {
        long interpreted = m.core(0).engine().exits(NativeEngine.exitNames().indexOf("interpreter"));
        assertTrue(interpreted <= mostInterpreted, "interpreted: " + interpreted);
      }
      cpu.setReg(Cpu.RDX, m.get64(DATA + 0x300));
      check.accept(cpu);
    }
  }

  /// @param save and `restore` of the state at RDI
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "RECORDS, in one page, 0FAE07, 0FAE0F, 10000", "NATIVE, in one page, 0FAE07, 0FAE0F, 10000",
    "VERIFIED, in one page, 0FAE07, 0FAE0F, 10000",
    "RECORDS, in two pages, 0FAE07, 0FAE0F, 10F00", "NATIVE, in two pages, 0FAE07, 0FAE0F, 10F00",
    "VERIFIED, in two pages, 0FAE07, 0FAE0F, 10F00",
    "RECORDS, XSAVE, 0FAE27, 0FAE2F, 10000", "NATIVE, XSAVE, 0FAE27, 0FAE2F, 10000",
    "VERIFIED, XSAVE, 0FAE27, 0FAE2F, 10000", "NATIVE, XSAVE in two pages, 0FAE27, 0FAE2F, 10F00",
    "RECORDS, XSAVE in two pages, 0FAE27, 0FAE2F, 10F00",
  })
  void stateComesBack(Engine engine, String what, String save, String restore, String at) {
    // mov ecx,100; l: fldpi; fld1; movd xmm9,ecx; mov eax,-1; mov edx,eax; save; fstp st; fstp st; pxor xmm9,xmm9; restore;
    // movd eax,xmm9; add ebx,eax; faddp; fstp qword [DATA+300h]; dec ecx; jnz l; hlt
    String code = "B964000000 D9EB D9E8 66440F6EC9 B8FFFFFFFF 89C2" + save + "DDD8 DDD8 66450FEFC9 B8FFFFFFFF 89C2" + restore
        + "66440F7EC8 01C3 DEC1 DD1C2500030100 FFC9 75C6 F4";
    run(engine, Exit.HALTED, code, 10, m -> m.cpu().setReg(Cpu.RDI, Integer.parseInt(at, 16)), cpu -> {
      assertEquals(5050, cpu.reg(Cpu.RBX));
      assertEquals(Double.doubleToLongBits(Math.PI + 1), cpu.reg(Cpu.RDX));
    });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void exceptionsThatComeBackUnmaskedAreRaised(Engine engine) {
    // mov ecx,100; l: fxsave [rdi]; cmp ecx,50; jne over; and dword [rdi+18h],~80h; over: fxrstor [rdi]; mov eax,-1;
    // movd xmm0,eax; sqrtss xmm1,xmm2 (0); cvtdq2ps xmm0,xmm0; sqrtss xmm1,xmm0 (of -1); dec ecx; jnz l; hlt
    String code = "B964000000 0FAE07 83F932 7507 816718 7FFFFFFF 0FAE0F B8FFFFFFFF 660F6EC0 F30F51CA 0F5BC0 F30F51C8"
        + "FFC9 75D6 F4";
    run(engine, Exit.SHUTDOWN, code, 10, m -> {}, cpu -> {
      assertEquals(50, cpu.reg(Cpu.RCX));
      assertEquals(CODE + 39, cpu.rip());
    });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void segmentsAndTheirBases(Engine engine) {
    // mov esi,100; l: xor eax,eax; mov fs,eax; mov ecx,C0000100; mov eax,USER; xor edx,edx; wrmsr; add ebx,fs:[0];
    // rdmsr; add r8,rax; mov eax,10h; mov fs,eax; mov r9d,fs; add ebx,fs:[USER]; dec esi; jnz l; hlt
    String code = "BE64000000 31C0 8EE0 B9000100C0 B800200100 31D2 0F30 64031C2500000000 0F32 4901C0 B810000000 8EE0 418CE1"
        + "64031C2500200100 FFCE 75CB F4";
    run(engine, Exit.HALTED, code, 0, m -> {}, cpu -> {
      assertEquals(600, cpu.reg(Cpu.RBX));
      assertEquals(100L * USER, cpu.reg(64));
      assertEquals(0x10, cpu.reg(72));
      assertEquals(0x10, cpu.selector(Cpu.FS));
      assertEquals(0, cpu.base(Cpu.FS));
    });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aSelectorBehindTheTableFaults(Engine engine) {
    // mov esi,100; l: cmp esi,50; mov eax,10h; jne over; mov eax,80h; over: mov ds,eax; dec esi; jnz l; hlt
    String code = "BE64000000 83FE32 B810000000 7505 B880000000 8ED8 FFCE 75EB F4";
    run(engine, Exit.SHUTDOWN, code, 0, m -> {}, cpu -> {
      assertEquals(50, cpu.reg(Cpu.RSI));
      assertEquals(CODE + 20, cpu.rip());
      assertEquals(0x10, cpu.selector(Cpu.DS));
    });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theUsersPagesAreOpenBetweenStacAndClac(Engine engine) {
    // mov rax,cr4; bts rax,21; mov cr4,rax; mov esi,100; l: stac; add ebx,[USER]; clac; cmp esi,1; jne over;
    // mov eax,[USER]; over: dec esi; jnz l; hlt
    String code = "0F20E0 480FBAE815 0F22E0 BE64000000 0F01CB 031C2500200100 0F01CA 83FE01 7507 8B042500200100 FFCE 75E3 F4";
    run(engine, Exit.SHUTDOWN, code, 2, m -> {}, cpu -> {
      assertEquals(300, cpu.reg(Cpu.RBX));
      assertEquals(1, cpu.reg(Cpu.RSI));
      assertEquals(USER, cpu.cr2());
    });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void pagesThatWereChangedAreSeen(Engine engine) {
    // mov esi,100; l: add ebx,[USER]; xor qword [PAGES+3000h+8*12h],3000h; invlpg [USER]; add ebx,[USER];
    // xor ...; mov rax,cr3; mov cr3,rax; dec esi; jnz l; hlt
    String flip = "48813425 90700000 00300000";
    String code = "BE64000000 031C2500200100" + flip + "0F013C2500200100 031C2500200100" + flip + "0F20D8 0F22D8"
        + "FFCE 75C8 F4";
    run(engine, Exit.HALTED, code, 0, m -> m.put64(USER ^ 0x3000, 11), cpu -> {
      assertEquals(1400, cpu.reg(Cpu.RBX));
    });
  }
}
