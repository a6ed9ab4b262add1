package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.TestProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.InspectCommands;
import thespis.qmp.command.MemoryCommands.Memsave;
import thespis.qmp.command.MemoryCommands.Pmemsave;
import thespis.qmp.command.StatusCommands.HumanReadableText;
import thespis.qmp.command.TraceCommands;

/// Commands that look into a machine: its memory to a file, `x-query-`. Texts are those of QEMU 7.2.
class InspectCommandsTest {
  /// More than is copied at once.
  private static final long SIZE = (1 << 20) + 100;

  private static final long FROM = 0xE_0000;

  @TempDir
  static Path folder;

  private static Machine machine;
  private static TestProbe<QmpReply> client;

  @BeforeAll
  static void start() throws Exception {
    machine = Machine.builder().board("pc").smp(1, 2).memory(16 << 20).paused().start();
    client = TestProbe.create(machine.system());
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  private static QmpReply ask(BoardCommand<?> command) {
    machine.board().tell(new QmpRequest(command, client.ref()));
    return client.receiveMessage(Duration.ofSeconds(30));
  }

  private static String refusal(BoardCommand<?> command) {
    return ((QmpReply.Fail) ask(command)).desc();
  }

  private static String text(BoardCommand<?> command) {
    return ((HumanReadableText) ((QmpReply.Ok) ask(command)).value()).humanReadableText();
  }

  @Test
  void memoryIsSavedAsTheProcessorAndAsTheBoardSeeIt() throws IOException {
    Path seen = folder.resolve("virtual");
    Path real = folder.resolve("physical");
    ask(new Memsave(FROM, SIZE, seen.toString(), Optional.empty()));
    ask(new Pmemsave(FROM, SIZE, real.toString()));
    byte[] bytes = Files.readAllBytes(real);
    assertEquals(SIZE, bytes.length);
    assertArrayEquals(bytes, Files.readAllBytes(seen));
    assertEquals(0xFA, bytes[0xF_FFF0 - (int) FROM] & 0xFF, "the first instruction, of a board without firmware");
  }

  @Test
  void whatCantBeSavedIsRefusedInQemusWords() {
    assertEquals("Could not open '/nosuch/file': No such file or directory",
        refusal(new Memsave(0, 16, "/nosuch/file", Optional.empty())));
    assertEquals("Parameter 'cpu-index' expects a CPU number",
        refusal(new Memsave(0, 16, folder.resolve("x").toString(), Optional.of(1L))));
  }

  @Test
  void infoTextsAreForProgramsToo() {
    assertEquals("0 nodes\n", text(new InspectCommands.XQueryNuma()));
    assertEquals("              Block Name    PSize              Offset               Used              Total\n"
        + "                  pc.ram    4 KiB  0x0000000000000000 0x0000000001000000 0x0000000001000000\n",
        text(new InspectCommands.XQueryRamblock()));
    assertEquals("IRQ statistics for ioapic:\n", text(new InspectCommands.XQueryIrq()).substring(0, 27));
  }

  @Test
  void thereIsNothingToTrace() {
    assertEquals("unknown event \"x\"", refusal(new TraceCommands.TraceEventGetState("x", Optional.empty())));
    assertEquals("invalid vCPU index 1", refusal(new TraceCommands.TraceEventGetState("x", Optional.of(1L))));
  }
}
