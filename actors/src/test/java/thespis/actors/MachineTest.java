package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import akka.actor.typed.ActorSystem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.jit.TranslationFolder;
import thespis.cpu.run.Execution;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RunState;
import thespis.hotplug.UnplugState;

/// The Java API on real boards with the tiny guest, which takes and gives back CPUs as a kernel does.
class MachineTest {
  private final Set<Thread> before = Thread.getAllStackTraces().keySet();

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int CYCLES = Integer.getInteger("thespis.soak.cycles", 20);

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

  private static MachineBuilder tiny(int maxCpus) {
    return Machine.builder().board("pc").smp(1, maxCpus).memory(32L << 20).kernel(guest);
  }

  @Test
  void aCpuIsAddedComesOnlineAndIsRemoved() {
    try (Machine pc = tiny(4).start()) {
      CpuInfo cpu = get(pc.addCpu(2));
      assertEquals("/machine/peripheral/cpu2", cpu.qomPath());
      assertTrue(get(pc.online(2, LIMIT)).online());
      get(pc.removeCpu("cpu2", LIMIT));
      assertEquals(1, get(pc.cpus()).size());
      assertEquals(UnplugState.DONE, get(pc.unplugs()).getFirst().state());
    }
  }

  @Test
  void translatedCodeOfAWholeGuestDoesWhatTheInterpreterDoes() {
    assumeTrue(NativeEngine.possible());
    try (Machine pc = tiny(4).execution(Execution.VERIFIED).start()) {
      get(pc.addCpu(2));
      assertTrue(get(pc.online(2, LIMIT)).online());
      get(pc.removeCpu("cpu2", LIMIT));
      assertEquals(RunState.RUNNING, get(pc.status()));
    }
  }

  /// `-Dthespis.soak.cycles=10000` makes it a soak.
  @Test
  void cpusComeAndGoOverAndOverWithoutALeak() {
    try (Machine pc = tiny(4).start()) {
      cycles(pc, 10);
      long before = used();
      cycles(pc, CYCLES);
      long grown = used() - before;
      assertTrue(grown < 4 << 20, CYCLES + " cycles left " + grown + " bytes");
      assertEquals(1, get(pc.cpus()).size());
    }
  }

  private static void cycles(Machine pc, int count) {
    for (int i = 0; i < count; i++) {
      int slot = 1 + i % 3;
      get(pc.addCpu(slot));
      get(pc.online(slot, LIMIT));
      get(pc.removeCpu("cpu" + slot, LIMIT));
    }
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void aCpuThatComesBeforeTheGuestHasRunIsFound() {
    try (Machine pc = tiny(4).paused().start()) {
      get(pc.addCpu(3));
      get(pc.cont());
      assertTrue(get(pc.online(3, LIMIT)).online());
      get(pc.removeCpu("cpu3", LIMIT));
      assertEquals(1, get(pc.cpus()).size());
    }
  }

  @Test
  void errorsAreExceptionsWithQemusWords() {
    try (Machine pc = tiny(2).start()) {
      assertEquals("CPU[0] with APIC ID 0 exists", message(pc.addCpu(0)));
      assertEquals("There is no slot 2, only 0 to 1", message(pc.addCpu(2)));
      assertEquals("Device 'cpu1' not found", message(pc.removeCpu("cpu1", LIMIT)));
      assertEquals("CPU 1 is not there", message(pc.online(1, LIMIT)));
    }
  }

  /// QEMU 7.2 with `-M pc,acpi=off`: a CPU is added without a word to the guest, and none is removed.
  @Test
  void aPcWithoutAcpiTakesCpusAndKeepsThem() {
    try (Machine pc = tiny(2).boardOption("acpi", "off").paused().start()) {
      assertEquals("/machine/peripheral/cpu1", get(pc.addCpu(1)).qomPath());
      assertEquals("CPU hot unplug not supported without ACPI", message(pc.removeCpu("cpu1", LIMIT)));
      assertEquals(2, get(pc.cpus()).size());
      get(pc.powerDown());
    }
  }

  @Test
  void guestMemoryCanBeAFile() throws IOException {
    Path ram = folder.resolve("ram");
    Map<String, Object> shared = Map.of("size", 32L << 20, "mem-path", ram.toString(), "share", true);
    try (Machine pc = tiny(2).object("-object", "memory-backend-file", "m", shared)
        .boardOption("memory-backend", "m").start()) {
      get(pc.addCpu(1));
      assertTrue(get(pc.online(1, LIMIT)).online());
    }
    assertEquals(32L << 20, Files.size(ram));
    String content = Files.readString(ram, StandardCharsets.ISO_8859_1);
    assertTrue(content.contains("RSD PTR "), "the tables are in the guest's memory");
    HostMemory file = new HostMemory(Optional.of(ram), false);
    assertEquals("'-mem-path' can't be used together with'-machine memory-backend'", assertThrows(
        MachineException.class, tiny(1).object("-object", "memory-backend-file", "m", shared).hostMemory(file)
            .boardOption("memory-backend", "m")::start).getMessage());
  }

  @Test
  void whatCannotStartSaysWhyAndLeavesNothing() {
    MachineBuilder missing = tiny(1).kernel(folder.resolve("nosuch"));
    assertThrows(MachineException.class, missing::start);
    assertThrows(MachineException.class, tiny(1).smp(2, 1)::start);
    assertNoThreads();
  }

  @Test
  void closingTwiceIsFineAndEndsEveryThread() {
    Machine pc = tiny(2).name("ends").start();
    get(pc.addCpu(1));
    pc.close();
    pc.close();
    assertEquals(0, get(pc.exit()));
    assertEquals("The machine has ended", message(pc.status()));
    assertNoThreads();
  }

  @Test
  void translationsThatCannotBeTrustedAreNamed() throws IOException {
    assumeTrue(NativeEngine.available());
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    List<MachineEvent> heard = new CopyOnWriteArrayList<>();
    try (Machine pc = tiny(1).translations(new TranslationFolder(open, "test")).listener(heard::add).start()) {
      assertEquals(RunState.RUNNING, get(pc.status()));
    }
    String text = "translations in '" + open + "' are not used: others may write there";
    assertTrue(heard.contains(new MachineEvent.Warning(text)), heard.toString());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "pc  | PIIX4_PM  |",
    "q35 | PIIX4_PM  | global PIIX4_PM.disable_s3=1 not used",
    "pc  | ICH9-LPC  |",
    "q35 | nosuch    | global nosuch.disable_s3 has invalid class name"
  })
  void settingsThatNothingCanHaveAreNamed(String board, String type, String warning) {
    List<MachineEvent> heard = new CopyOnWriteArrayList<>();
    tiny(1).board(board).paused().global(type, "disable_s3", "1").listener(heard::add).start().close();
    assertEquals(
        warning == null ? List.of() : List.of(new MachineEvent.Warning(warning)),
        heard.stream().filter(MachineEvent.Warning.class::isInstance).toList());
  }

  /// vCPUs' threads are named after their machine. Those of other tests' machines may still be there. One whose work is
  /// done may not have gone yet.
  private void assertNoThreads() {
    List<String> left = Thread.getAllStackTraces().keySet().stream()
        .filter(t -> !before.contains(t))
        .filter(t -> t.getName().contains("/vcpu-"))
        .filter(t -> !hasGone(t))
        .map(Thread::getName)
        .toList();
    assertEquals(List.of(), left);
  }

  private static boolean hasGone(Thread thread) {
    try {
      return thread.join(LIMIT);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void twentyMachinesLiveInOneJvmAndLeaveNoThreads() {
    List<Machine> all = new ArrayList<>();
    ActorSystem<?> system = Machine.newSystem();
    try {
      for (int i = 0; i < 20; i++) {
        all.add(tiny(2).system(system).name("m" + i).start());
      }
      get(all.getFirst().stop());
      assertEquals(RunState.PAUSED, get(all.getFirst().status()));
      assertEquals(RunState.RUNNING, get(all.getLast().status()));
      get(all.getLast().addCpu(1));
      assertTrue(get(all.getLast().online(1, LIMIT)).online());
      assertEquals(1, get(all.getFirst().cpus()).size());
    } finally {
      all.forEach(Machine::close);
      system.terminate();
    }
    assertNoThreads();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static String message(CompletionStage<?> stage) {
    return assertThrows(CompletionException.class, () -> get(stage)).getCause().getMessage();
  }
}
