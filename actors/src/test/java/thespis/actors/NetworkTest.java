package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.qmp.QmpReply;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.NetworkCommands;
import thespis.qmp.command.StatusCommands.HumanReadableText;

/// Hubs and their ports, as QEMU 7.2 answers and shows them.
class NetworkTest {
  private final Network network = new Network();

  private String text(String command, String arguments) throws JsonProcessingException {
    try {
      QmpReply reply = network.answer((NetworkCommands<?>) CommandTable.find(command)
          .decode(new ObjectMapper().readTree(arguments.replace('\'', '"'))));
      return switch (reply) {
        case QmpReply.Fail(var errorClass, String desc) -> desc;
        case QmpReply.Ok(HumanReadableText(String shown)) -> shown;
        case QmpReply.Ok ok -> "";
      };
    } catch (ArgumentException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {}                                                       | Parameter 'id' is missing
      {'type': 'hubport'}                                      | Parameter 'id' is missing
      {'id': 5, 'type': 'x'}                                   | Invalid parameter type for 'id', expected: string
      {'id': 'a'}                                              | Parameter 'type' is missing
      {'id': 'a', 'type': 'x'}                                 | Parameter 'type' does not accept value 'x'
      {'id': 'a', 'type': 'nic'}                               | network backend 'nic' is not compiled into this binary
      {'id': 'a', 'type': 'hubport'}                           | Parameter 'hubid' is missing
      {'id': 'a', 'type': 'hubport', 'hubid': 1, 'x': 1}       | Parameter 'x' is unexpected
      {'id': 'a', 'type': 'hubport', 'hubid': 99999999999}     | Parameter 'hubid' expects int32_t
      {'id': '1', 'type': 'hubport', 'hubid': 1}               | Parameter 'id' expects an identifier
      {'id': 'a', 'type': 'hubport', 'hubid': 1, 'netdev': 'z'} | netdev 'z' not found
      """)
  void whatDoesNotFitIsRefused(String arguments, String message) throws JsonProcessingException {
    assertEquals(message, text("netdev_add", arguments));
    assertEquals("", text("x-thespis-query-network", "{}"));
  }

  @Test
  void portsComeAndGoAndHubsStay() throws JsonProcessingException {
    assertEquals("", text("netdev_add", "{'id': 'a', 'type': 'hubport', 'hubid': 1}"));
    assertEquals("Duplicate ID 'a'", text("netdev_add", "{'id': 'a', 'type': 'hubport', 'hubid': 1}"));
    assertEquals("", text("netdev_add", "{'id': 'b', 'type': 'hubport', 'hubid': 1}"));
    assertEquals("", text("netdev_add", "{'id': 'c', 'type': 'hubport', 'hubid': -1, 'netdev': 'a'}"));
    assertEquals("hub -1\n \\ c: a: index=0,type=hubport,\nhub 1\n \\ b\n \\ a: c: index=0,type=hubport,\n",
        text("x-thespis-query-network", "{}"));
    assertEquals("netdev 'a' is in use", text("netdev_add", "{'id': 'd', 'type': 'hubport', 'hubid': 2, 'netdev': 'a'}"));
    assertEquals("net client(a) isn't a NIC", text("query-rx-filter", "{'name': 'a'}"));
    assertEquals("invalid net client name: z", text("query-rx-filter", "{'name': 'z'}"));
    assertEquals("", text("set_link", "{'name': 'a', 'up': false}"));
    for (String id : "c b a".split(" ")) {
      assertEquals("", text("netdev_del", "{'id': '" + id + "'}"));
    }
    assertEquals("Device 'a' not found", text("netdev_del", "{'id': 'a'}"));
    assertEquals("hub -1\nhub 1\n", text("x-thespis-query-network", "{}"));
  }
}
