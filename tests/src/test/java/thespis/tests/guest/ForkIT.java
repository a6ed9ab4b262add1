package thespis.tests.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static thespis.tests.guest.RunningGuest.get;

import akka.actor.typed.ActorSystem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import thespis.actors.Machine;
import thespis.actors.MachineSnapshot;
import thespis.actors.demo.LinuxGuest;
import thespis.tests.UnmodifiedLinux;

/// An unmodified Linux boots once and goes on eight times, each with a life of its own. Skipped where that kernel cannot be
/// fetched.
@Timeout(240)
class ForkIT {
  private static final int FORKS = 8;
  private static final Pattern HEARD = Pattern.compile("THESPIS heard (\\w+) at (\\d+\\.\\d+)\r");

  @TempDir
  static Path folder;

  private final ActorSystem<?> system = Machine.newSystem();
  private final List<RunningGuest> forks = new ArrayList<>();

  @AfterEach
  void end() {
    forks.forEach(RunningGuest::close);
    system.terminate();
  }

  private RunningGuest boot() throws IOException {
    LinuxGuest guest = UnmodifiedLinux.fetched();
    Path initrd = folder.resolve("forked");
    try (InputStream init = ForkIT.class.getResourceAsStream("forked-init")) {
      Files.write(initrd, guest.initrd(init.readAllBytes()));
    }
    return new RunningGuest(Machine.builder()
        .system(system).name("parent").smp("1,maxcpus=4").memory(256L << 20).kernel(guest.kernel()).initrd(initrd)
        .append(KernelLog.ON_CONSOLE));
  }

  @Test
  void linuxBootsOnceAndGoesOnEightTimes() throws IOException {
    double before;
    MachineSnapshot snapshot;
    try (RunningGuest parent = boot()) {
      parent.awaitSaid("THESPIS up", 1);
      parent.add(1, "one");
      parent.awaitOnline(2);
      before = ask(parent, "parent");
      snapshot = get(parent.machine().snapshot());
      assertTrue(ask(parent, "again") >= before);
      parent.assertNothingWrong();
    }
    try (snapshot) {
      for (int n = 0; n < FORKS; n++) {
        forks.add(new RunningGuest(snapshot.fork("fork" + n)));
      }
    }
    for (int n = 0; n < FORKS; n++) {
      assertTrue(ask(forks.get(n), "word" + n) >= before);
    }
    for (RunningGuest fork : forks) {
      fork.add(2, "two");
      fork.awaitOnline(3);
      fork.askToRemove("one");
      fork.awaitRemoved("one");
      fork.awaitOnline(2);
      assertEquals(2, fork.cpus());
      assertEquals("possible=0-3 present=0,2 online=0,2", fork.lastReport());
      fork.assertNothingWrong();
      fork.close();
    }
  }

  /// It hears what is typed on its own console, and nothing else.
  ///
  /// @return the time that has passed for it
  private static double ask(RunningGuest guest, String word) {
    guest.type(word + "\n");
    Matcher heard = HEARD.matcher(guest.awaitLine("THESPIS heard " + word));
    assertTrue(heard.find());
    assertEquals(word, heard.group(1));
    return Double.parseDouble(heard.group(2));
  }
}
