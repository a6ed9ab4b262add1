package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.state.Cpu;

/// A page fault finds the flags that the instruction before it has left, also where the engine did not save them because
/// they can be made again from the registers, and where nobody else asks for them. What the interpreter pushes is right.
/// SDM Vol. 3A "Restarting Program or Task After an Exception or Interrupt".
class FlagsAtFaultTest {
  private static final int TIMES = 40;
  private static final long[] EDGES = {0, 1, -1, 0x7FFF_FFFFL, 0x8000_0000L, Long.MIN_VALUE, Long.MAX_VALUE, 0xFF, 0x80};

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "cmp rbx rdx, 4839D3", "cmp ebx 7, 83FB07", "cmp bl dl, 38D3", "cmp bx 0x1234, 6681FB3412", "cmp bh dl, 38D7",
    "test rbx rdx, 4885D3", "test bl 1, F6C301", "add ebx edx, 01D3", "add rbx -1, 4883C3FF", "add rbx rbx, 4801DB",
    "sub rbx rdx, 4829D3", "sub ebx 100, 83EB64", "and rbx rdx, 4821D3", "or ebx edx, 09D3", "xor rbx rbx, 4831DB",
    "cmp r10 r11, 4D39DA", "cmp rbx r10, 4C39D3", "cmp r14d edx, 4139D6", "add r10 rdx, 4901D2", "sub ebx r11d, 4429DB",
    "test r15 r15, 4D85FF", "add r11d 5, 4183C305", "inc ebx, FFC3", "neg rbx, 48F7DB", "adc rbx rdx, 4811D3",
    "cmp [rsp] 3, 803C2403"
  })
  void ofTheInstructionBefore(String name, String producer) {
    // mov eax,[rsi] ; add ebx,1 ; hlt: flags that nobody asks for; setb [rsi] ; hlt: flags that are needed
    compare(producer + "8B0683C301F4", 0);
    compare(producer + "0F9206F4", 0);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "the access overwrites an operand, 4839D3488B1E83C301F4",
    "an operand is overwritten while the flags are the host's, 4839D3BA050000008B0683C301F4",
    "an operand is overwritten, 4839D348891424BA050000008B0683C301F4",
    "operand overwritten and flags replaced before the access, 4839D348891424BA0500000083C3018B06F4",
    "cmovb rbx [rsi], 4839D348891424480F421EF4", "push under sub rsp, 4883EC10508B0683C301F4",
    "branch behind an access, 4839D3488B0C24720190488B06F4", "adc of remade carry, 4901D2488B0C2448131EF4"
  })
  void ofOneFurtherBack(String name, String code) {
    compare(code, 0);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    // the third or fourth turn runs into the page that is not there
    "cmp rsi rdi; jne, 488B064881C6000400004839FE75F1F4", "sub rdi 1; jmp, 488B064881C6000400004883EF01EBF0",
    "dec rdi; jnz, 488B064881C60004000048FFCF75F1F4", "loop, 488B064881C60004000048893424E2F0F4",
    "the access stands between cmp and jne, 4881C6000400004C8B04244839FE488B164889F175EAF4"
  })
  void inALaterTurnOfALoop(String name, String code) {
    compare(code, 0xC00);
  }

  private static void compare(String code, int before) {
    SplittableRandom random = new SplittableRandom(code.hashCode());
    for (int i = 0; i < TIMES; i++) {
      long seed = random.nextLong();
      assertEquals(outcome(Engine.RECORDS, code, before, seed), outcome(Engine.NATIVE, code, before, seed));
    }
  }

  private static String outcome(Engine engine, String code, int before, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (TestMachine m = PageFaultTest.machine(engine, 0, 0, code)) {
      Cpu cpu = m.cpu();
      for (int r = 0; r < 16; r++) {
        long v = random.nextInt(3) == 0 ? random.nextLong() : EDGES[random.nextInt(EDGES.length)];
        if (r != Cpu.RSP >>> 3) {
          cpu.setReg(8 * r, v);
        }
      }
      cpu.setReg(Cpu.RSI, PageFaultTest.PROBED - before);
      cpu.setReg(Cpu.RFLAGS, 2 | random.nextInt() & Cpu.ARITHMETIC);
      assertEquals(Exit.HALTED, m.run(0), () -> m.core(0).dump());
      StringBuilder s = new StringBuilder();
      for (int r = 0; r < 16; r++) {
        s.append(String.format("r%d %x ", r, cpu.reg(8 * r)));
      }
      // the handler has popped the error code and RIP
      long pushed = m.get64((int) cpu.reg(Cpu.RSP) + 8);
      return s + String.format("rip %x cr2 %x flags %x", cpu.rip(), cpu.cr2(), pushed);
    }
  }
}
