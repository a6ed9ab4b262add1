package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.state.Cpu;

/// A processor that ran alone, and needed no LOCK, starts another: from then on both count in the same place. SDM Vol. 3A
/// "Locked Atomic Operations", "MP Initialization Protocol Algorithm for MP Systems".
class LockTest {
  private static final int CODE = 0x8000;
  private static final int STARTUP = 0x9000;
  private static final int COUNTER = 0x7000;
  private static final int DONE = 0x7101;
  private static final int PAGES = 0x4000;
  private static final int OTHERS = 300_000;
  private static final int R9 = 72;
  private static final int R10 = 80;

  /// mov ecx,1Bh; rdmsr; or eax,C00h; wrmsr: x2APIC mode; mov r8d,3000
  private static final String BEGIN = "b91b000000 0f32 0d000c0000 0f30 41b8b80b0000";

  /// mov ecx,830h; xor edx,edx; INIT and startup of the page {@link #STARTUP} to all others
  private static final String START = "b930080000 31d2 b800450c00 0f30 b809460c00 0f30";

  /// mov ecx,OTHERS; l: lock inc dword [COUNTER]; dec ecx; jnz l; mov byte [DONE],1; hlt
  private static final String OTHER = "66b9e0930400 f066ff060070 6649 75f6 c606017101 f4";

  /// In R9 what was added, in R10 what was taken.
  @ParameterizedTest
  @CsvSource({
    "NATIVE, f0830301 41ffc1", // lock add dword [rbx],1; inc r9d
    "NATIVE, b801000000 f00fc103 41ffc1", // mov eax,1; lock xadd [rbx],eax
    "NATIVE, 8b03 8d5001 f00fb113 75f5 41ffc1", // mov eax,[rbx]; lea edx,[rax+1]; lock cmpxchg [rbx],edx; jne
    "NATIVE, f0ff03 41ffc1", // lock inc dword [rbx]
    "NATIVE, f0831300 f0830301 41ffc1", // lock adc dword [rbx],0 (CF is clear)
    "NATIVE, 31c0 8703 4101c2", // xor eax,eax; xchg [rbx],eax; add r10d,eax
    "NATIVE, 4531e4 448723 4501e2", // the same by a register that the host has no room for
    "COMPILED, f0830301 41ffc1",
    "RECORDS, 31c0 8703 4101c2"
  })
  void nothingIsLostWhenAnotherComes(Engine engine, String step) throws InterruptedException, ExecutionException {
    try (TestMachine m = TestMachine.waiting(engine, 2, 4 << 20)) {
      m.map2M(PAGES);
      m.start64(0, CODE, PAGES, 0x1800);
      int bytes = step.replace(" ", "").length() / 2;
      String count = step + "41ffc8 75" + back(bytes + 5); // dec r8d; jnz
      String goOn = step + "803e00 74" + back(bytes + 5); // cmp byte [rsi],0; je
      m.load(CODE, BEGIN + count + START + goOn + "f4");
      m.load(STARTUP, OTHER);
      m.cpu().setReg(Cpu.RBX, COUNTER);
      m.cpu().setReg(Cpu.RSI, DONE);
      try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
        Future<Integer> first = threads.submit(() -> m.run(0));
        Future<Integer> second = threads.submit(() -> {
          int exit;
          do {
            exit = m.run(1);
          } while (exit == Exit.WAIT_FOR_SIPI);
          return exit;
        });
        assertEquals(Exit.HALTED, first.get(), () -> m.core(0).dump());
        assertEquals(Exit.HALTED, second.get(), () -> m.core(1).dump());
      }
      long added = (m.cpu().reg(R9) + OTHERS) & 0xFFFF_FFFFL;
      assertEquals(added, (m.get64(COUNTER) + m.cpu().reg(R10)) & 0xFFFF_FFFFL);
    }
  }

  private static String back(int bytes) {
    return "%02x".formatted(-bytes & 0xFF);
  }
}
