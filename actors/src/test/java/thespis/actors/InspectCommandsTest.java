package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.TestProbe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.hotplug.RunState;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.InspectCommands;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.command.MemoryCommands.DumpFormat;
import thespis.qmp.command.MemoryCommands.DumpGuestMemory;
import thespis.qmp.command.MemoryCommands.DumpQueryResult;
import thespis.qmp.command.MemoryCommands.DumpStatus;
import thespis.qmp.command.MemoryCommands.Memsave;
import thespis.qmp.command.MemoryCommands.Pmemsave;
import thespis.qmp.command.StatusCommands.HumanReadableText;
import thespis.qmp.command.StatusCommands;
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
  void aDumpThatIsRefusedKeepsNoFileOpen() throws IOException {
    Path core = folder.resolve("refused");
    assertEquals("Invalid parameter 'length'",
        refusal(dump("file:" + core, Optional.of(0L), Optional.of(0L), DumpFormat.ELF)));
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      assertEquals(0, all.filter(fd -> leadsTo(fd, core)).count());
    }
  }

  private static boolean leadsTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file);
    } catch (IOException e) {
      return false; // it was closed meanwhile
    }
  }

  @Test
  void aDumpIsACoreFileOfAllMemoryAndOfEachProcessor() throws IOException {
    Path core = folder.resolve("core");
    Path real = folder.resolve("all");
    ask(new Pmemsave(0, 16 << 20, real.toString()));
    assertEquals(QmpReply.done(), ask(dump("file:" + core, Optional.empty(), Optional.empty(), DumpFormat.ELF)));
    ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(core)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0x464C_457F, elf.getInt(0));
    assertEquals(4, elf.getShort(16), "a core file");
    int segments = (int) elf.getLong(32);
    int notes = (int) elf.getLong(segments + 8);
    assertEquals(1, elf.getInt(notes + 20 + 24), "the status of the first processor");
    assertEquals(0xFFF0, elf.getInt(notes + 20 + 72 + 12 * 4), "its EIP at reset");
    int state = notes + 20 + 144;
    assertEquals(440, elf.getInt(state + 4), "bytes of the state in QEMU's note");
    assertEquals(0xF_0000, elf.getLong(state + 20 + 8 + 18 * 8 + 16), "the base of CS, of a board without firmware");
    int memory = (int) elf.getLong(segments + 56 + 8);
    byte[] bytes = new byte[16 << 20];
    elf.get(memory, bytes);
    assertArrayEquals(Files.readAllBytes(real), bytes);
    DumpQueryResult result = (DumpQueryResult) ((QmpReply.Ok) ask(new MemoryCommands.QueryDump())).value();
    assertEquals(new DumpQueryResult(DumpStatus.COMPLETED, 16 << 20, 16 << 20), result);
  }

  @Test
  void aMachineThatRunsStandsStillForItsDumpAndGoesOn() {
    ask(new StatusCommands.Cont());
    Path core = folder.resolve("running");
    assertEquals(QmpReply.done(), ask(dump("file:" + core, Optional.of(0L), Optional.of(1L), DumpFormat.ELF)));
    assertEquals(new QmpReply.Ok(StatusCommands.StatusInfo.of(RunState.RUNNING)), ask(new StatusCommands.QueryStatus()));
    ask(new StatusCommands.Stop());
  }

  @Test
  void aPartOfTheMemoryIsDumped() throws IOException {
    Path core = folder.resolve("part");
    ask(dump("file:" + core, Optional.of(0xE_0001L), Optional.of(10L), DumpFormat.ELF));
    ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(core)).order(ByteOrder.LITTLE_ENDIAN);
    int load = (int) elf.getLong(32) + 56;
    assertEquals(0xE_0001L, elf.getLong(load + 24));
    assertEquals(10, elf.getLong(load + 32));
  }

  @ParameterizedTest(name = "{0} {1} {2} {3} -> {4}")
  @CsvSource(delimiter = '|', textBlock = """
      file:/nosuch/x | | | ELF | Could not open '/nosuch/x': No such file or directory
      fd:nosuch | | | ELF | File descriptor named 'nosuch' has not been found
      nosuch | | | ELF | Invalid parameter 'protocol'
      file:/dev/null | 0 | | ELF | Parameter 'length' is missing
      file:/dev/null | | 0 | ELF | Parameter 'begin' is missing
      file:/dev/null | 0 | 0 | ELF | Invalid parameter 'length'
      file:/dev/null | -1 | 1 | ELF | Invalid parameter 'begin'
      file:/dev/null | 1099511627776 | 1 | ELF | dump: no guest memory to dump
      file:/dev/null | 0 | 1 | KDUMP_ZLIB | kdump-compressed format doesn't support paging or filter
      file:/dev/null | | | KDUMP_LZO | kdump-lzo is not available now
      file:/dev/null | | | WIN_DMP | win-dump: invalid vmcoreinfo note size
      """)
  void whatCantBeDumpedIsRefusedInQemusWords(
      String protocol, Long begin, Long length, DumpFormat format, String text) {
    assertEquals(text, refusal(dump(protocol, Optional.ofNullable(begin), Optional.ofNullable(length), format)));
  }

  private static DumpGuestMemory dump(
      String protocol, Optional<Long> begin, Optional<Long> length, DumpFormat format) {
    return new DumpGuestMemory(false, protocol, Optional.empty(), begin, length, Optional.of(format));
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
