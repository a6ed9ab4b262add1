package thespis.tests.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static thespis.tests.guest.RunningGuest.get;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.actors.Machine;
import thespis.actors.demo.LinuxGuest;
import thespis.tests.UnmodifiedLinux;

/// Stop, reset, power button and reboot in the middle of a hot-add or a removal, in an unmodified Linux. Skipped where that
/// kernel cannot be fetched.
@Timeout(240)
class InterruptedHotplugIT {
  private static final String UP = "THESPIS up";

  @TempDir
  static Path folder;

  private static Path kernel;
  private static Path initrd;
  private static Path rebooting;

  @BeforeAll
  static void fetch() throws IOException {
    LinuxGuest guest = UnmodifiedLinux.fetched();
    kernel = guest.kernel();
    initrd = Files.write(folder.resolve("initrd"), guest.initrd());
    try (InputStream init = InterruptedHotplugIT.class.getResourceAsStream("rebooting-init")) {
      rebooting = Files.write(folder.resolve("rebooting"), guest.initrd(init.readAllBytes()));
    }
  }

  private static RunningGuest boot(String board, Path disk) {
    RunningGuest guest = new RunningGuest(Machine.builder()
        .board(board).smp("1,maxcpus=4").memory(512L << 20).kernel(kernel).initrd(disk).append(KernelLog.ON_CONSOLE));
    guest.awaitSaid(UP, 1);
    return guest;
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void aStopHoldsUpWhatGoesOnLater(String board) {
    try (RunningGuest guest = boot(board, initrd)) {
      guest.add(1, "one");
      get(guest.machine().stop());
      guest.add(2, "two");
      get(guest.machine().cont());
      guest.awaitOnline(3);
      guest.askToRemove("one");
      get(guest.machine().stop());
      guest.askToRemove("two");
      get(guest.machine().cont());
      guest.awaitRemoved("one");
      guest.awaitRemoved("two");
      assertEquals(1, guest.cpus());
      guest.assertNothingWrong();
    }
  }

  /// Firmware's tables name the CPU, so that the guest starts with it.
  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void aCpuThatIsAddedJustBeforeAResetIsThereAfterIt(String board) {
    try (RunningGuest guest = boot(board, initrd)) {
      guest.add(1, "one");
      get(guest.machine().reset());
      guest.awaitSaid(UP, 2);
      guest.awaitOnline(2);
      guest.remove("one");
      guest.assertNothingWrong();
    }
  }

  @Test
  void aRemovalThatAResetOvertakesCanBeAskedForAgain() {
    try (RunningGuest guest = boot("pc", initrd)) {
      guest.add(1, "one");
      guest.awaitOnline(2);
      get(guest.machine().stop());
      guest.askToRemove("one");
      get(guest.machine().reset());
      get(guest.machine().cont());
      guest.awaitSaid(UP, 2);
      guest.askToRemove("one");
      guest.awaitRemoved("one");
      guest.add(1, "again");
      guest.awaitOnline(2);
      guest.assertNothingWrong();
    }
  }

  /// The guest reboots in place of bringing the CPU online.
  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void aGuestThatRebootsOverANewCpuComesUpWithIt(String board) {
    try (RunningGuest guest = boot(board, rebooting)) {
      guest.add(1, "one");
      guest.awaitSaid(UP, 2);
      guest.awaitOnline(2);
      guest.remove("one");
      guest.assertNothingWrong();
    }
  }

  @Test
  void thePowerButtonDoesNotDisturb() {
    try (RunningGuest guest = boot("pc", initrd)) {
      guest.add(1, "one");
      get(guest.machine().powerDown());
      guest.awaitOnline(2);
      guest.askToRemove("one");
      get(guest.machine().powerDown());
      guest.awaitRemoved("one");
      guest.assertNothingWrong();
    }
  }

  @Test
  void quitInTheMiddleOfARemovalFreesEverything() {
    try (RunningGuest guest = boot("pc", initrd)) {
      guest.add(1, "one");
      guest.awaitOnline(2);
      guest.askToRemove("one");
    }
  }
}
