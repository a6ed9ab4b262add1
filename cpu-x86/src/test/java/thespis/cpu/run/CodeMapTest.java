package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.state.Cpu;

/// Pages change between code and data, as an operating system's do.
class CodeMapTest {
  private static final int CODE = 0x8000;
  private static final int PAGES = 0x4000;
  private static final int OTHER = 0x10000;

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aPageOfOldCodeThatIsWrittenOverIsDataAgain(Engine engine) {
    try (TestMachine m = machine(engine)) {
      m.load(OTHER, "FFC3 C3"); // inc ebx; ret
      // mov edi,OTHER; call rdi; mov ecx,512; l: mov [rdi],rax; add rdi,8; dec ecx; jnz l; hlt
      m.load(CODE, "BF00000100 FFD7 B900020000 488907 4883C708 FFC9 75F5 F4");
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(1, m.cpu().reg(Cpu.RBX));
      assertFalse(m.isCode(OTHER));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void dataBecomesCodeAgainAndItsChangesAreSeen(Engine engine) {
    try (TestMachine m = machine(engine)) {
      // mov esi,300; l: mov edi,OTHER; mov ecx,512; f: mov [rdi],rax; add rdi,8; dec ecx; jnz f
      // mov edi,OTHER; mov word [rdi],C3FF; mov byte [rdi+2],C3; call rdi;
      // mov dword [rdi],C3C5FF; call rdi; dec esi; jnz l; hlt
      m.load(CODE, "BE2C010000 BF00000100 B900020000 488907 4883C708 FFC9 75F5"
          + " BF00000100 66C707FFC3 C64702C3 FFD7 C707FFC5C300 FFD7 FFCE 75D0 F4");
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(300, m.cpu().reg(Cpu.RBX), "inc ebx");
      assertEquals(300, m.cpu().reg(Cpu.RBP), "inc ebp, written over it");
      assertTrue(m.isCode(OTHER));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void anInstructionOverAPageEdgeIsFoundWhereItsSecondPageIsMapped(Engine engine) {
    try (TestMachine m = machine(engine)) {
      m.load(OTHER + 0xFFD, "EB00 83C305 C3"); // jmp to the next; add ebx,5; ret
      m.load(OTHER + 0x3000, "C307 C3"); // the end of: add ebx,7; ret
      // mov esi,2; m: mov ecx,100; l: mov edi,OTHER+FFD; call rdi; dec ecx; jnz l
      // mov dword [page table entry],OTHER+3003; invlpg [OTHER+1000]; dec esi; jnz m; hlt
      m.load(CODE, "BE02000000 B964000000 BFFD0F0100 FFD7 FFC9 75F5"
          + " C704258870000003300100 0F013C2500100100 FFCE 75D9 F4");
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(100 * 5 + 100 * 7, m.cpu().reg(Cpu.RBX));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void anInstructionWhoseSecondPageIsGoneFaultsAtItsOwnAddress(Engine engine) {
    try (TestMachine m = machine(engine)) {
      m.load(OTHER + 0xFFD, "EB00 83C305 C3"); // jmp to the next; add ebx,5; ret
      // mov ecx,100; l: mov edi,OTHER+FFD; call rdi; dec ecx; jnz l
      // mov dword [page table entry],0; invlpg [OTHER+1000]; call rdi: there is no handler
      m.load(CODE, "B964000000 BFFD0F0100 FFD7 FFC9 75F5 C704258870000000000000 0F013C2500100100 FFD7 F4");
      assertEquals(Exit.SHUTDOWN, m.run(0));
      assertEquals(OTHER + 0xFFF, m.cpu().rip());
      assertEquals(OTHER + 0x1000, m.cpu().cr2());
      assertEquals(100 * 5, m.cpu().reg(Cpu.RBX));
    }
  }

  private static TestMachine machine(Engine engine) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.start64(0, CODE, PAGES, 0x1800);
    m.mapPages(PAGES);
    m.cpu().setReg(Cpu.RSP, 0x20000);
    m.cpu().setReg(Cpu.RBX, 0);
    m.cpu().setReg(Cpu.RBP, 0);
    return m;
  }
}
