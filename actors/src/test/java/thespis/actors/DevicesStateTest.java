package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.TestProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import thespis.hotplug.RunState;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.ReplicationCommands.XenLoadDevicesState;
import thespis.qmp.command.ReplicationCommands.XenSaveDevicesState;
import thespis.qmp.command.StatusCommands;

/// A machine's devices to a file and from one. Texts are those of QEMU 7.2.
class DevicesStateTest {
  /// Which interrupts the first 8259A lets through.
  private static final int MASK = 0x21;

  @TempDir
  Path folder;

  private final Machine machine = Machine.builder().board("pc").smp(1, 2).memory(16 << 20).paused().start();
  private TestProbe<QmpReply> client;

  @BeforeEach
  void connect() {
    client = TestProbe.create(machine.system());
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private String ask(BoardCommand<?> command) {
    machine.board().tell(new QmpRequest(command, client.ref()));
    return client.receiveMessage(Duration.ofSeconds(30)) instanceof QmpReply.Fail fail ? fail.desc() : "";
  }

  private String save(String name) {
    return ask(new XenSaveDevicesState(name, Optional.empty()));
  }

  private String load(String name) {
    return ask(new XenLoadDevicesState(name));
  }

  private String mask() {
    return machine.look(0, cpu -> Long.toString(cpu.in(MASK, 1))).toCompletableFuture().join();
  }

  private void mask(int value) {
    machine.look(0, cpu -> String.valueOf(cpu.out(MASK, 1, value))).toCompletableFuture().join();
  }

  @Test
  void devicesAreWhatTheyWereWhenTheyWereSaved() {
    String file = folder.resolve("state").toString();
    mask(0x55);
    assertEquals("", save(file));
    mask(0xAA);
    assertEquals("", load(file));
    assertEquals("85", mask());
    assertEquals(RunState.PRELAUNCH, machine.status().toCompletableFuture().join());
  }

  @Test
  void aMachineThatRunsStandsStillToBeSavedAndIsNotLoaded() {
    String file = folder.resolve("state").toString();
    ask(new StatusCommands.Cont());
    assertEquals("", save(file));
    assertEquals(RunState.RUNNING, machine.status().toCompletableFuture().join());
    assertEquals("Cannot update device state while vm is running", load(file));
    ask(new StatusCommands.Stop());
    assertEquals("", load(file));
    assertEquals(RunState.PAUSED, machine.status().toCompletableFuture().join());
  }

  @Test
  void aFileThatIsNoneAndOneThatIsNoStateAreRefused() throws IOException {
    assertEquals("Unable to open /nosuch/x: No such file or directory", save("/nosuch/x"));
    assertEquals("Unable to open : No such file or directory", save(""));
    assertEquals("Unable to open " + folder + ": Is a directory", save(folder.toString()));
    assertEquals("An IO error has occurred", save("/dev/full"));
    assertEquals("Unable to open /nosuch/x: No such file or directory", load("/nosuch/x"));
    Path other = folder.resolve("other");
    Files.writeString(other, "hello");
    assertEquals("An IO error has occurred", load(other.toString()));
  }
}
