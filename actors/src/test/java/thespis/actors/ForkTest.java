package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorSystem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.RunState;
import thespis.hotplug.UnplugState;
import thespis.qmp.QmpReply;
import thespis.qmp.command.MachineCommands;
import thespis.qmp.command.MigrationCommands;
import thespis.qmp.command.SnapshotCommands;

/// Machines with the tiny guest, which starts and stops CPUs as they come and go, and forks of them.
@Timeout(60)
class ForkTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir
  static Path folder;

  private static Path guest;
  private static ActorSystem<?> system;

  /// Of a machine with CPUs 0 and 1.
  private static Path saved;

  @BeforeAll
  static void prepare() throws IOException {
    guest = folder.resolve("tiny.elf");
    try (InputStream in = Machine.class.getResourceAsStream("demo/tiny.elf")) {
      Files.copy(in, guest);
    }
    system = Machine.newSystem();
    saved = folder.resolve("saved");
    try (Machine parent = tiny().start(); MachineSnapshot snapshot = get(parent.snapshot())) {
      snapshot.save(saved);
    }
  }

  @AfterAll
  static void end() {
    system.terminate();
  }

  private static MachineBuilder tiny() {
    return Machine.builder().system(system).name("first").smp(2, 4).memory(32L << 20).kernel(guest);
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static String refused(CompletionStage<?> stage) {
    return assertThrows(CompletionException.class, () -> get(stage)).getCause().getMessage();
  }

  private static void plug(Machine machine, int slot) {
    get(machine.addCpu(slot));
    assertTrue(get(machine.online(slot, LIMIT)).online());
  }

  private static List<Integer> slots(Machine machine) {
    return get(machine.cpus()).stream().map(cpu -> cpu.slot().index()).toList();
  }

  /// CPU 1, which was there at power-on, is gone; CPU 3 has come.
  private static Machine changed() {
    Machine machine = tiny().start();
    assertTrue(get(machine.online(1, LIMIT)).online());
    plug(machine, 3);
    String path = get(machine.cpus()).get(1).qomPath();
    get(machine.removeCpu(path, LIMIT));
    return machine;
  }

  @Test
  void forksHaveTheCpusOfTheirParentAndThenTheirOwn() {
    try (Machine parent = changed(); MachineSnapshot snapshot = get(parent.snapshot());
        Machine one = snapshot.fork("one").start(); Machine two = snapshot.fork("two").start()) {
      assertTrue(snapshot.bytes() > 0);
      assertEquals(RunState.RUNNING, get(parent.status()));
      assertEquals(RunState.RUNNING, get(one.status()));
      assertEquals(List.of(0, 3), slots(one));
      CpuInfo added = get(one.cpus()).get(1);
      assertTrue(added.online());
      assertEquals("/machine/peripheral/cpu3", added.qomPath());
      get(one.removeCpu("cpu3", LIMIT));
      plug(one, 1);
      plug(two, 2);
      plug(parent, 1);
      plug(parent, 2);
      assertEquals(List.of(0, 1), slots(one));
      assertEquals(List.of(0, 3, 2), slots(two));
      assertEquals(List.of(0, 3, 1, 2), slots(parent));
      get(one.reset());
      assertTrue(get(one.online(1, LIMIT)).online());
    }
  }

  /// What both would save is the same, byte by byte, however often it was forked.
  @Test
  void aForkIsWhatItsParentWas() throws IOException {
    Path first = folder.resolve("first.snapshot");
    Path second = folder.resolve("second.snapshot");
    try (Machine parent = changed()) {
      get(parent.stop());
      get(parent.addCpu(2));
      get(parent.removeDevice("cpu3"));
      try (MachineSnapshot snapshot = get(parent.snapshot()); Machine child = snapshot.fork("child").start();
          MachineSnapshot again = get(child.snapshot()); Machine grandchild = again.fork("grandchild").start();
          MachineSnapshot last = get(grandchild.snapshot())) {
        snapshot.save(first);
        last.save(second);
        assertEquals(-1, Files.mismatch(first, second));
        assertEquals(RunState.PAUSED, get(child.status()));
        get(grandchild.cont());
        assertTrue(get(grandchild.online(2, LIMIT)).online());
        assertEquals(UnplugState.DONE, get(grandchild.awaitUnplug("cpu3", LIMIT)).state());
        assertEquals(RunState.PAUSED, get(parent.status()));
        assertEquals(List.of(0, 3, 2), slots(parent));
      }
    }
  }

  /// Pages that it has from the snapshot and never touched are sent, too.
  @Test
  void aForkMigratesAsItsParentDoes() throws IOException {
    Path first = folder.resolve("first.stream");
    Path second = folder.resolve("second.stream");
    try (Machine parent = changed()) {
      get(parent.stop());
      try (MachineSnapshot snapshot = get(parent.snapshot()); Machine fork = snapshot.fork("fork").start()) {
        migrate(parent, first);
        migrate(fork, second);
        assertTrue(Files.size(second) > snapshot.bytes());
      }
    }
    assertEquals(-1, Files.mismatch(first, second));
  }

  private static void migrate(Machine machine, Path file) {
    assertEquals(QmpReply.done(), get(machine.qmp(new MigrationCommands.Migrate(
        "exec:cat > " + file, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))));
    while (get(machine.status()) != RunState.POSTMIGRATE) {
      Thread.onSpinWait();
    }
  }

  /// Wherever the coming or going of a CPU has come to, it comes to its end in the fork, which is forked next.
  /// `-Dthespis.soak.forks=10000` makes it a soak.
  @Test
  @Timeout(value = 7, unit = TimeUnit.DAYS)
  void whatIsUnderWayGoesOnInTheFork() {
    Random random = new Random(7);
    Machine machine = tiny().start();
    assertTrue(get(machine.online(1, LIMIT)).online());
    boolean here = false;
    for (int n = 0; n < Integer.getInteger("thespis.soak.forks", 12); n++) {
      CompletionStage<?> asked = here ? machine.removeDevice("cpu3") : machine.addCpu(3);
      get(asked);
      for (int i = random.nextInt(60); i > 0; i--) {
        get(machine.status());
      }
      MachineSnapshot snapshot = get(machine.snapshot());
      if (random.nextBoolean()) {
        machine.close();
      }
      Machine fork = snapshot.fork("fork").start();
      snapshot.close();
      machine.close();
      machine = fork;
      if (!here) {
        assertTrue(get(machine.online(3, LIMIT)).online());
      } else if (slots(machine).contains(3)) {
        assertEquals(UnplugState.DONE, get(machine.awaitUnplug("cpu3", LIMIT)).state());
      }
      here = !here;
      assertEquals(here ? List.of(0, 1, 3) : List.of(0, 1), slots(machine));
    }
    machine.close();
  }

  @Test
  void eachHasItsOwnIdentity() {
    UUID chosen = new UUID(1, 2);
    try (Machine parent = tiny().uuid(new UUID(3, 4)).start(); MachineSnapshot snapshot = get(parent.snapshot());
        Machine one = snapshot.fork("one").start(); Machine two = snapshot.fork("two").uuid(chosen).paused().start()) {
      assertNotEquals(id(parent), id(one));
      assertEquals(chosen.toString(), id(two));
      assertEquals(new QmpReply.Ok(new MachineCommands.NameInfo(Optional.of("two"))),
          get(two.qmp(new MachineCommands.QueryName())));
      assertEquals(RunState.PAUSED, get(two.status()));
    }
  }

  private static String id(Machine machine) {
    QmpReply reply = get(machine.qmp(new MachineCommands.QueryUuid()));
    return ((MachineCommands.UuidInfo) ((QmpReply.Ok) reply).value()).uuid();
  }

  @Test
  void parentSnapshotAndForksEndInAnyOrder() {
    Machine parent = tiny().start();
    assertTrue(get(parent.online(1, LIMIT)).online());
    MachineSnapshot snapshot = get(parent.snapshot());
    Machine one = snapshot.fork("one").start();
    Machine two = snapshot.fork("two").start();
    parent.close();
    plug(one, 2);
    snapshot.close();
    snapshot.close();
    one.close();
    plug(two, 3);
    two.close();
    assertEquals("the snapshot is closed",
        assertThrows(MachineException.class, () -> snapshot.fork("three").start()).getMessage());
    assertEquals("The machine has ended", refused(parent.snapshot()));
  }

  /// Neither memory nor descriptors nor threads, with systems of their own.
  @Test
  void nothingIsLeft() throws IOException, InterruptedException {
    Machine parent = Machine.builder().name("alone").memory(32L << 20).kernel(guest).start();
    try (parent; MachineSnapshot snapshot = get(parent.snapshot())) {
      assertEquals(0, mappings());
      try (Machine fork = snapshot.fork("alone-too").start()) {
        assertEquals(1, mappings());
        assertEquals(List.of(0), slots(fork));
      }
    }
    assertEquals(0, mappings());
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertEquals(0, descriptors.filter(fd -> leadsTo(fd, "thespis-ram")).count());
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("alone")) {
        assertTrue(thread.join(LIMIT), thread.getName() + " does not end");
      }
    }
  }

  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("memfd:thespis-ram")).count();
    }
  }

  private static boolean leadsTo(Path link, String text) {
    try {
      return Files.readSymbolicLink(link).toString().contains(text);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aFileIsForProcessesToGoOnFrom() throws IOException {
    Path file = folder.resolve("changed");
    try (Machine parent = changed()) {
      assertEquals(QmpReply.done(), get(parent.qmp(new SnapshotCommands.XThespisSnapshot(file.toString()))));
      assertEquals(RunState.RUNNING, get(parent.status()));
      assertEquals(QmpReply.fail("Could not write '/nosuch/file': No such file or directory"),
          get(parent.qmp(new SnapshotCommands.XThespisSnapshot("/nosuch/file"))));
    }
    try (Machine one = from(file).start();
        Machine two = from(file).device("", Map.of("driver", "qemu64-x86_64-cpu", "id", "cpu3", "core-id", 3L)).start()) {
      assertEquals(List.of(0, 3), slots(one));
      assertEquals("/machine/peripheral/cpu3", get(one.cpus()).get(1).qomPath());
      get(one.removeCpu("cpu3", LIMIT));
      plug(two, 1);
      assertEquals(List.of(0), slots(one));
      assertEquals(List.of(0, 3, 1), slots(two));
    }
  }

  private static MachineBuilder from(Path file) {
    return tiny().incoming("x-thespis-snapshot:" + file);
  }

  /// What is in a file, from an offset on, and what is said of it.
  @ParameterizedTest(name = "{2}")
  @CsvSource(textBlock = """
      0, 5448535000000001, this is no snapshot
      0, 5448535300000002, Unsupported snapshot version 2
      8, FFFFFFFFFFFFF000, the file is damaged
      8, 0000000000000000, Not a migration stream
      8, 0000000001000000, Not a migration stream
      """)
  void aDamagedFileIsRefused(int at, String hex, String why) throws IOException {
    Path file = copy("damaged");
    try (FileChannel to = FileChannel.open(file, StandardOpenOption.WRITE)) {
      to.write(ByteBuffer.allocate(8).putLong(Long.parseUnsignedLong(hex, 16)).flip(), at);
    }
    assertEquals("-incoming x-thespis-snapshot:" + file + ": " + why,
        assertThrows(MachineException.class, () -> from(file).start()).getMessage());
  }

  private static Path copy(String name) throws IOException {
    return Files.copy(saved, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Path file = copy("other");
    assertEquals("Size mismatch: pc.ram: 0x2000000 != 0x1000000: Invalid argument", wrong(from(file).memory(16 << 20)));
    assertEquals("Machine type received is 'pc-i440fx-7.2' and local is 'pc-q35-7.2'", wrong(from(file).board("q35")));
    assertEquals("Machine received has places for 4 CPUs and the local one for 5", wrong(from(file).smp(2, 5)));
    assertEquals("-incoming x-thespis-snapshot:/nosuch/file: No such file or directory",
        wrong(from(Path.of("/nosuch/file"))));
    try (FileChannel to = FileChannel.open(file, StandardOpenOption.WRITE)) {
      to.truncate(to.size() - 1);
    }
    assertEquals("-incoming x-thespis-snapshot:" + file + ": the stream ends too early", wrong(from(file)));
  }

  private static String wrong(MachineBuilder machine) {
    return assertThrows(MachineException.class, machine::start).getMessage();
  }

  @Test
  void aMachineWithoutStateHasNoSnapshot() {
    try (Machine waits = tiny().incoming("defer").start()) {
      assertEquals("Guest is waiting for an incoming migration", refused(waits.snapshot()));
    }
    try (Machine none = Machine.builder().system(system).board("none").start();
        MachineSnapshot snapshot = get(none.snapshot()); Machine fork = snapshot.fork("none-too").start()) {
      assertEquals(List.of(), slots(fork));
    }
  }
}
