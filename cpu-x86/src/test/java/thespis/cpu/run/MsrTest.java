package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.exec.MsrOps;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Which values registers take. SDM Vol. 4 "Architectural MSRs"; AMD64 APM Vol. 2 "MSR Cross-Reference".
class MsrTest {
  @ParameterizedTest
  @CsvSource({
    "IA32_MC0_CTL,            400, 0,                true",
    "IA32_MC0_CTL all,        400, ffffffffffffffff, true",
    "AMD's MC4_CTL but one,   410, fffffffffffffbff, true",
    "IA32_MC1_STATUS cleared, 405, 0,                true",
    "IA32_MC1_STATUS,         405, 1,                false",
    "IA32_MC1_ADDR,           406, 123,              true",
    "PERF_LEGACY_CTL0,   c0010000, 530076,           true",
    "PERF_LEGACY_CTR3,   c0010007, 1,                true",
    "beyond them,        c0010008, 0,                false",
    "LSTAR of 57 bits,   c0000082, ffaaaaaaaaaaaaaa, true",
    "LSTAR of 58 bits,   c0000082, fdaaaaaaaaaaaaaa, false",
  })
  void whatIsWritten(String name, String msr, String value, boolean taken) {
    try (TestMachine m = new TestMachine(Engine.RECORDS, 1, 1 << 20)) {
      assertEquals(taken, takes(m.cpu(), Integer.parseUnsignedInt(msr, 16), Long.parseUnsignedLong(value, 16)));
    }
  }

  @ParameterizedTest
  @CsvSource({"20, true", "100, false", "ff000000, false", "100000000, false"})
  void anInterruptToItselfIsAVectorAlone(String value, boolean taken) {
    try (TestMachine m = new TestMachine(Engine.RECORDS, 1, 1 << 20)) {
      MsrOps.write(m.cpu(), 0x1B, 0xFEE0_0D00L);
      assertEquals(taken, takes(m.cpu(), 0x83F, Long.parseLong(value, 16)));
    }
  }

  private static boolean takes(Cpu cpu, int msr, long value) {
    try {
      MsrOps.write(cpu, msr, value);
      return true;
    } catch (GuestFault f) {
      assertEquals(GuestFault.GP, f.vector);
      return false;
    }
  }
}
