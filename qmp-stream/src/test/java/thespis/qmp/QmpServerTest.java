package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clients on real sockets and a stub machine: who is served when, in what order answers and events come, and what one
/// client can do to the others.
@Timeout(60)
class QmpServerTest {
  private static final String STATUS = "{\"execute\": \"query-status\", \"id\": %d}";

  @TempDir
  private Path dir;

  private final Fixture fixture = new Fixture();
  private Path a;
  private Path b;

  @BeforeEach
  void listen() {
    a = dir.resolve("a");
    b = dir.resolve("b");
    fixture.unix(a);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void fiftyPipelinedCommandsAreAnsweredInOrder() {
    try (QmpClient client = QmpClient.ready(a)) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        all.append(STATUS.formatted(i));
      }
      client.send(all.toString());
      for (int i = 0; i < 50; i++) {
        assertEquals(i, client.read().get("id").intValue());
      }
    }
  }

  @Test
  void aCommandMayComeByteByByte() {
    try (QmpClient client = QmpClient.ready(a)) {
      for (byte b : STATUS.formatted(7).getBytes(StandardCharsets.US_ASCII)) {
        client.send(new byte[] {b});
      }
      assertEquals("prelaunch", client.read().at("/return/status").textValue());
    }
  }

  /// Whatever is sent here, two descriptors come with it: 7 and 8.
  @Test
  void aCommandTakesADescriptorThatComesWithItAndTheOthersAreClosed() throws Exception {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(b));
    fixture.serve(SocketListener.inherited(channel, (from, into, descriptors) -> {
      int count = from.read(into);
      if (count > 0) {
        descriptors.accept(7);
        descriptors.accept(8);
      }
      return count;
    }));
    try (QmpClient client = QmpClient.ready(b)) {
      assertTrue(client.ask("{'execute': 'getfd', 'arguments': {'fdname': 'x'}}").has("return"));
      assertEquals(List.of(7), fixture.taken);
      assertEquals(List.of(7, 8, 8), dropped(3), "those of the capabilities, and the one that was not taken");
      client.ask("{'execute': 'query-name'}");
    }
    assertEquals(List.of(7, 8), dropped(2));
  }

  private List<Integer> dropped(int count) throws InterruptedException {
    List<Integer> all = new ArrayList<>();
    while (all.size() < count) {
      all.add(fixture.dropped.poll(10, TimeUnit.SECONDS));
    }
    return all;
  }

  @Test
  void tcpServesTheSame() {
    try (QmpClient client = QmpClient.tcp(fixture.tcp())) {
      assertEquals("oob", client.read().at("/QMP/capabilities/0").textValue());
      client.ask("{'execute': 'qmp_capabilities'}");
      assertEquals(3, client.ask(STATUS.formatted(3)).get("id").intValue());
    }
  }

  @Test
  void theNextClientWaitsAndWhatItHasSentIsAnsweredLater() {
    QmpClient first = QmpClient.ready(a);
    try (QmpClient second = QmpClient.unix(a)) {
      second.send("{'execute': 'qmp_capabilities'}" + STATUS.formatted(2));
      assertEquals(1, first.ask(STATUS.formatted(1)).get("id").intValue());
      first.close();
      assertNotNull(second.read().get("QMP"));
      assertTrue(second.read().has("return"));
      assertEquals(2, second.read().get("id").intValue());
    }
  }

  @Test
  void allReadyClientsHearAnEventAtTheSameTimeOfDayAndBeforeTheReply() {
    fixture.unix(b);
    try (QmpClient one = QmpClient.ready(a);
        QmpClient other = QmpClient.ready(b)) {
      JsonNode event = one.ask("{'execute': 'cont'}");
      assertEquals("RESUME", event.get("event").textValue());
      assertFalse(event.has("data"));
      assertTrue(one.read().has("return"));
      assertEquals(event, other.read());
    }
  }

  @Test
  void quitIsToldThenAnsweredThenTheStreamEnds() {
    fixture.unix(b);
    try (QmpClient one = QmpClient.ready(a);
        QmpClient other = QmpClient.ready(b)) {
      JsonNode event = one.ask("{'execute': 'quit', 'id': 1}");
      assertEquals("SHUTDOWN", event.get("event").textValue());
      assertEquals("{\"guest\":false,\"reason\":\"host-qmp-quit\"}", event.get("data").toString());
      assertEquals(1, one.read().get("id").intValue());
      assertNull(one.read());
      assertEquals(event, other.read());
      assertNull(other.read());
    }
  }

  @Test
  void outOfBandCommandsOvertakeTheRunningOne() {
    try (QmpClient client = QmpClient.unix(a)) {
      client.read();
      client.ask("{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob']}}");
      client.send("{'execute': 'system_reset', 'id': 1}" + STATUS.formatted(2));
      assertEquals(3, client.ask("{'exec-oob': 'query-yank', 'id': 3}").get("id").intValue());
      assertEquals("The command query-status does not support OOB", client.desc("{'exec-oob': 'query-status'}"));
      assertEquals("The command nosuch has not been found", client.desc("{'exec-oob': 'nosuch'}"));
      fixture.board.tell(new StubBoard.Release());
      assertEquals(1, client.read().get("id").intValue());
      assertEquals(2, client.read().get("id").intValue());
      assertEquals(
          "QMP input member 'exec-oob' clashes with 'execute'", client.desc("{'execute': 'a', 'exec-oob': 'b'}"));
    }
  }

  @Test
  void outOfBandCommandsOfTheBoardAreAnsweredByTheirOwnId() throws Exception {
    try (QmpClient client = QmpClient.unix(a)) {
      client.read();
      client.ask("{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob']}}");
      client.send("{'execute': 'system_reset', 'id': 1}" + STATUS.formatted(2));
      JsonNode overtook = client.ask("{'exec-oob': 'migrate-pause', 'id': 3}{'exec-oob': 'query-yank', 'id': 4}");
      JsonNode also = client.read();
      assertEquals(Set.of(3, 4), Set.of(overtook.get("id").intValue(), also.get("id").intValue()));
      fixture.board.tell(new StubBoard.Release());
      assertEquals(1, client.read().get("id").intValue());
      assertEquals(2, client.read().get("id").intValue());
      client.send("{'exec-oob': 'migrate-pause', 'id': 5}");
      client.channel().shutdownOutput();
      assertEquals(5, client.read().get("id").intValue(), "the last answer comes before the end");
      assertNull(client.read());
    }
  }

  @Test
  void withOutOfBandOnEightRequestsWaitAndWhatFollowsIsNotReadYet() {
    try (QmpClient client = QmpClient.unix(a)) {
      client.read();
      client.ask("{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob']}}");
      StringBuilder all = new StringBuilder("{'execute': 'system_reset', 'id': 100}");
      for (int i = 0; i < 7; i++) {
        all.append(STATUS.formatted(i));
      }
      assertEquals(200, client.ask(all + "{'exec-oob': 'query-yank', 'id': 200}").get("id").intValue());
      client.send(STATUS.formatted(7) + "{'exec-oob': 'query-yank', 'id': 201}");
      fixture.board.tell(new StubBoard.Release());
      assertEquals(100, client.read().get("id").intValue(), "201 stands behind the eight that wait");
    }
  }

  @Test
  void aClientThatSendsWithoutEndIsHeldBackWhileItsCommandRuns() throws Exception {
    try (QmpClient client = QmpClient.ready(a)) {
      client.send("{'execute': 'system_reset', 'id': 1}");
      client.channel().configureBlocking(false);
      ByteBuffer blanks = ByteBuffer.wrap(" ".repeat(64 << 10).getBytes(StandardCharsets.US_ASCII));
      long sent = 0;
      for (int refused = 0; refused < 1000; ) {
        blanks.clear();
        int now = client.channel().write(blanks);
        sent += now;
        refused = now == 0 ? refused + 1 : 0;
        assertTrue(sent < 8 << 20, "bytes are taken without bound");
        Thread.onSpinWait();
      }
      client.channel().configureBlocking(true);
      fixture.board.tell(new StubBoard.Release());
      assertEquals(1, client.read().get("id").intValue());
    }
  }

  @Test
  void aReplyToAClientThatHasGoneIsLostAndTheNextOneIsServed() {
    QmpClient first = QmpClient.ready(a);
    first.send("{'execute': 'system_reset', 'id': 1}");
    first.close();
    try (QmpClient second = QmpClient.unix(a)) {
      fixture.unix(b);
      try (QmpClient other = QmpClient.ready(b)) {
        other.ask(STATUS.formatted(1));
      }
      fixture.board.tell(new StubBoard.Release());
      assertTrue(second.read().has("QMP"));
      second.ask("{'execute': 'qmp_capabilities'}");
      assertEquals(2, second.ask(STATUS.formatted(2)).get("id").intValue());
    }
  }

  @Test
  void whatCameBeforeTheEndOfTheStreamIsAnswered() throws Exception {
    try (QmpClient client = QmpClient.unix(a)) {
      client.send("{'execute': 'qmp_capabilities'}" + STATUS.formatted(1) + STATUS.formatted(2));
      client.channel().shutdownOutput();
      assertTrue(client.read().has("QMP"));
      assertTrue(client.read().has("return"));
      assertEquals(1, client.read().get("id").intValue());
      assertEquals(2, client.read().get("id").intValue());
      assertNull(client.read());
    }
  }

  @Test
  void aClientThatDoesNotReadLosesItsConnectionAndTheOthersNothing() {
    fixture.unix(b);
    try (QmpClient idle = QmpClient.ready(a);
        QmpClient client = QmpClient.ready(b)) {
      int rounds = 12;
      for (int round = 0; round < rounds; round++) {
        client.send("{'execute': 'system_powerdown', 'id': 1}");
        for (int i = 0; i < StubBoard.FLOOD; i++) {
          assertEquals("POWERDOWN", client.read().get("event").textValue());
        }
        assertEquals(1, client.read().get("id").intValue());
      }
      int heard = 0;
      while (idle.read() != null) {
        heard++;
      }
      assertTrue(heard < rounds * StubBoard.FLOOD);
    }
  }

  @Test
  void aConnectionThatFailsClosesOneSocketOnly() {
    fixture.unix(b);
    try (QmpClient other = QmpClient.ready(b)) {
      try (QmpClient client = QmpClient.ready(a)) {
        assertTrue(client.ask("{'execute': 'inject-nmi'}").has("return"));
        assertNull(client.read());
      }
      assertEquals(1, other.ask(STATUS.formatted(1)).get("id").intValue());
      try (QmpClient next = QmpClient.ready(a)) {
        assertEquals(2, next.ask(STATUS.formatted(2)).get("id").intValue());
      }
    }
  }

  @Test
  void beforeTheMachineIsMadeOnlySomeCommandsWork() {
    fixture.initialized = false;
    try (QmpClient client = QmpClient.ready(a)) {
      assertTrue(client.ask(STATUS.formatted(1)).has("return"));
      assertEquals(
          "The command 'device_add' is permitted only after machine initialization has completed",
          client.desc("{'execute': 'device_add', 'arguments': {'x': 1}}"));
    }
  }

  @Test
  void aLineForTheHumanMonitorIsPassedOnAndItsOutputIsTheReply() {
    try (QmpClient client = QmpClient.ready(a)) {
      JsonNode reply = client.ask(
          "{'execute': 'human-monitor-command', 'id': 1, 'arguments': {'command-line': 'info status'}}"
              + STATUS.formatted(2));
      assertEquals("info status\r\n", reply.get("return").textValue());
      assertEquals(2, client.read().get("id").intValue());
      assertEquals(
          "Parameter 'cpu-index' expects a CPU number",
          client.desc("{'execute': 'human-monitor-command', 'arguments': {'command-line': 'x', 'cpu-index': 9}}"));
    }
  }

  @Test
  void queryCommandsNamesWhatTheRecordsSay() {
    try (QmpClient client = QmpClient.ready(a)) {
      List<String> names = new ArrayList<>();
      client.ask("{'execute': 'query-commands'}").get("return").forEach(c -> names.add(c.get("name").textValue()));
      assertTrue(names.containsAll(List.of(
          "qmp_capabilities", "query-status", "device_add", "device_del",
          "system_reset", "query-cpus-fast", "query-qmp-schema")));
      assertFalse(names.contains("query-events"));
    }
  }

  @Test
  void whatQemuDoesNotHaveIsOnlyInASchemaOfItsOwn() {
    try (QmpClient client = QmpClient.ready(a)) {
      List<String> listed = new ArrayList<>();
      client.ask("{'execute': 'query-commands'}").get("return").forEach(c -> listed.add(c.get("name").textValue()));
      List<String> told = entities(client.ask("{'execute': 'query-qmp-schema'}"), "command");
      assertEquals(Set.copyOf(listed), Set.copyOf(told));
      assertFalse(told.contains("cpu-add") || told.stream().anyMatch(name -> name.startsWith("x-thespis-")));
      List<String> all = entities(client.ask("{'execute': 'x-thespis-query-qmp-schema'}"), "command");
      assertTrue(all.containsAll(told) && all.containsAll(List.of("cpu-add", "x-thespis-query-unplug")));
      assertTrue(entities(client.ask("{'execute': 'x-thespis-query-qmp-schema'}"), "event").contains("X_THESPIS_SLOT"));
    }
  }

  private static List<String> entities(JsonNode schema, String kind) {
    List<String> names = new ArrayList<>();
    schema.get("return").forEach(entity -> {
      if (entity.get("meta-type").textValue().equals(kind)) {
        names.add(entity.get("name").textValue());
      }
    });
    return names;
  }

  @Test
  void theFirstClientEndsTheWaitForIt() throws Exception {
    CompletableFuture<Void> firstClient = new CompletableFuture<>();
    fixture.serve(SocketListener.unix(b), false, firstClient);
    assertFalse(firstClient.isDone());
    try (QmpClient client = QmpClient.unix(b)) {
      firstClient.join();
      assertTrue(client.read().has("QMP"));
    }
  }

  @Test
  void twoHundredMonitorsAtOnce() {
    List<QmpClient> clients = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Path path = dir.resolve("many" + i);
      fixture.unix(path);
      clients.add(QmpClient.ready(path));
    }
    clients.getFirst().send("{'execute': 'cont'}");
    for (QmpClient client : clients) {
      assertEquals("RESUME", client.read().get("event").textValue());
    }
    for (int i = 1; i < clients.size(); i++) {
      assertEquals(i, clients.get(i).ask(STATUS.formatted(i)).get("id").intValue());
    }
    clients.forEach(QmpClient::close);
  }

  @Test
  void aClosedServerSendsTheRestAndTakesItsFileAway() {
    ActorRef<QmpServer.Message> server = fixture.unix(b);
    try (QmpClient client = QmpClient.ready(b)) {
      server.tell(new QmpServer.Close());
      assertNull(client.read());
      fixture.kit().createTestProbe().expectTerminated(server);
      assertFalse(Files.exists(b));
    }
  }
}
