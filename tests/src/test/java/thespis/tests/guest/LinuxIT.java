package thespis.tests.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.actors.Machine;
import thespis.actors.MachineBuilder;
import thespis.actors.demo.LinuxGuest;
import thespis.cpu.jit.TranslationFolder;
import thespis.cpu.run.Execution;
import thespis.tests.UnmodifiedLinux;

/// An unmodified Linux, the one the demo boots, from its first instruction to user space, and CPUs that come and go while
/// it runs. Skipped where that kernel cannot be fetched.
@Timeout(240)
class LinuxIT {
  private static final List<List<Integer>> ORDERS = List.of(List.of(1, 2, 3), List.of(3, 2, 1), List.of(2, 3, 1));

  @TempDir
  static Path folder;

  private static Path kernel;
  private static Path initrd;

  @BeforeAll
  static void fetch() throws IOException {
    LinuxGuest guest = UnmodifiedLinux.fetched();
    kernel = guest.kernel();
    initrd = Files.write(folder.resolve("initrd"), guest.initrd());
  }

  private static RunningGuest boot(String board, String smp) {
    return new RunningGuest(linux(board, smp));
  }

  private static MachineBuilder linux(String board, String smp) {
    return Machine.builder()
        .board(board)
        .smp(smp)
        .memory(512L << 20)
        .kernel(kernel)
        .initrd(initrd)
        .append(KernelLog.ON_CONSOLE);
  }

  /// `-Dthespis.soak.boots=1000`, with `-Dthespis.soak.verify=true -Dthespis.patience=900` each under verification:
  /// both boards, one to four CPUs, code translated anew and, from the second boot on, out of the cache.
  @Test
  @EnabledIfSystemProperty(named = "thespis.soak.boots", matches = "[1-9][0-9]*")
  @Timeout(value = 7, unit = TimeUnit.DAYS)
  void linuxBootsOverAndOver() {
    boolean verify = Boolean.getBoolean("thespis.soak.verify");
    for (int n = 0; n < Integer.getInteger("thespis.soak.boots"); n++) {
      int cpus = 1 + n % 4;
      MachineBuilder builder = linux(n % 8 < 4 ? "pc" : "q35", Integer.toString(cpus))
          .append(KernelLog.ON_CONSOLE + " loglevel=5"); // or a notice comes into a report, once in a hundred boots
      if (verify) {
        builder.execution(Execution.VERIFIED);
      }
      if (n % 3 != 0) {
        builder.translations(new TranslationFolder(folder.resolve("translations"), "soak"));
      }
      try (RunningGuest guest = new RunningGuest(builder)) {
        guest.awaitOnline(cpus);
        guest.assertNothingWrong();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"pc,qemu64,2,0-1", "pc,max,4,0-3", "q35,max,2,0-1", "q35,qemu64,4,0-3"})
  void linuxReachesUserSpaceWithAllItsCpus(String board, String model, int cpus, String list) {
    try (RunningGuest guest = new RunningGuest(linux(board, Integer.toString(cpus)).cpu(model))) {
      guest.awaitOnline(cpus);
      assertEquals("possible=" + list + " present=" + list + " online=" + list, guest.lastReport());
      guest.assertNothingWrong();
    }
  }

  /// APIC IDs that interrupt messages of 8 bits do not reach.
  @Test
  void cpusWithLargeApicIdsComeAndGo() {
    try (RunningGuest guest =
        new RunningGuest(linux("q35", "1,maxcpus=600").boardOption("x-thespis-max-cpus", "600"))) {
      guest.awaitOnline(1);
      for (int slot : List.of(255, 256, 599)) {
        guest.add(slot, "cpu" + slot);
      }
      guest.awaitOnline(4);
      assertEquals("possible=0-599 present=0-3 online=0-3", guest.lastReport());
      guest.remove("cpu256");
      guest.remove("cpu255");
      guest.remove("cpu599");
      assertEquals(1, guest.cpus());
      guest.assertNothingWrong();
    }
  }

  /// Its first boot is the one with a single CPU.
  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void cpusComeGoAndComeBackInEveryOrder(String board) {
    try (RunningGuest guest = boot(board, "1,maxcpus=4")) {
      guest.awaitOnline(1);
      for (int round = 0; round < ORDERS.size(); round++) {
        List<Integer> order = ORDERS.get(round);
        for (int i = 0; i < order.size(); i++) {
          guest.add(order.get(i), "cpu" + order.get(i) + "-" + round);
          guest.awaitOnline(i + 2);
        }
        assertEquals("possible=0-3 present=0-3 online=0-3", guest.lastReport());
        for (int slot : ORDERS.get((round + 1) % ORDERS.size())) {
          guest.remove("cpu" + slot + "-" + round);
        }
        assertEquals(1, guest.cpus());
      }
      guest.assertNothingWrong();
    }
  }
}
