package thespis.tests.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.actors.Machine;
import thespis.actors.demo.LinuxGuest;
import thespis.tests.UnmodifiedLinux;

/// An unmodified Linux suspends to RAM and wakes up: for a monitor, with a CPU more than before, by its clock's alarm.
/// It takes its CPUs offline before and starts them anew after. Skipped where that kernel cannot be fetched.
@Timeout(240)
class SleepIT {
  @TempDir
  static Path folder;

  private static Path kernel;
  private static Path initrd;

  @BeforeAll
  static void fetch() throws IOException {
    LinuxGuest guest = UnmodifiedLinux.fetched();
    kernel = guest.kernel();
    try (InputStream init = SleepIT.class.getResourceAsStream("sleeping-init")) {
      initrd = Files.write(folder.resolve("initrd"), guest.initrd(init.readAllBytes()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void linuxSleepsAndWakesUpWithAllItsCpus(String board) {
    try (RunningGuest guest = new RunningGuest(Machine.builder()
        .board(board).smp("2,maxcpus=4").memory(512L << 20).kernel(kernel).initrd(initrd).append(KernelLog.ON_CONSOLE))) {
      guest.awaitAsleep();
      guest.wakeUp();
      guest.awaitSaid("THESPIS awake", 1);
      guest.awaitAsleep();
      guest.add(2, "late");
      guest.wakeUp();
      guest.awaitSaid("THESPIS awake", 2);
      guest.awaitOnline(3);
      guest.awaitAsleep();
      guest.awaitSaid("THESPIS awake", 3);
      assertEquals("possible=0-3 present=0-2 online=0-2", guest.lastReport());
      guest.remove("late");
      guest.assertNothingWrong();
    }
  }
}
