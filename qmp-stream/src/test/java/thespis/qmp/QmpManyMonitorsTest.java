package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two hundred monitors of one machine at once, whose clients ask, change the machine's state, leave in the middle of a
/// request and come again, in random order. `-Dthespis.soak.steps=1000000` makes it a soak.
class QmpManyMonitorsTest {
  private static final int MONITORS = 200;
  private static final int STEPS = Integer.getInteger("thespis.soak.steps", 400);
  /// However many clients there are: the threads of the actors and that of the sockets.
  private static final int FEW = 40;

  @TempDir
  Path folder;

  /// One client: it remembers which event came last.
  private static final class Client {
    final Path socket;
    QmpClient connection;
    String last = "";
    int asked;

    Client(Path socket) {
      this.socket = socket;
      connect();
    }

    void connect() {
      connection = QmpClient.ready(socket);
      last = "";
    }

    /// Events in between are in order: a machine is stopped and resumed by turns.
    JsonNode ask(String command) {
      asked++;
      connection.send("{'execute': '" + command + "', 'id': " + asked + "}");
      JsonNode message = connection.read();
      while (message.has("event")) {
        String event = message.get("event").textValue();
        assertNotEquals(last, event, "the same change twice");
        last = event;
        message = connection.read();
      }
      assertEquals(asked, message.get("id").intValue());
      return message;
    }
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void everyMonitorIsServedWhateverTheOthersDo() {
    Random random = new Random(23);
    int before = Thread.activeCount();
    try (Fixture fixture = new Fixture()) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < MONITORS; i++) {
        Path socket = folder.resolve("m" + i);
        fixture.unix(socket);
        clients.add(new Client(socket));
      }
      assertTrue(Thread.activeCount() - before < FEW, "a thread for each client");
      for (int step = 0; step < STEPS; step++) {
        Client client = clients.get(random.nextInt(MONITORS));
        switch (random.nextInt(12)) {
          case 0 -> client.ask("stop");
          case 1 -> client.ask("cont");
          case 2 -> {
            client.connection.send("{'execute': 'query-cpus-fast'}{'execute': 'query-sta");
            client.connection.close();
            client.connect();
          }
          case 3 -> assertTrue(client.ask("nosuch").has("error"));
          default -> assertTrue(client.ask("query-status").has("return"));
        }
      }
      String state = clients.getFirst().ask("query-status").at("/return/status").textValue();
      for (Client client : clients) {
        assertEquals(state, client.ask("query-status").at("/return/status").textValue());
        client.connection.close();
      }
    }
  }
}
