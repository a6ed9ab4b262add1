package thespis.tests.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static thespis.tests.guest.RunningGuest.get;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import thespis.actors.Machine;
import thespis.actors.MachineBuilder;
import thespis.actors.demo.LinuxGuest;
import thespis.hotplug.RunState;
import thespis.machine.board.CpuSlot;
import thespis.qmp.QmpReply;
import thespis.qmp.command.MigrationCommands;
import thespis.tests.UnmodifiedLinux;

/// An unmodified Linux with CPUs that were added while it ran moves to another machine, busy with its memory, and does not
/// notice. Skipped where that kernel cannot be fetched.
@Timeout(240)
class MigrationIT {
  private static final Pattern TICK = Pattern.compile("THESPIS tick (\\d+) at (\\d+\\.\\d+)\r");

  @TempDir
  static Path folder;

  private static Path kernel;
  private static Path initrd;

  @BeforeAll
  static void fetch() throws IOException {
    LinuxGuest guest = UnmodifiedLinux.fetched();
    kernel = guest.kernel();
    try (InputStream init = MigrationIT.class.getResourceAsStream("moving-init")) {
      initrd = Files.write(folder.resolve("moving"), guest.initrd(init.readAllBytes()));
    }
  }

  private static MachineBuilder machine(String board) {
    return Machine.builder()
        .board(board).smp("1,maxcpus=4").memory(256L << 20).kernel(kernel).initrd(initrd).append(KernelLog.ON_CONSOLE);
  }

  /// The same with the CPUs that were added to another.
  private static MachineBuilder target(String board, Machine source, Map<Integer, String> added) {
    MachineBuilder builder = machine(board);
    added.forEach((slot, id) -> {
      CpuSlot place = get(source.slots()).get(slot).slot();
      builder.device(Map.of("driver", "qemu64-x86_64-cpu", "id", id, "socket-id", (long) place.socketId(),
          "core-id", (long) place.coreId(), "thread-id", (long) place.threadId()));
    });
    return builder;
  }

  private static void migrate(RunningGuest from, String uri) {
    assertEquals(QmpReply.done(), get(from.machine().qmp(new MigrationCommands.Migrate(
        uri, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))));
  }

  @Test
  void linuxMovesWithItsHotAddedCpus() {
    String uri = "unix:" + folder.resolve("socket");
    try (RunningGuest source = new RunningGuest(machine("pc"))) {
      source.awaitSaid("THESPIS up", 1);
      source.add(1, "one");
      source.add(3, "three");
      source.awaitOnline(3);
      Map<Integer, String> added = Map.of(1, "one", 3, "three");
      MachineBuilder builder = target("pc", source.machine(), added).incoming(uri);
      try (RunningGuest target = new RunningGuest(builder)) {
        assertEquals(RunState.INMIGRATE, get(target.machine().status()));
        migrate(source, uri);
        target.awaitSaid("THESPIS tick", 5);
        assertEquals(RunState.POSTMIGRATE, get(source.machine().status()));
        assertEquals(RunState.RUNNING, get(target.machine().status()));
        target.add(2, "two");
        target.awaitOnline(4);
        target.remove("one");
        target.awaitOnline(3);
        assertEquals(3, target.cpus());
        goesOn(source.said() + target.said());
        source.assertNothingWrong();
        target.assertNothingWrong();
      }
    }
  }

  /// `-Dthespis.soak.moves=1000`: from machine to machine, each with other CPUs than the one before.
  @Test
  @EnabledIfSystemProperty(named = "thespis.soak.moves", matches = "[1-9][0-9]*")
  @Timeout(value = 7, unit = TimeUnit.DAYS)
  void linuxMovesOverAndOver() {
    Random random = new Random(1);
    String board = "pc";
    Map<Integer, String> added = new TreeMap<>();
    RunningGuest here = new RunningGuest(machine(board));
    here.awaitSaid("THESPIS up", 1);
    for (int n = 0; n < Integer.getInteger("thespis.soak.moves"); n++) {
      int slot = 1 + random.nextInt(3);
      boolean waits = random.nextBoolean();
      if (added.containsKey(slot)) {
        here.remove(added.remove(slot));
      } else {
        added.put(slot, "cpu" + slot);
        here.add(slot, "cpu" + slot);
        if (waits) {
          here.awaitOnline(1 + added.size());
        }
      }
      String uri = "unix:" + folder.resolve("soak");
      RunningGuest there = new RunningGuest(target(board, here.machine(), added).incoming(uri));
      migrate(here, uri);
      there.awaitSaid("THESPIS tick", 3);
      here.awaitState(RunState.POSTMIGRATE);
      goesOnFrom(lastTick(here.said()), there.said());
      here.assertNothingWrong();
      there.assertNothingWrong();
      here.close();
      here = there;
    }
    here.close();
  }

  private static int lastTick(String console) {
    int last = -1;
    Matcher tick = TICK.matcher(console);
    while (tick.find()) {
      last = Integer.parseInt(tick.group(1));
    }
    return last;
  }

  /// The first one may have begun to be told before.
  private static void goesOnFrom(int last, String console) {
    Matcher tick = TICK.matcher(console);
    assertTrue(tick.find(), console);
    int first = Integer.parseInt(tick.group(1));
    assertTrue(first == last + 1 || first == last + 2, () -> "after " + last + ": " + console);
  }

  /// To a file, and out of it twice: what is in it is not used up.
  @Test
  void linuxGoesOnFromAFile() {
    Path file = folder.resolve("file");
    String before;
    MachineBuilder builder;
    try (RunningGuest source = new RunningGuest(machine("q35"))) {
      source.awaitSaid("THESPIS up", 1);
      source.add(2, "two");
      source.awaitOnline(2);
      builder = target("q35", source.machine(), Map.of(2, "two")).incoming("exec:cat " + file);
      get(source.machine().stop());
      migrate(source, "exec:cat > " + file);
      source.awaitState(RunState.POSTMIGRATE);
      before = source.said();
    }
    for (int n = 0; n < 2; n++) {
      try (RunningGuest target = new RunningGuest(builder)) {
        target.awaitState(RunState.PAUSED);
        get(target.machine().cont());
        target.awaitSaid("THESPIS tick", 5);
        goesOn(before + target.said());
        target.assertNothingWrong();
      }
    }
  }

  /// Whoever wakes it up wakes it up on the other side.
  @Test
  void linuxMovesAsleep() throws IOException {
    Path sleeper;
    try (InputStream init = MigrationIT.class.getResourceAsStream("sleeping-init")) {
      sleeper = Files.write(folder.resolve("sleeping"),
          UnmodifiedLinux.fetched().initrd(init.readAllBytes()));
    }
    String uri = "unix:" + folder.resolve("socket-asleep");
    try (RunningGuest source = new RunningGuest(machine("pc").initrd(sleeper));
        RunningGuest target = new RunningGuest(machine("pc").initrd(sleeper).incoming(uri))) {
      source.awaitAsleep();
      migrate(source, uri);
      target.awaitState(RunState.SUSPENDED);
      source.awaitState(RunState.POSTMIGRATE);
      target.wakeUp();
      target.awaitSaid("THESPIS awake", 1);
      target.awaitAsleep();
      target.assertNothingWrong();
    }
  }

  /// It counts on where it was, and its time does not go back.
  private static void goesOn(String console) {
    List<MatchResult> ticks;
    try (Stream<MatchResult> all = TICK.matcher(console).results()) {
      ticks = all.toList();
    }
    double time = 0;
    for (int i = 0; i < ticks.size(); i++) {
      assertEquals(i + 1, Integer.parseInt(ticks.get(i).group(1)));
      double now = Double.parseDouble(ticks.get(i).group(2));
      assertTrue(now >= time, () -> "the guest's time goes back: " + console);
      time = now;
    }
  }
}
