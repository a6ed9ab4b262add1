package thespis.actors.gdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Props;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import thespis.actors.Machine;
import thespis.cpu.run.EngineLog;
import thespis.cpu.run.Observation;
import thespis.cpu.state.DebugPoints;
import thespis.hotplug.RunState;

/// A small client of the protocol debugs the tiny guest, which is at its idle loop most of the time.
@Timeout(60)
class GdbStubTest {
  @TempDir
  static Path folder;

  private final DebugPoints points = new DebugPoints();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final PacketReader reader = new PacketReader(
      packet -> heard.add(new String(packet, StandardCharsets.ISO_8859_1)), () -> { }, right -> { });
  private Machine machine;
  private ActorRef<GdbStub.Message> stub;

  @BeforeEach
  void connect() throws IOException {
    Path guest = folder.resolve("tiny.elf");
    if (!Files.exists(guest)) {
      try (InputStream in = Machine.class.getResourceAsStream("demo/tiny.elf")) {
        Files.copy(in, guest);
      }
    }
    machine = Machine.builder().smp(1, 2).memory(32L << 20).kernel(guest).paused()
        .observation(new Observation(new EngineLog(), Optional.empty(), points)).start();
    Target target = new MachineTarget(machine, points, line -> CompletableFuture.completedStage(""));
    stub = machine.system().systemActorOf(GdbStub.create(target, reader::read), "gdb", Props.empty());
    stub.tell(new GdbStub.Opened());
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private void send(String packet) {
    stub.tell(new GdbStub.Received(PacketReader.packet(packet)));
  }

  private String next() throws InterruptedException {
    String packet = heard.poll(30, TimeUnit.SECONDS);
    assertTrue(packet != null, "no answer");
    return packet;
  }

  private String ask(String packet) throws InterruptedException {
    send(packet);
    return next();
  }

  private long rip() throws InterruptedException {
    return Long.reverseBytes(Long.parseUnsignedLong(ask("p10"), 16));
  }

  @Test
  void theGuestIsSteppedAndStoppedWhereItIsToStop() throws Exception {
    assertEquals("T05thread:01;", ask("?"));
    long first = rip();
    assertEquals("T05thread:01;", ask("vCont;s:1;c"));
    long second = rip();
    assertTrue(second != first);
    for (int i = 0; i < 5; i++) {
      assertEquals("T05thread:01;", ask("s"));
    }
    long later = rip();
    assertEquals("OK", ask("Z0," + Long.toHexString(later) + ",1"));
    assertEquals("OK", ask("P10=" + Hex.of(java.nio.ByteBuffer.allocate(8).putLong(Long.reverseBytes(second)).array())));
    assertEquals("T05thread:01;", ask("c"));
    assertEquals(later, rip());
    assertEquals(RunState.DEBUG, machine.status().toCompletableFuture().join());
    assertEquals("OK", ask("D"));
    assertEquals(RunState.RUNNING, machine.status().toCompletableFuture().join());
  }

  @Test
  void ctrlCStopsARunningGuest() throws Exception {
    send("c");
    stub.tell(new GdbStub.Received(new byte[] {3}));
    assertEquals("T02thread:01;", next());
    assertEquals(RunState.PAUSED, machine.status().toCompletableFuture().join());
  }

  @Test
  void memoryIsWrittenAndRead() throws Exception {
    assertEquals("OK", ask("M1f00000,4:01020304"));
    assertEquals("01020304", ask("m1f00000,4"));
    assertEquals("OK", ask("X1f00001,2:#$"));
    assertEquals("01232404", ask("m1f00000,4"));
  }
}
