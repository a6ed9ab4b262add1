package thespis.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The manners of the emulator's process: signals, exit status, sockets, pid file, standard input.
@Timeout(120)
class EmulatorProcessIT {
  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void aSignalEndsItWithTheEventAndWithoutAnError(String signal) throws Exception {
    Path socket = folder.resolve("qmp");
    try (EmulatorProcess emulator = none("-qmp", "unix:" + socket + ",server=on,wait=off")) {
      emulator.negotiate(socket);
      emulator.signal(signal);
      JsonNode event = emulator.message();
      assertEquals("SHUTDOWN", event.get("event").asText());
      assertEquals("{\"guest\":false,\"reason\":\"host-signal\"}", event.get("data").toString());
      assertNull(emulator.message());
      assertEquals(0, emulator.exitStatus());
      assertFalse(Files.exists(socket));
    }
  }

  @Test
  void quitEndsItWithoutAnError() throws Exception {
    Path socket = folder.resolve("qmp");
    try (EmulatorProcess emulator = none("-qmp", "unix:" + socket + ",server,nowait")) {
      emulator.negotiate(socket);
      emulator.send("quit");
      assertEquals(0, emulator.exitStatus());
    }
  }

  /// With a CPU that was added since the start, and which the other one is told of.
  @Test
  void aMachineGoesOnInAnotherProcess() throws Exception {
    String[] machine = {"-M", "pc", "-m", "32", "-smp", "1,maxcpus=2", "-nodefaults", "-display", "none"};
    String cpu = "qemu64-x86_64-cpu,id=c1,socket-id=0,core-id=1,thread-id=0";
    Path here = Files.createDirectory(folder.resolve("here"));
    Path there = Files.createDirectory(folder.resolve("there"));
    Path way = folder.resolve("way");
    try (EmulatorProcess source = emulator(here, machine);
        EmulatorProcess target = emulatorWith(there, machine, "-device", cpu, "-incoming", "unix:" + way)) {
      source.negotiate(here.resolve("qmp"));
      target.negotiate(there.resolve("qmp"));
      assertEquals("inmigrate", target.execute("query-status").get("return").get("status").asText());
      source.execute("device_add", "{\"driver\": \"qemu64-x86_64-cpu\", \"id\": \"c1\", \"socket-id\": 0,"
          + " \"core-id\": 1, \"thread-id\": 0}");
      source.execute("migrate", "{\"uri\": \"unix:" + way + "\"}");
      assertEquals("STOP", source.message().get("event").asText());
      assertEquals("RESUME", target.message().get("event").asText());
      assertEquals("running", target.execute("query-status").get("return").get("status").asText());
      assertEquals(2, target.execute("query-cpus-fast").get("return").size());
    }
  }

  @Test
  void whatIsNoMachineEndsTheOneThatWaitsForOne() throws Exception {
    Path stream = Files.writeString(folder.resolve("stream"), "QEVM\0\0\0\3 is how QEMU's begin");
    String[] machine = {"-M", "pc", "-m", "32", "-display", "none"};
    try (EmulatorProcess target = emulatorWith(folder, machine, "-incoming", "exec:cat " + stream)) {
      assertEquals(1, target.exitStatus());
      assertEquals("""
          thespis: this is a migration stream of QEMU's: Thespis takes its own only
          thespis: load of migration failed: Invalid argument
          """, target.stderr());
    }
  }

  private static EmulatorProcess emulatorWith(Path folder, String[] machine, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(machine));
    arguments.addAll(List.of(more));
    return emulator(folder, arguments.toArray(String[]::new));
  }

  private static EmulatorProcess emulator(Path folder, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-qmp", "unix:" + folder.resolve("qmp") + ",server=on,wait=off"));
    return new EmulatorProcess(folder, all.toArray(String[]::new));
  }

  @Test
  void aStaleSocketFileIsReplaced() throws Exception {
    Path socket = folder.resolve("qmp");
    Files.writeString(socket, "");
    try (EmulatorProcess emulator = none("-qmp", "unix:" + socket + ",server=on,wait=off")) {
      emulator.negotiate(socket);
      assertEquals("prelaunch", emulator.execute("query-status").get("return").get("status").asText());
    }
  }

  @Test
  void itWaitsForItsFirstClientIfItWasToldTo() throws Exception {
    Path socket = folder.resolve("qmp");
    Path pidFile = folder.resolve("pid");
    try (EmulatorProcess emulator = none("-qmp", "unix:" + socket + ",server=on", "-pidfile", pidFile.toString())) {
      emulator.connect(folder.resolve("qmp")).close();
      emulator.negotiate(socket);
      assertEquals(
          "thespis: -qmp unix:" + socket + ",server=on: info: QEMU waiting for connection on: disconnected:unix:"
              + socket + ",server=on\n",
          emulator.stderr());
    }
  }

  @Test
  void thePidFileLivesAsLongAsTheProcess() throws Exception {
    Path socket = folder.resolve("qmp");
    Path pidFile = folder.resolve("pid");
    try (EmulatorProcess emulator =
        none("-qmp", "unix:" + socket + ",server=on,wait=off", "-pidfile", pidFile.toString())) {
      emulator.negotiate(socket);
      assertEquals(Long.toString(emulator.pid()), Files.readString(pidFile).strip());
      emulator.send("quit");
      assertEquals(0, emulator.exitStatus());
      assertFalse(Files.exists(pidFile));
    }
  }

  /// What managers pin and account vCPUs by.
  @Test
  void eachProcessorHasAThreadOfItsOwnFromTheBeginning() throws Exception {
    Path socket = folder.resolve("qmp");
    try (EmulatorProcess emulator = new EmulatorProcess(folder, "-nodefaults", "-display", "none", "-name", "guest=g",
        "-smp", "2,maxcpus=3", "-S", "-qmp", "unix:" + socket + ",server=on,wait=off")) {
      emulator.negotiate(socket);
      emulator.execute("device_add",
          "{\"driver\": \"qemu64-x86_64-cpu\", \"socket-id\": 0, \"core-id\": 2, \"thread-id\": 0}");
      List<String> names = new ArrayList<>();
      for (JsonNode cpu : emulator.execute("query-cpus-fast").get("return")) {
        names.add(Files.readString(
            Path.of("/proc", Long.toString(emulator.pid()), "task", cpu.get("thread-id").asText(), "comm")).strip());
      }
      assertEquals(List.of("g/vcpu-0", "g/vcpu-1", "g/vcpu-2"), names);
    }
  }

  @Test
  void twoMonitorsServeTwoClients() throws Exception {
    Path first = folder.resolve("a");
    Path second = folder.resolve("b");
    try (EmulatorProcess emulator = none(
            "-qmp", "unix:" + first + ",server=on,wait=off",
            "-chardev", "socket,id=m,path=" + second + ",server=on,wait=off", "-mon", "chardev=m,mode=control");
        SocketChannel waiting = emulator.connect(second)) {
      emulator.negotiate(first);
      assertTrue(waiting.isConnected());
      String devices = emulator.execute("query-chardev").get("return").toString();
      assertTrue(devices.contains("\"label\":\"compat_monitor0\"") && devices.contains("\"label\":\"m\""), devices);
    }
  }

  @Test
  void theHumanMonitorAnswersOnStandardInputAndEndOfInputIsNoEnd() throws Exception {
    Path socket = folder.resolve("qmp");
    try (EmulatorProcess emulator =
        none("-monitor", "stdio", "-qmp", "unix:" + socket + ",server=on,wait=off")) {
      emulator.negotiate(socket);
      emulator.type("info status\n");
      emulator.endInput();
      while (!emulator.stdout().contains("VM status: paused (prelaunch)")) {
        emulator.execute("query-status"); // the monitor answers beside it
      }
      assertTrue(emulator.isAlive());
      emulator.send("quit");
      assertEquals(0, emulator.exitStatus());
    }
  }

  @Test
  void theKeyToLeaveLeaves() throws Exception {
    try (EmulatorProcess emulator = new EmulatorProcess(
        folder, "-machine", "none", "-nodefaults", "-display", "none", "-chardev", "stdio,id=c,mux=on,signal=off",
        "-mon", "c", "-serial", "none")) {
      emulator.type("\001x");
      assertEquals(0, emulator.exitStatus());
      assertTrue(emulator.stdout().endsWith("QEMU: Terminated\n\r"), emulator.stdout());
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      -foo                        | thespis: -foo: invalid option
      -qmp bogus                  | thespis: -qmp bogus: 'bogus' is not a valid char driver\\n\
      thespis: -qmp bogus: parse error: bogus
      -qmp unix:/nosuch/x,server=on,wait=off | thespis: -qmp unix:/nosuch/x,server=on,wait=off: Failed to bind socket \
      to /nosuch/x: No such file or directory
      -pidfile /nosuch/pid        | thespis: cannot create PID file: Could not create '/nosuch/pid': No such file or directory
      -accel nosuch               | thespis: -accel nosuch: invalid accelerator nosuch
      -runas nosuch               | thespis: -runas nosuch: User "nosuch" doesn't exist (and is not <uid>:<gid>)
      -chroot /nosuch             | thespis: chroot failed
      -chardev null,id=c -mon c -mon c | thespis: -mon c: Device 'c' is in use
      """)
  void whatCannotBeIsSaidInOneLineOfStandardError(String line, String text) throws Exception {
    try (EmulatorProcess emulator = none(line.split(" "))) {
      assertEquals(1, emulator.exitStatus());
      assertEquals(text.replace("\\n", "\n") + "\n", emulator.stderr());
      assertEquals("", emulator.stdout());
    }
  }

  private EmulatorProcess none(String... more) throws IOException {
    String[] arguments = new String[more.length + 6];
    System.arraycopy(new String[] {"-machine", "none", "-nodefaults", "-display", "none", "-S"}, 0, arguments, 0, 6);
    System.arraycopy(more, 0, arguments, 6, more.length);
    return new EmulatorProcess(folder, arguments);
  }
}
