package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.exec.MsrOps;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.state.Cpu;

/// RDTSC and RDTSCP on every engine. SDM Vol. 2B "RDTSC-Read Time-Stamp Counter", "RDTSCP-Read Time-Stamp Counter and
/// Processor ID".
class TimeStampTest {
  private static final int CODE = 0x8000;
  private static final int PAGES = 0x4000;
  private static final int R8 = 64;
  private static final int R9 = 72;

  /// Asked, the clock says one thing; computed, time is another.
  private static final long ASKED = 0x11_2222_3333L;

  private static final long COMPUTED = 0x44_5555_6666L;

  private static final class TwoTimes implements GuestClock {
    private final long length;

    TwoTimes(long length) {
      this.length = length;
    }

    @Override
    public long nanos() {
      return ASKED;
    }

    @Override
    public Timer timer(String name, Runnable onExpiry) {
      return new StillClock().timer(name, onExpiry);
    }

    @Override
    public Pace pace(Shortcut shortcut) {
      return new Pace() {
        @Override
        public void begin() {
          shortcut.open(0, length, 0, COMPUTED);
        }

        @Override
        public void end(boolean idle) {}
      };
    }
  }

  @ParameterizedTest(name = "{0} on {1}: {2} {3}")
  @CsvSource({
    "rdtsc, RECORDS, -1, 0", "rdtsc, NATIVE, -1, 0", "rdtsc, NATIVE, 0, 0", "rdtsc, NATIVE, 1, 0",
    "rdtsc, NATIVE, -1, 4", "rdtscp, RECORDS, -1, 0", "rdtscp, NATIVE, -1, 0", "rdtscp, NATIVE, 0, 0",
    "rdtscp, NATIVE, -1, 4"
  })
  void translatedCodeComputesTheTimeWhereItMay(String name, Engine engine, long length, int tsd) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20, new NoBus(), new TwoTimes(length))) {
      m.start64(0, CODE, PAGES, 0x1800);
      m.map2M(PAGES);
      boolean processor = name.equals("rdtscp");
      // mov rax,-1; mov rdx,-1; mov rcx,7; stc; rdtsc(p); mov r8,rax; mov r9,rdx; sbb rbx,rbx; hlt
      m.load(CODE, "48c7c0ffffffff 48c7c2ffffffff 48c7c107000000 f9" + (processor ? "0f01f9" : "0f31")
          + "4989c0 4989d1 4819db f4");
      Cpu cpu = m.cpu();
      cpu.cr4 |= tsd;
      MsrOps.write(cpu, 0xC000_0103, 0x1234);
      MsrOps.write(cpu, 0x3B, 0x10_0000_0001L);
      assertEquals(Exit.HALTED, m.run(0));
      boolean computed = engine == Engine.NATIVE && NativeEngine.available() && length == -1 && tsd == 0;
      // power-on took the clock's first answer away
      long expected = (computed ? COMPUTED : ASKED) - ASKED + 0x10_0000_0001L;
      assertEquals(expected & 0xFFFF_FFFFL, cpu.reg(R8));
      assertEquals(expected >>> 32, cpu.reg(R9));
      assertEquals(processor ? 0x1234 : 7, cpu.reg(Cpu.RCX));
      assertEquals(-1, cpu.reg(Cpu.RBX), "no flag changes");
    }
  }

  @ParameterizedTest(name = "{0} on {1}")
  @CsvSource({"rdtsc, RECORDS", "rdtsc, NATIVE", "rdtscp, RECORDS", "rdtscp, NATIVE"})
  void timeStampDisableIsForUsersOnly(String name, Engine engine) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20, new NoBus(), new TwoTimes(-1))) {
      m.start64(0, CODE, PAGES, 0x1800);
      m.map2M(PAGES);
      m.put64(PAGES, PAGES + 0x1007);
      m.put64(PAGES + 0x1000, PAGES + 0x2007);
      m.put64(PAGES + 0x2000, 0x87);
      m.put64(0x1818, 0x00CF_F300_0000_FFFFL);
      m.put64(0x1820, 0x00AF_FB00_0000_FFFFL);
      long handler = CODE + 0x800;
      m.put64(0x2000 + 16 * 13, handler & 0xFFFF | 8 << 16 | 0x8E00L << 32);
      m.load(handler, "f4");
      // mov rax,cr4; xor al,4; mov cr4,rax; push 1b; push 9000h; push 2; push 23h; push CODE+100h; iretq
      m.load(CODE, "0f20e0 3404 0f22e0 6a1b 6800900000 6a02 6a23 6800810000 48cf");
      m.load(CODE + 0x100, "48c7c2ffffffff" + (name.equals("rdtscp") ? "0f01f9" : "0f31") + "ebfe");
      Cpu cpu = m.cpu();
      cpu.setGdt(cpu.gdtBase(), 0x27);
      cpu.idtBase = 0x2000;
      cpu.idtLimit = 0xFFF;
      cpu.setReg(Cpu.RSP, 0x9800);
      m.put64(0x3004, 0x9C00);
      cpu.trBase = 0x3000;
      cpu.limit[Cpu.TR] = 0x67;
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(handler + 1, cpu.rip());
      assertEquals(-1, cpu.reg(Cpu.RDX));
      assertEquals(CODE + 0x107, m.get64(cpu.reg(Cpu.RSP) + 8));
    }
  }
}
