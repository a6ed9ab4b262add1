package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RunState;
import thespis.hotplug.UnplugState;
import thespis.qmp.QmpEvent;
import thespis.qmp.QmpEvents;
import thespis.qmp.QmpMessage;
import thespis.qmp.QmpReply;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.MigrationCommands;
import thespis.qmp.command.MigrationCommands.CapabilityStatus;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.command.MigrationCommands.MigrationInfo;
import thespis.qmp.command.MigrationCommands.MigrationStatus;
import thespis.qmp.command.ReplicationCommands;
import thespis.qmp.command.SocketAddress;
import thespis.qmp.command.StatusCommands;

/// Machines with the tiny guest that move from one to the other, or fail to. What clients see of it was watched on QEMU 7.2.
@Timeout(60)
class MovingMachineTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir
  static Path folder;

  private static Path guest;

  @BeforeAll
  static void copyGuest() throws IOException {
    guest = folder.resolve("tiny.elf");
    try (InputStream in = Machine.class.getResourceAsStream("demo/tiny.elf")) {
      Files.copy(in, guest);
    }
  }

  private static MachineBuilder tiny() {
    return Machine.builder().board("pc").smp(1, 4).memory(32L << 20).kernel(guest);
  }

  private static MachineBuilder with(MachineBuilder builder, int slot) {
    return builder.device(Map.of(
        "driver", "qemu64-x86_64-cpu", "id", "cpu" + slot, "socket-id", 0L, "core-id", (long) slot, "thread-id", 0L));
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static QmpReply qmp(Machine machine, BoardCommand<?> command) {
    return get(machine.qmp(command));
  }

  private static QmpReply migrate(Machine machine, String uri) {
    return qmp(machine, new MigrationCommands.Migrate(
        uri, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static MigrationInfo info(Machine machine) {
    return (MigrationInfo) ((QmpReply.Ok) qmp(machine, new MigrationCommands.QueryMigrate())).value();
  }

  /// What a client with the capability `events` hears.
  private static final class Client {
    private final BlockingQueue<QmpEvent> events = new LinkedBlockingQueue<>();

    Client(Machine machine) {
      qmp(machine, new MigrationCommands.MigrateSetCapabilities(
          List.of(new CapabilityStatus(MigrationCapability.EVENTS, true))));
      ActorRef<QmpEvents.Notice> ear = machine.system().systemActorOf(
          Behaviors.receiveMessage(notice -> {
            events.add(notice.event());
            return Behaviors.same();
          }), "client-" + System.nanoTime(), Props.empty());
      machine.board().tell(new QmpMessage.Subscribe(ear.unsafeUpcast()));
      get(machine.status());
    }

    List<QmpEvent> until(QmpEvent last) throws InterruptedException {
      List<QmpEvent> heard = new ArrayList<>();
      while (heard.isEmpty() || !heard.getLast().equals(last)) {
        heard.add(next());
      }
      return heard;
    }

    QmpEvent next() throws InterruptedException {
      QmpEvent event = events.poll(20, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no more events");
      }
      return event;
    }
  }

  private static QmpEvent is(MigrationStatus status) {
    return new QmpEvent.Migration(status);
  }

  private static QmpEvent pass(long number) {
    return new QmpEvent.MigrationPass(number);
  }

  @Test
  void aGuestGoesOnElsewhereWithItsCpus() throws InterruptedException {
    String uri = "unix:" + folder.resolve("moves");
    try (Machine source = tiny().start(); Machine target = with(tiny(), 2).incoming("defer").start()) {
      get(source.addCpu(2));
      get(source.online(2, LIMIT));
      Client there = new Client(target);
      assertEquals(QmpReply.fail("Guest is waiting for an incoming migration"), migrate(target, "exec:cat"));
      assertEquals(QmpReply.fail("unknown migration protocol: x:y"),
          qmp(target, new MigrationCommands.MigrateIncoming("x:y")));
      assertEquals(QmpReply.done(), qmp(target, new MigrationCommands.MigrateIncoming(uri)));
      assertEquals(QmpReply.fail("The incoming migration has already been started"),
          qmp(target, new MigrationCommands.MigrateIncoming(uri)));
      assertEquals(RunState.INMIGRATE, get(target.status()));
      Client here = new Client(source);
      assertEquals(QmpReply.done(), migrate(source, uri));
      assertEquals(
          List.of(is(MigrationStatus.SETUP), pass(1), is(MigrationStatus.ACTIVE), new QmpEvent.Stop(), pass(2),
              is(MigrationStatus.COMPLETED)),
          here.until(is(MigrationStatus.COMPLETED)));
      assertEquals(
          List.of(is(MigrationStatus.SETUP), is(MigrationStatus.SETUP), is(MigrationStatus.ACTIVE), new QmpEvent.Resume(),
              is(MigrationStatus.COMPLETED)),
          there.until(is(MigrationStatus.COMPLETED)));
      assertEquals(RunState.POSTMIGRATE, get(source.status()));
      assertEquals(RunState.RUNNING, get(target.status()));
      assertEquals(Optional.of(MigrationStatus.COMPLETED), info(target).status());
      assertEquals(0, info(source).ram().orElseThrow().remaining());
      assertEquals(QmpReply.fail("Can't migrate the vm that was paused due to previous migration"), migrate(source, uri));
      get(target.removeCpu("cpu2", LIMIT));
      get(target.addCpu(3));
      assertTrue(get(target.online(3, LIMIT)).online());
      get(source.cont());
      get(source.removeCpu("cpu2", LIMIT));
      get(target.reset());
      get(target.addCpu(1));
      assertTrue(get(target.online(1, LIMIT)).online(), "it boots from its own files");
    }
  }

  /// With the machine its threads end.
  @Test
  void aMachineThatWaitsCanEnd() throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    for (String uri : List.of("unix:" + folder.resolve("waits"), "exec:sleep 1000; true", "defer")) {
      try (Machine target = tiny().incoming(uri).start()) {
        assertEquals(RunState.INMIGRATE, get(target.status()));
      }
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!before.contains(thread) && thread.getName().endsWith("/migration")) {
        thread.join(10_000);
        assertFalse(thread.isAlive());
      }
    }
  }

  /// The guest has not looked yet, so that it does so on the other machine.
  @Test
  void aCpuThatIsJustComingComesOnTheOtherMachine() {
    String uri = "unix:" + folder.resolve("coming");
    try (Machine source = tiny().start(); Machine target = with(tiny(), 1).incoming(uri).start()) {
      get(source.stop());
      get(source.addCpu(1));
      assertEquals(QmpReply.done(), migrate(source, uri));
      await(target, RunState.PAUSED);
      get(target.cont());
      assertTrue(get(target.online(1, LIMIT)).online());
      get(target.removeCpu("cpu1", LIMIT));
    }
  }

  @Test
  void whatIsCancelledGoesOnHere() throws Exception {
    try (Machine source = tiny().start()) {
      get(source.addCpu(1));
      get(source.online(1, LIMIT));
      qmp(source, bandwidth(4096));
      Client client = new Client(source);
      Path file = folder.resolve("cancelled");
      assertEquals(QmpReply.done(), migrate(source, "exec:cat > " + file));
      client.until(is(MigrationStatus.ACTIVE));
      assertEquals("device_add not allowed while migrating", refused(source.addCpu(2)));
      assertEquals("device_del not allowed while migrating", refused(source.removeDevice("cpu1")));
      assertEquals(QmpReply.fail("There's a migration process in progress"), migrate(source, "exec:cat"));
      assertEquals(Optional.of(MigrationStatus.ACTIVE), info(source).status());
      assertTrue(info(source).ram().orElseThrow().remaining() > 0);
      assertEquals(QmpReply.done(), qmp(source, new MigrationCommands.MigrateCancel()));
      assertEquals(List.of(is(MigrationStatus.CANCELLING), is(MigrationStatus.CANCELLED)),
          client.until(is(MigrationStatus.CANCELLED)));
      assertEquals(new MigrationInfo(Optional.of(MigrationStatus.CANCELLED)), info(source));
      get(source.removeCpu("cpu1", LIMIT));
    }
  }

  private static MigrationCommands.MigrateSetParameters bandwidth(long bytes) throws Exception {
    return (MigrationCommands.MigrateSetParameters) CommandTable.find("migrate-set-parameters")
        .decode(new ObjectMapper().readTree("{\"max-bandwidth\": " + bytes + "}"));
  }

  /// Whoever takes the stream does not end: clients are answered, and nothing is lost when one gives up.
  @Test
  void whoeverIsSlowHoldsNobodyUp() throws InterruptedException {
    try (Machine source = tiny().start()) {
      Client client = new Client(source);
      assertEquals(QmpReply.done(), migrate(source, "exec:cat > /dev/null; sleep 1000; true"));
      client.until(pass(2));
      assertEquals(RunState.FINISH_MIGRATE, get(source.status()));
      assertEquals(QmpReply.fail("Migration is not finalized yet"), qmp(source, new StatusCommands.Cont()));
      assertEquals(QmpReply.done(), qmp(source, new MigrationCommands.MigrateCancel()));
      client.until(is(MigrationStatus.CANCELLED));
      assertEquals(RunState.RUNNING, get(source.status()));
      get(source.addCpu(1));
      assertTrue(get(source.online(1, LIMIT)).online());
    }
  }

  @Test
  void whatFailsGoesOnHere() throws InterruptedException {
    List<MachineEvent> heard = new CopyOnWriteArrayList<>();
    try (Machine source = tiny().listener(heard::add).start()) {
      Client client = new Client(source);
      assertEquals(new MigrationInfo(Optional.empty()), info(source));
      assertEquals(QmpReply.fail("Parameter 'uri' expects a valid migration protocol"), migrate(source, "bogus"));
      assertEquals(new MigrationInfo(Optional.of(MigrationStatus.FAILED)), info(source));
      assertEquals(List.of(is(MigrationStatus.SETUP), is(MigrationStatus.FAILED)), client.until(is(MigrationStatus.FAILED)));
      assertEquals(QmpReply.fail("File descriptor named 'nosuch' has not been found"), migrate(source, "fd:nosuch"));
      assertEquals(QmpReply.fail("error parsing address 'x'"), migrate(source, "tcp:x"));
      assertEquals(QmpReply.fail("'-incoming' was not specified on the command line"),
          qmp(source, new MigrationCommands.MigrateIncoming("tcp:0:1")));
      client.until(is(MigrationStatus.FAILED));
      client.until(is(MigrationStatus.FAILED));
      migrate(source, "unix:" + folder.resolve("nobody"));
      client.until(is(MigrationStatus.FAILED));
      String text = "Failed to connect to '" + folder.resolve("nobody") + "': No such file or directory";
      assertEquals(Optional.of(text), info(source).errorDesc());
      while (!heard.contains(new MachineEvent.Reported(text))) {
        Thread.onSpinWait();
      }
      migrate(source, "exec:exit 3");
      client.until(is(MigrationStatus.FAILED));
      assertTrue(info(source).errorDesc().orElseThrow().startsWith("Unable to write to command: "));
      await(source, RunState.RUNNING);
    }
  }

  @Test
  void aMachineThatGetsWhatItCannotUseEnds() throws IOException, InterruptedException {
    Path file = folder.resolve("state");
    try (Machine source = tiny().start()) {
      Client client = new Client(source);
      migrate(source, "exec:cat > " + file);
      client.until(is(MigrationStatus.COMPLETED));
    }
    byte[] sound = Files.readAllBytes(file);
    ends(tiny(), file, text -> text.isEmpty());
    ends(tiny().memory(64L << 20), file, text -> text.startsWith("Size mismatch: pc.ram: 0x2000000 != 0x4000000"));
    ends(with(tiny(), 1), file, text -> text.startsWith("CPU 1 is not in the stream."));
    ends(tiny().board("q35"), file, text -> text.startsWith("Machine type received is"));
    ends(tiny().cpu("qemu64,+avx"), file, text -> text.endsWith("but with other features"));
    ends(tiny().cpu("max"), file, text -> text.startsWith("CPU type received is"));
    Random random = new Random(5);
    for (int n = 0; n < 4; n++) {
      byte[] damaged = n % 2 == 0 ? Arrays.copyOf(sound, random.nextInt(sound.length)) : sound.clone();
      if (n % 2 != 0) {
        damaged[random.nextInt(sound.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path other = Files.write(folder.resolve("damaged"), damaged);
      ends(tiny(), other, text -> !text.isEmpty());
    }
  }

  /// With a check sum that is right, as who means harm would see to.
  @Test
  void aMachineThatGetsSomethingWildEndsOrGoesOnSomehow() throws IOException, InterruptedException {
    Path file = folder.resolve("tame");
    try (Machine source = tiny().start()) {
      get(source.addCpu(1));
      get(source.online(1, LIMIT));
      Client client = new Client(source);
      migrate(source, "exec:cat > " + file);
      client.until(is(MigrationStatus.COMPLETED));
    }
    byte[] sound = Files.readAllBytes(file);
    int devices = indexOf(sound, "clock");
    assertTrue(devices > 0);
    Random random = new Random(6);
    for (int n = 0; n < 16; n++) {
      byte[] wild = sound.clone();
      for (int i = 0; i < 3 + n; i++) {
        wild[devices + random.nextInt(sound.length - devices - 5)] ^= (byte) (1 << random.nextInt(8));
      }
      CRC32C sum = new CRC32C();
      sum.update(wild, 0, wild.length - 5);
      ByteBuffer.wrap(wild).putInt(wild.length - 4, (int) sum.getValue());
      Path other = Files.write(folder.resolve("wild"), wild);
      try (Machine target = with(tiny(), 1).incoming("exec:cat " + other).start()) {
        if (goesOn(target)) {
          assertEquals(2, get(target.cpus()).size());
        } else {
          assertEquals(1, get(target.exit()));
        }
      }
    }
  }

  /// Waits until it does, or ends.
  private static boolean goesOn(Machine target) {
    try {
      while (get(target.status()) == RunState.INMIGRATE) {
        Thread.onSpinWait();
      }
      return true;
    } catch (CompletionException e) {
      return false; // nobody is there to answer
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("\1\5" + text);
  }

  /// Empty if it goes on.
  private static void ends(MachineBuilder builder, Path file, Predicate<String> said) {
    List<String> reports = new CopyOnWriteArrayList<>();
    Machine target = builder.incoming("exec:cat " + file).listener(event -> {
      if (event instanceof MachineEvent.Reported(String text)) {
        reports.add(text);
      }
    }).start();
    try (target) {
      if (goesOn(target)) {
        assertTrue(said.test(""));
        return;
      }
      assertEquals(1, get(target.exit()));
    }
    assertEquals("load of migration failed: Invalid argument", reports.get(1));
    assertTrue(said.test(reports.getFirst()), reports.toString());
  }

  /// All but its memory, which nobody changes in between.
  @Test
  void devicesAreSavedAndLoadedAlone() throws InterruptedException {
    String file = folder.resolve("devices").toString();
    try (Machine machine = tiny().start()) {
      get(machine.addCpu(1));
      get(machine.online(1, LIMIT));
      Client client = new Client(machine);
      assertEquals(QmpReply.done(), qmp(machine, new ReplicationCommands.XenSaveDevicesState(file, Optional.empty())));
      assertEquals(List.of(new QmpEvent.Stop(), new QmpEvent.Resume()), client.until(new QmpEvent.Resume()));
      assertEquals(QmpReply.fail("Cannot update device state while vm is running"),
          qmp(machine, new ReplicationCommands.XenLoadDevicesState(file)));
      get(machine.stop());
      assertEquals(QmpReply.done(), qmp(machine, new ReplicationCommands.XenSaveDevicesState(file, Optional.empty())));
      assertEquals(RunState.PAUSED, get(machine.status()));
      assertEquals(QmpReply.done(), qmp(machine, new ReplicationCommands.XenLoadDevicesState(file)));
      assertEquals(QmpReply.fail("An IO error has occurred"),
          qmp(machine, new ReplicationCommands.XenLoadDevicesState(guest.toString())));
      assertEquals(QmpReply.fail("Unable to open /nosuch/file: No such file or directory"),
          qmp(machine, new ReplicationCommands.XenLoadDevicesState("/nosuch/file")));
      assertEquals(RunState.PAUSED, get(machine.status()));
      get(machine.cont());
      get(machine.removeCpu("cpu1", LIMIT));
    }
  }

  @Test
  void anAddressThatIsNoneKeepsTheMachineFromStarting() {
    MachineException refused =
        assertThrows(MachineException.class, () -> tiny().incoming("unix:/nosuch/socket").start());
    assertEquals(
        "-incoming unix:/nosuch/socket: Failed to bind socket to /nosuch/socket: No such file or directory",
        refused.getMessage());
  }

  /// Whoever waits may say whether it is to go on by itself.
  @Test
  void aMachineThatWaitsIsToldWhatToDoThen() throws InterruptedException {
    Path file = folder.resolve("later");
    try (Machine source = tiny().start()) {
      Client client = new Client(source);
      migrate(source, "exec:cat > " + file);
      client.until(is(MigrationStatus.COMPLETED));
    }
    try (Machine paused = tiny().incoming("defer").start(); Machine goes = tiny().paused().incoming("defer").start()) {
      get(paused.stop());
      get(goes.cont());
      assertEquals(RunState.INMIGRATE, get(goes.status()));
      qmp(paused, new MigrationCommands.MigrateIncoming("exec:cat " + file));
      qmp(goes, new MigrationCommands.MigrateIncoming("exec:cat " + file));
      await(paused, RunState.PAUSED);
      await(goes, RunState.RUNNING);
    }
  }

  /// Nothing is lost or added on the way: what a machine says of itself it says wherever it is.
  @Test
  void aMachineThatMovesOnSendsWhatItGot() throws IOException, InterruptedException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    try (Machine source = tiny().start()) {
      get(source.addCpu(3));
      get(source.online(3, LIMIT));
      get(source.stop());
      get(source.addCpu(1));
      get(source.removeDevice("cpu3"));
      migrate(source, "exec:cat > " + first);
      await(source, RunState.POSTMIGRATE);
    }
    try (Machine between = with(with(tiny(), 3), 1).incoming("exec:cat " + first).start()) {
      await(between, RunState.PAUSED);
      migrate(between, "exec:cat > " + second);
      await(between, RunState.POSTMIGRATE);
    }
    assertEquals(-1, Files.mismatch(first, second));
    try (Machine target = with(with(tiny(), 3), 1).incoming("exec:cat " + second).start()) {
      await(target, RunState.PAUSED);
      get(target.cont());
      assertTrue(get(target.online(1, LIMIT)).online());
      assertEquals(UnplugState.DONE, get(target.awaitUnplug("cpu3", LIMIT)).state());
    }
  }

  @Test
  void theLastStepWaitsIfItIsToldTo() throws InterruptedException {
    try (Machine source = tiny().start(); Machine target = tiny().incoming("defer").start()) {
      qmp(target, new MigrationCommands.MigrateIncoming("tcp:127.0.0.1:0"));
      SocketAddress.Inet there =
          (SocketAddress.Inet) info(target).socketAddress().orElseThrow().getFirst();
      Client client = new Client(source);
      qmp(source, new MigrationCommands.MigrateSetCapabilities(
          List.of(new CapabilityStatus(MigrationCapability.PAUSE_BEFORE_SWITCHOVER, true))));
      assertEquals(QmpReply.fail("Migration not in expected state: none"), goOn(source));
      assertEquals(QmpReply.done(), qmp(source, new MigrationCommands.MigrateContinue(MigrationStatus.NONE)));
      migrate(source, "tcp:" + there.host() + ":" + there.port());
      client.until(is(MigrationStatus.PRE_SWITCHOVER));
      assertEquals(RunState.FINISH_MIGRATE, get(source.status()));
      assertEquals(QmpReply.done(), goOn(source));
      assertEquals(List.of(is(MigrationStatus.DEVICE), pass(2), is(MigrationStatus.COMPLETED)),
          client.until(is(MigrationStatus.COMPLETED)));
      await(target, RunState.RUNNING);
    }
  }

  private static QmpReply goOn(Machine machine) {
    return qmp(machine, new MigrationCommands.MigrateContinue(MigrationStatus.PRE_SWITCHOVER));
  }

  /// Wherever it has come to.
  @Test
  void cancellingAtAnyMomentLeavesTheMachineRunning() throws Exception {
    Random random = new Random(9);
    try (Machine source = tiny().start()) {
      Client client = new Client(source);
      for (int n = 0; n < 30; n++) {
        migrate(source, "exec:cat > /dev/null");
        for (int i = random.nextInt(40); i > 0; i--) {
          get(source.status());
        }
        qmp(source, new MigrationCommands.MigrateCancel());
        QmpEvent end = null;
        while (!is(MigrationStatus.CANCELLED).equals(end) && !is(MigrationStatus.COMPLETED).equals(end)) {
          end = client.next();
        }
        if (is(MigrationStatus.COMPLETED).equals(end)) {
          get(source.cont());
        }
        await(source, RunState.RUNNING);
      }
      get(source.addCpu(1));
      assertTrue(get(source.online(1, LIMIT)).online());
    }
  }

  /// What is put into memory then is sent as well.
  @Test
  void aMachineThatIsResetOnItsWayBootsOnTheOtherSide() throws Exception {
    String uri = "unix:" + folder.resolve("reset");
    try (Machine source = tiny().start(); Machine target = tiny().incoming(uri).start()) {
      qmp(source, bandwidth(4096));
      Client client = new Client(source);
      migrate(source, uri);
      client.until(is(MigrationStatus.ACTIVE));
      get(source.reset());
      qmp(source, bandwidth(0));
      client.until(is(MigrationStatus.COMPLETED));
      await(target, RunState.RUNNING);
      get(target.addCpu(2));
      assertTrue(get(target.online(2, LIMIT)).online());
    }
  }

  private static void await(Machine machine, RunState state) {
    while (get(machine.status()) != state) {
      Thread.onSpinWait();
    }
  }

  private static String refused(CompletionStage<?> stage) {
    return assertThrows(CompletionException.class, () -> get(stage)).getCause().getMessage();
  }
}
