package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import akka.actor.testkit.typed.javadsl.TestProbe;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import thespis.hotplug.Cause;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.QmpCommand;
import thespis.qmp.command.Schema;
import thespis.qmp.command.SchemaInfo;
import thespis.qmp.command.StatusCommands;

/// Random commands to a real machine, with arguments made from the schema: what the schema promises is accepted, and
/// every command is answered once. `-Dthespis.soak.commands=1000000` makes it a soak.
class QmpSoakTest {
  private static final long COMMANDS = Long.getLong("thespis.soak.commands", 1500);
  /// They end the machine (with `set-action`, a reset does), run it, take their time, or write files.
  private static final Set<String> LEFT_OUT = Set.of(
      "quit", "set-action", "cont", "x-thespis-wait-unplug", "x-thespis-wait-online", "memsave", "pmemsave",
      "blockdev-create", "xen-save-devices-state", "nbd-server-start", "x-thespis-snapshot");
  private static final List<Long> NUMBERS = List.of(-1L, 0L, 1L, 2L, 3L, 10L, 255L, 4096L, 1L << 20, 1L << 40);
  private static final List<String> TEXTS = List.of(
      "", "a", "cpu1", "memory-backend-ram", "qemu64-x86_64-cpu", "/machine", "/objects", "/objects/a", "realized",
      "size", "type", "tcp:x", "raw", "machine", "/machine/unattached/device[0]", "max-x86_64-cpu", "é\n");

  private final List<SchemaInfo> schema = Schema.of(CommandTable.all(), List.of());
  private final Map<String, SchemaInfo> types = new HashMap<>();
  private final List<SchemaInfo.Command> commands = schema.stream()
      .filter(SchemaInfo.Command.class::isInstance)
      .map(SchemaInfo.Command.class::cast)
      .filter(command -> !LEFT_OUT.contains(command.name()))
      .toList();
  private final Random random = new Random(11);

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void whatTheSchemaPromisesIsAcceptedAndAnsweredOnce() throws Exception {
    schema.forEach(entity -> types.put(entity.name(), entity));
    Machine machine = Machine.builder().smp(1, 3).memory(16 << 20).paused().start();
    TestProbe<QmpReply> client = TestProbe.create(machine.system());
    int answered = 0;
    for (long i = 0; i < COMMANDS; i++) {
      SchemaInfo.Command command = commands.get(random.nextInt(commands.size()));
      JsonNode arguments = value(command.argType(), 0);
      if (decode(command, arguments) instanceof BoardCommand<?> c) {
        machine.board().tell(new QmpRequest(c, client.ref()));
        QmpReply reply = reply(client, command.name() + " " + arguments);
        answered++;
        if (reply instanceof QmpReply.Fail fail) {
          assertFalse(fail.desc().isEmpty(), () -> command.name() + " " + arguments);
        }
      }
    }
    client.expectNoMessage();
    machine.board().tell(new QmpRequest(new StatusCommands.QueryStatus(), client.ref()));
    assertInstanceOf(QmpReply.Ok.class, client.receiveMessage(Duration.ofSeconds(30)));
    assertFalse(answered < COMMANDS / 2, "answered only " + answered);
    machine.quit(Cause.HOST_QMP_QUIT);
    assertEquals(0, machine.exit().toCompletableFuture().get(30, TimeUnit.SECONDS));
  }

  private static QmpReply reply(TestProbe<QmpReply> client, String request) {
    try {
      return client.receiveMessage(Duration.ofSeconds(30));
    } catch (AssertionError e) {
      throw new AssertionError("no answer to " + request, e);
    }
  }

  /// Arguments that fit the schema are read; only numbers may be too large for their kind.
  private static QmpCommand<?> decode(SchemaInfo.Command command, JsonNode arguments) {
    try {
      return CommandTable.find(command.name()).decode(arguments);
    } catch (ArgumentException e) {
      if (e.getMessage().matches("Parameter '.*' expects uint.*")) {
        return null;
      }
      throw new AssertionError(command.name() + " " + arguments, e);
    }
  }

  private JsonNode value(String type, int depth) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (types.get(type)) {
      case SchemaInfo.Builtin b -> switch (b.name()) {
        case "str" -> json.textNode(pick(TEXTS));
        case "int" -> json.numberNode(pick(NUMBERS));
        case "number" -> json.numberNode(random.nextDouble());
        case "bool" -> json.booleanNode(random.nextBoolean());
        default -> random.nextBoolean() ? json.textNode(pick(TEXTS)) : json.numberNode(pick(NUMBERS));
      };
      case SchemaInfo.Enum e -> json.textNode(pick(e.values()));
      case SchemaInfo.Array a -> {
        ArrayNode array = json.arrayNode();
        for (int i = depth > 6 ? 0 : random.nextInt(4); i > 0; i--) {
          array.add(value(a.elementType(), depth + 1));
        }
        yield array;
      }
      case SchemaInfo.Object o -> object(o, depth);
      case SchemaInfo.Alternate a -> types.get(pick(a.members()).type()) instanceof SchemaInfo.Builtin b
              && b.name().equals("null") ? json.nullNode() : json.textNode(pick(TEXTS));
      default -> throw new IllegalStateException("not a type: " + type);
    };
  }

  private ObjectNode object(SchemaInfo.Object type, int depth) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (SchemaInfo.ObjectMember member : type.members()) {
      if (member.defaultValue().isEmpty() || random.nextInt(3) == 0) {
        object.set(member.name(), value(member.type(), depth + 1));
      }
    }
    type.tag().ifPresent(tag -> type.variants().orElseThrow().stream()
        .filter(variant -> variant.name().equals(object.get(tag).textValue()))
        .forEach(variant -> object.setAll(object((SchemaInfo.Object) types.get(variant.type()), depth))));
    return object;
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
