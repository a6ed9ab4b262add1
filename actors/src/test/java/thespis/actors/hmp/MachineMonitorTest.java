package thespis.actors.hmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.Machine;
import thespis.cpu.run.EngineLog;
import thespis.qmp.command.NumaOptions;

/// What the human monitor says of a machine with two nodes. Texts are those of QEMU 7.2.
class MachineMonitorTest {
  private static final long NODE = 16 << 20;

  @TempDir
  static Path folder;

  private static Machine machine;

  @BeforeAll
  static void start() throws IOException {
    Path guest = folder.resolve("tiny.elf");
    try (InputStream in = Machine.class.getResourceAsStream("demo/tiny.elf")) {
      Files.copy(in, guest);
    }
    machine = Machine.builder().board("pc").smp(2, 4).memory(2 * NODE).kernel(guest).paused()
        .object("", "memory-backend-ram", "m0", Map.of("size", NODE))
        .object("", "memory-backend-ram", "m1", Map.of("size", NODE))
        .object("", "iothread", "io", Map.of())
        .numa("", node("m0"))
        .numa("", node("m1"))
        .numa("", new NumaOptions.Cpu(Optional.of(1L), Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.of(1L), Optional.empty()))
        .start();
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  private static NumaOptions node(String backend) {
    return new NumaOptions.Node(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(backend), Optional.empty());
  }

  private static String run(String line) {
    HumanMonitor monitor = new HumanMonitor(new MonitorContext(
        machine, "", "0-0", List::of, null, "", new EngineLog(),
        file -> "Error opening logfile " + file + ": No such file\n", gdb -> ""));
    return monitor.run(line).toCompletableFuture().join().replace("\r\n", "\n");
  }

  /// Root is told of frames, others of frame 0.
  @Test
  void memoryHasItsPlaceOnTheHost() {
    assertTrue(run("gpa2hva 0x1008").matches("Host virtual address for 0x1008 \\(m0\\) is 0x[0-9a-f]+008\n"));
    assertTrue(run("gpa2hva 0x1800010").matches("Host virtual address for 0x1800010 \\(m1\\) is 0x[0-9a-f]+010\n"));
    String frame = run("gpa2hpa 0x100000");
    assertTrue(frame.matches("Host physical address for 0x100000 \\(m0\\) is 0x[0-9a-f]*0\n|Page not present\n"), frame);
  }

  @Test
  void whoIsAwakeCannotBeWoken() {
    assertEquals("Error: Unable to wake up: guest is not in suspended state\n", run("system_wakeup"));
  }

  @Test
  void nodesAreShownWithTheCpusThatAreThere() {
    assertEquals("""
        2 nodes
        node 0 cpus: 0
        node 0 size: 16 MB
        node 0 plugged: 0 MB
        node 1 cpus: 1
        node 1 size: 16 MB
        node 1 plugged: 0 MB
        """, run("info numa"));
  }

  @Test
  void warningsComeBeforeTheError() {
    assertEquals("""
        warning: TCG doesn't support requested feature: CPUID.07H:EBX.hle [bit 4]
        Error: TCG doesn't support requested features
        """, run("device_add qemu64-x86_64-cpu,socket-id=0,core-id=3,thread-id=0,hle=on,enforce=on"));
  }

  @Test
  void memoryOfNodesCountsToo() {
    assertEquals("base memory: 33554432\nplugged memory: 0\n", run("info memory_size_summary"));
    assertTrue(run("qom-list /machine").contains("pc.ram[0] (child<memory-region>)"));
  }

  @Test
  void objectsComeAndGo() {
    assertEquals("", run("object_add iothread,id=i2"));
    assertEquals("Error: attempt to add duplicate property 'i2' to object (type 'container')\n",
        run("object_add iothread,id=i2"));
    assertEquals("", run("object_del i2"));
    assertEquals("Error: object 'i2' not found\n", run("object_del i2"));
    String threads = run("info iothreads").replaceAll("thread_id=\\d+", "thread_id=N");
    assertEquals("""
        io:
          thread_id=N
          poll-max-ns=32768
          poll-grow=0
          poll-shrink=0
          aio-max-batch=0
        """, threads);
    assertEquals("""
        memory backend: m1
          size:  16777216
          merge: true
          dump: true
          prealloc: false
          share: false
          reserve: true
          policy: default
          host nodes: \

        """, run("info memdev").lines().limit(9).map(line -> line + "\n").reduce("", String::concat));
  }

  @Test
  void migrationHasSettings() {
    String idle = run("info migrate");
    assertEquals("globals:", idle.lines().findFirst().orElseThrow());
    assertEquals(7, idle.lines().count());
    assertEquals("", run("migrate_set_capability events on"));
    assertEquals("events: on",
        run("info migrate_capabilities").lines().filter(line -> line.startsWith("events")).findAny().orElseThrow());
    assertEquals("downtime-limit: 300 ms",
        run("info migrate_parameters").lines().filter(line -> line.startsWith("downtime")).findAny().orElseThrow());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      migrate x                        | Error: Parameter 'uri' expects a valid migration protocol
      migrate_incoming x               | Error: '-incoming' was not specified on the command line
      migrate_set_capability nosuch on | Error: invalid parameter value: nosuch
      migrate_set_capability xbzrle    | Expected 'on' or 'off'
      device_add nosuch,help           | Device 'nosuch' not found
      device_add x86_64-cpu,help       | Parameter 'typename' expects a non-abstract device type
      device_add apic,help             | apic options:
      logfile /x                       | Error opening logfile /x: No such file
      print/i 5                        | 5
      sendkey ctrl-alt-f1              | ''
      sendkey nosuch                   | invalid parameter: nosuch
      sendkey ctrl-                    | 'invalid parameter: '
      memsave 0 16 "/nosuch/x"         | Error: Could not open '/nosuch/x': No such file or directory
      balloon 1                        | Error: No balloon device has been activated
      balloon -1                       | enter a positive value
      boot_set c                       | boot device list now set to c
      boot_set z                       | Invalid boot device 'z'
      boot_set cc                      | Boot device 'c' was given twice
      boot_set cdna                    | Too many boot devices for PC
      boot_set e                       | Invalid boot device for PC: 'e'
      mce 5 1 2 3 4 5                  | ''
      mce 0 99 2 3 4 5                 | Invalid MCE bank number
      mce 0 1 2 3 4 5                  | Invalid MCE status code
      mce 0 1 0xb200000000000000 5 0 0 | Error: to inject a machine check is not supported yet
      sync-profile                     | sync-profile is off
      gpa2hva 0x100000000              | No memory is mapped at address 0x100000000
      gpa2hpa 0xfebf0000               | No memory is mapped at address 0xfebf0000
      gpa2hva 0xfec00010               | Memory at address 0xfec00010 is not RAM
      gpa2hpa 0xfee00000               | Memory at address 0xfee00000 is not RAM
      drive_add                        | 'drive_add: string expected'
      drive_add 0 if=none              | Error: drives are not supported yet
      sync-profile foo                 | Error: Invalid parameter 'foo'
      block_job_cancel                 | 'block_job_cancel: block device name expected'
      block_job_pause x                | Error: Block job 'x' not found
      set_link x on                    | Error: Device 'x' not found
      watchdog_action x                | Error: invalid parameter value: x
      trace-event x on                 | unknown event "x"
      info stats vm * x                | invalid stats provider x
      info mice                        | * Mouse #2: QEMU PS/2 Mouse
      info virtio-status /x            | Error: Path /x is not a VirtIODevice
      object_add iothread,help         | iothread options:
      """)
  void commandsAndWhatTheyComplainOf(String line, String first) {
    assertEquals(first, run(line).lines().findFirst().orElse(""));
  }
}
