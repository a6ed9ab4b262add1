package thespis.tests.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is taken for a complaint of the machine, and what is not.
class KernelLogTest {
  private static List<String> complaints(String console) {
    KernelLog log = new KernelLog();
    for (String piece : console.split("(?<=\\G.{7})")) { // as they come from a FIFO
      log.append(piece);
    }
    return log.complaints();
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "<4>[    0.000000] unchecked MSR access error: RDMSR from 0x852 at rIP: 0xffffffff8106b5e7",
      "<4>[    0.119872] mtrr: your CPUs had inconsistent fixed MTRR settings",
      "<4>[    0.305000] [Firmware Bug]: TSC ADJUST: CPU0: -10 force to 0",
      "<3>[    0.151000] ACPI BIOS Error (bug): Could not resolve symbol [\\_SB.PCI0], AE_NOT_FOUND",
      "<3>[    0.038000] ..MP-BIOS bug: 8254 timer not connected to IO-APIC",
      "<6>[    0.500000] Spurious APIC interrupt (vector 0xff) on CPU#1, should never happen.",
      "<7>[    0.500000] APIC error on CPU1: 00(40)",
      "<2>[    0.500000] unexpected IRQ trap at vector 20",
      "<4>[    9.100000] clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew",
      "<6>[    0.700000] smpboot: CPU1 failed to come online",
      "<28>[    0.700000] something that a program in user space warns of",
  })
  void whatQemusMachinesDoNotHearIsAComplaint(String line) {
    assertEquals(List.of(line), complaints("Booting\r\n" + line + "\r\n"));
    assertEquals(List.of(line), complaints("THESPIS cpus pos" + line + "\r\nsible=0-3\r\n"), "in the middle of a report");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "<6>[    0.104000] smp: Brought up 1 node, 2 CPUs",
      "<4>[    0.104000]  #2 #3",
      "<4>[    0.000000] tsc: Unable to calibrate against PIT",
      "<0>[    1.104000] reboot: Power down",
      "THESPIS cpus possible=0-3 present=0 online=0",
  })
  void whatIsSaidOfAnyMachineIsNone(String line) {
    assertEquals(List.of(), complaints(line + "\r\n"));
  }

  @Test
  void aLineCountsWhenItIsWhole() {
    assertEquals(List.of(), complaints("<4>[    0.500000] unexpected IRQ trap at vec"));
  }
}
